// Tensors by their paths: the same tensors, every one, under names that differ.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { assign, namedTensors, type Tensor, tensor } from "../../mod.ts";

Deno.test("namedTensors: paths of nested objects and arrays lead to the same tensors", () => {
  const [a, b, c] = [tensor(1), tensor(2), tensor(3)];
  const named = namedTensors({
    conv: { w: b, bias: null },
    layers: [a, { w: c }],
    none: undefined,
  });
  assertEquals(Object.keys(named), ["conv.w", "layers[0]", "layers[1].w"]);
  assertStrictEquals(named["conv.w"], b);
  assertStrictEquals(named["layers[0]"], a);
  assertEquals(Object.keys(namedTensors(a)), [""]);
  assertEquals(namedTensors({}), {});
});

Deno.test("namedTensors: a name of every prototype is a name like others", () => {
  const params = JSON.parse('{"__proto__": {"w": null}, "constructor": {"w": null}}');
  const w = tensor(1);
  params["__proto__"].w = params.constructor.w = w;
  const named = namedTensors(params);
  assertEquals(Object.keys(named), ["__proto__.w", "constructor.w"]);
});

Deno.test("namedTensors: parameters take the values of a file by name", () => {
  const params = { dense: { w: tensor([1, 2]), bias: tensor([3]) } };
  const values: Record<string, Tensor> = { "dense.bias": tensor([6]), "dense.w": tensor([4, 5]) };
  assign(namedTensors(params), values);
  assertEquals(params.dense.w.toArray(), [4, 5]);
  assertEquals(params.dense.bias.toArray(), [6]);
});

Deno.test("namedTensors: what is no tensor and two tensors at one path are refused", () => {
  const ambiguous = { "a.b": tensor(1), a: { b: tensor(2) } };
  const error = assertThrows(() => namedTensors(ambiguous), RangeError);
  assertEquals(
    error.message,
    "Cannot name tensors: paths must differ: there are two tensors at a.b",
  );
  const other = assertThrows(() => namedTensors({ w: 3 }), TypeError);
  assertEquals(other.message.startsWith("Cannot name tensors: "), true);
});
