// Calls of oneDNN 3, on a library that only notes them: their order and arguments are those of its
// header, whichever version this machine has.

import { assertEquals } from "@std/assert";
import { sizeList } from "../../../src/backends/native/onednn/descriptors.ts";
import { Handles } from "../../../src/backends/native/onednn/version_3.ts";

const ENGINE = 77;

/** Notes the name and the arguments of each call; what it makes has handles from 1000 on. */
function noting() {
  const calls: (readonly [name: string, ...args: unknown[]])[] = [];
  let handle = 1000;
  const c = new Proxy({}, {
    get: (_, name) => (...args: unknown[]) => {
      const isMaking = args[0] instanceof BigUint64Array;
      if (isMaking) (args[0] as BigUint64Array)[0] = BigInt(handle++);
      const shown = (isMaking ? args.slice(1) : args)
        .map((a) => a instanceof BigInt64Array ? [...a.subarray(0, 4)].map(Number) : a);
      calls.push([String(name), ...shown]);
      return 0;
    },
  });
  return { calls, handles: new Handles(c as ConstructorParameters<typeof Handles>[0], ENGINE) };
}

Deno.test("oneDNN 3: arrays are made with strides or with a layout to be chosen, and destroyed", () => {
  const { calls, handles } = noting();
  const plain = handles.array({ sizes: [2, 3, 5], strides: [15, 1, 3] });
  const any = handles.array({ sizes: [2, 3] });
  assertEquals([plain.at, any.at], [1000, 1001]);
  handles.free(plain);
  handles.free({ at: 0 });
  assertEquals(calls, [
    ["dnnl_memory_desc_create_with_strides", 3, [2, 3, 5, 0], 3, [15, 1, 3, 0]],
    ["dnnl_memory_desc_create_with_tag", 2, [2, 3, 0, 0], 3, 1],
    ["dnnl_memory_desc_destroy", 1000],
  ]);
});

Deno.test("oneDNN 3: convolutions, products and relu take their arguments in the header's order", () => {
  const { calls, handles } = noting();
  const window = {
    strides: sizeList(1, 2),
    gaps: sizeList(3, 4),
    before: sizeList(5, 6),
    after: sizeList(7, 8),
  };
  const lists = [[1, 2, 0, 0], [3, 4, 0, 0], [5, 6, 0, 0], [7, 8, 0, 0]];
  const description = { x: { at: 11 }, w: { at: 12 }, y: { at: 13 }, window, attributes: 9 };
  handles.convolution({ ...description, kind: "forward", bias: { at: 14 } }, 0);
  handles.convolution({ ...description, kind: "gradX" }, 55);
  handles.convolution({ ...description, kind: "gradW" }, 56);
  handles.product({ a: { at: 1 }, b: { at: 2 }, y: { at: 3 }, bias: { at: 4 }, attributes: 5 });
  handles.appendRelu(44);
  assertEquals(calls, [
    // training, direct; x, w, bias, y
    [
      "dnnl_convolution_forward_primitive_desc_create",
      ...[ENGINE, 64, 1, 11, 12, 14, 13],
      ...lists,
      9,
    ],
    // diff_src, weights, diff_dst; the hint and the attributes last
    [
      "dnnl_convolution_backward_data_primitive_desc_create",
      ...[ENGINE, 1, 11, 12, 13],
      ...lists,
      ...[55, 9],
    ],
    // src, diff_weights, no diff_bias, diff_dst
    [
      "dnnl_convolution_backward_weights_primitive_desc_create",
      ...[ENGINE, 1, 11, 12, 0, 13],
      ...lists,
      ...[56, 9],
    ],
    ["dnnl_matmul_primitive_desc_create", ENGINE, 1, 2, 4, 3, 5],
    ["dnnl_post_ops_append_eltwise", 44, 0x20, 0, 0],
  ]);
});

Deno.test("oneDNN 3: what the library refuses has the handle 0", () => {
  const refusing = new Proxy({}, { get: () => () => 3 });
  const handles = new Handles(refusing as ConstructorParameters<typeof Handles>[0], ENGINE);
  assertEquals(handles.array({ sizes: [1] }).at, 0);
  assertEquals(handles.product({ a: { at: 1 }, b: { at: 2 }, y: { at: 3 }, attributes: 0 }), 0);
});
