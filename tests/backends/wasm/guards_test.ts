// Nothing is written outside of arrays, lists and scratch memory, and nothing stays allocated: every
// op between canaries, and each use of scratch memory at the size at which it just fits, or not.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  avgPool,
  conv2d,
  depthwiseConv2d,
  im2col,
  maxPool,
  referenceBackend,
  softmax,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
  upsample,
} from "../../../mod.ts";
import { OP_NAMES } from "../../support/cases/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import { SCRATCH_BYTES } from "../../../src/backends/wasm/layout.ts";
import { internals } from "../../../src/core/tensor.ts";
import { type Shape, sizeOf } from "../../../src/core/shape.ts";
import { forSamples } from "../../support/checks.ts";
import { evaluate } from "../../support/derivatives.ts";
import { scaled } from "../../support/effort.ts";
import { type GuardedBackend, guardedBackend } from "../../support/guarded_backend.ts";

/** Rounding errors of softmax over a million classes; all else is exact, being small integers. */
const TOLERANCE = 2e-3;

const FLOATS_OF_SCRATCH = SCRATCH_BYTES / 4;

for (const threads of [1, 3]) {
  Deno.test(`guards: every op, with gradients of gradients, on ${threads} threads`, () => {
    using backend = guardedBackend(threads, 2 ** 28);
    for (const name of OP_NAMES) {
      forSamples(name, { runs: scaled(12) }, (sample) => {
        for (const dtype of ["float32", "float64"] as const) {
          evaluate(sample, backend, { dtype, order: 2 });
          backend.check(name);
          assertEquals([backend.blocks, backend.liveBytes], [0, 0], `${name} leaves memory`);
        }
      });
    }
    backend.checkFar("all ops");
    backend.checkWhole();
  });
}

/** A function whose scratch memory grows with a size, and its inputs. */
interface Use {
  readonly what: string;
  readonly shapes: readonly Shape[];
  /** Its last input, if that is labels. */
  readonly labels?: readonly number[];
  readonly call: (...inputs: Tensor[]) => Tensor;
}

/** Computes a function and its gradients; the arrays of all of them. */
function computed({ shapes, labels, call }: Use, backend: Backend): Float32Array[] {
  using tape = new Tape();
  const inputs = shapes.map((shape, i) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, j) => (j * 5 + i) % 7 - 3);
    return tensor(data, { shape, backend });
  });
  tape.watch(inputs);
  const classes = labels === undefined ? [] : [tensor(labels, { dtype: "int32", backend })];
  const y = call(...inputs, ...classes);
  const seed = tape.adopt(
    tensor(Float32Array.from({ length: y.size }, (_, j) => j % 5 - 2), { shape: y.shape, backend }),
  );
  const arrays = [y, ...tape.gradient(y, inputs, { seed })].map((t) =>
    t.dataSync() as Float32Array
  );
  for (const input of [...inputs, ...classes]) input.dispose();
  return arrays;
}

function assertContained(use: Use, backend: GuardedBackend): void {
  const actual = computed(use, backend);
  backend.check(use.what);
  assertEquals([backend.blocks, backend.liveBytes], [0, 0], use.what);
  computed(use, referenceBackend()).forEach((expected, i) => {
    const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-30);
    const bad = expected.findIndex((v, j) => !(Math.abs(v - actual[i][j]) <= TOLERANCE * most));
    assert(
      bad < 0,
      `${use.what}: array ${i} has ${actual[i][bad]} at ${bad}, not ${expected[bad]}`,
    );
  });
}

/** Sizes around one that just fits, and one that does not by any means; some of them in turn. */
const around = (size: number) => [size + 1, size, size - 1, size + 200].slice(0, scaled(4) + 1);

const CLASSES = FLOATS_OF_SCRATCH - 16; // and the slack behind them

const uses: Record<string, Use[]> = {
  "softmax and its losses": around(CLASSES).flatMap((columns): Use[] => [
    { what: `softmax of ${columns}`, shapes: [[1, columns]], call: softmax },
    {
      what: `softmaxCE of ${columns}`,
      shapes: [[2, columns]],
      labels: [3, columns - 1],
      call: (x, labels) => softmaxCE(x, labels, { reduction: "none", labelSmoothing: 0.1 }),
    },
  ]),
  "pools": [...around(FLOATS_OF_SCRATCH / 16 - 1), 70_000].flatMap((width) =>
    [maxPool, avgPool].flatMap((pool): Use[] =>
      [[1, 1, width, 1], [1, 2, width, 9]].map((shape) => ({
        what: `${pool.name} of [${shape}]`,
        shapes: [shape],
        call: (x) => pool(x, { size: [1, 2], stride: 1, padding: "same" }),
      }))
    )
  ),
  "pools with strides": around(FLOATS_OF_SCRATCH - 16).flatMap((width) =>
    [maxPool, avgPool].map((pool): Use => ({
      what: `${pool.name} of a line of ${width}`,
      shapes: [[1, 1, width, 1]],
      call: (x) => pool(x, { size: [1, 30], stride: 29 }),
    }))
  ),
  "resampling": around(FLOATS_OF_SCRATCH - 16).map((width): Use => ({
    what: `upsample a line of ${width}`,
    shapes: [[1, 2, width, 1]],
    call: (x) => upsample(x, { size: [3, 10], mode: "bilinear" }),
  })),
  "convolution of padded lines": around(338_595).map((width): Use => ({
    what: `conv2d of a line of ${width}`,
    shapes: [[1, 1, width, 1], [3, 3, 1, 2]],
    call: (x, w) => conv2d(x, w, { padding: "same" }),
  })),
  "windows sent back": [[512, 512], [512, 513], [640, 512]].map(([height, width]): Use => ({
    what: `the gradient of conv2d with filters of ${height} x ${width}`,
    shapes: [[2, height + 10, width + 10, 1], [height, width, 1, 8]],
    call: (x, w) => conv2d(x, w, { stride: 5 }),
  })),
  "filters of one channel": around(Math.floor(SCRATCH_BYTES / 20)).map((taps): Use => ({
    what: `depthwiseConv2d of ${taps} taps`,
    shapes: [[1, 1, 9, 2], [1, taps, 2, 1]],
    call: (x, w) => depthwiseConv2d(x, w, { padding: "same" }),
  })),
};

for (const [name, list] of Object.entries(uses)) {
  Deno.test(`guards: scratch memory that just suffices, ${name}`, () => {
    using backend = guardedBackend(2, 2 ** 29);
    for (const use of list) assertContained(use, backend);
    backend.checkFar(name);
    backend.checkWhole();
  });
}

Deno.test("guards: a backend that writes outside of its arrays is found", () => {
  using backend = guardedBackend(1, 2 ** 25);
  using x = tensor([1, 2, 3], { backend });
  const { buffer, byteOffset, byteLength } = backend.hostAddress(internals.array(x));
  backend.check("sound");
  for (
    const [at, text] of [[byteOffset + byteLength, "behind"], [
      byteOffset - 1,
      "in front of",
    ]] as const
  ) {
    const bytes = new Uint8Array(buffer);
    const before = bytes[at];
    bytes[at] ^= 1;
    assertThrows(() => backend.check("harmed"), Error, `written ${text} a block of 12 bytes`);
    bytes[at] = before;
  }
  // What is free again is not forgotten.
  const y = tensor([1, 2], { backend });
  const place = backend.hostAddress(internals.array(y));
  new Uint8Array(place.buffer)[place.byteOffset + 8] ^= 1;
  y.dispose();
  assertThrows(() => backend.check("freed"), Error, "freed: written behind a block of 8 bytes");
  backend.check("told once");
});

Deno.test("guards: windows of one float, which vectors copy too far, are written in their order", () => {
  for (const threads of [1, 3]) {
    using backend = guardedBackend(threads, 2 ** 26);
    for (
      const [side, channels, stride, size] of [[7, 1, 3, 1], [9, 2, 4, 1], [10, 1, 4, 2], [
        5,
        3,
        2,
        1,
      ]]
    ) {
      const data = Float32Array.from({ length: side * side * channels }, (_, i) => i + 1);
      const shape = [1, side, side, channels];
      const columns = (on: Backend) =>
        im2col(tensor(data, { shape, backend: on }), { size, stride, padding: "valid" }).dataSync();
      assertEquals(columns(backend), columns(referenceBackend()));
      backend.check(`im2col of ${shape}, stride ${stride}, size ${size}`);
    }
  }
});
