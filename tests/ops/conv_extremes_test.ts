// 3 × 3 convolutions of channels that are worth Winograd's tiles, of numbers that its sums cannot
// take: results and gradients are those of the sum over each window.

import { assert, assertEquals } from "@std/assert";
import { type Backend, conv2d, referenceBackend, Tape, tensor, wasmBackend } from "../../mod.ts";
import { normalValues } from "../support/random_values.ts";

const [N, H, W, C, O] = [2, 10, 11, 16, 20];

/** Elements of x, w and dy. */
type Values = Record<"x" | "w" | "dy", Float32Array>;

const EXTREMES: Record<string, (values: Values) => void> = {
  "infinite pixels": ({ x }) => {
    [x[200], x[900]] = [Infinity, -Infinity];
  },
  "an infinite pixel in the corner": ({ x }) => {
    x[0] = Infinity;
  },
  "a pixel that is NaN": ({ x }) => {
    x[300] = NaN;
  },
  "pixels of 1e38, weights and gradients of 1e-4": ({ x, w, dy }) => {
    x.forEach((one, i) => x[i] = 1e38 * Math.tanh(one));
    for (const small of [w, dy]) small.forEach((one, i) => small[i] = 1e-4 * Math.tanh(one));
  },
  "infinite gradients": ({ dy }) => {
    [dy[0], dy[205], dy[dy.length - 1]] = [Infinity, -Infinity, Infinity];
  },
  "an infinite weight": ({ w }) => {
    w[3] = -Infinity;
  },
  "all at the limit": ({ x, w }) => {
    for (const large of [x, w]) large.forEach((one, i) => large[i] = 9.9e13 * Math.tanh(one));
  },
};

function resultsOn(backend: Backend, { x, w, dy }: Values, padding: "valid" | "same") {
  using tape = new Tape();
  const params = tape.watch({
    x: tensor(x, { shape: [N, H, W, C], backend }),
    w: tensor(w, { shape: [3, 3, C, O], backend }),
  });
  const y = conv2d(params.x, params.w, { padding });
  const seed = tensor(dy, { shape: y.shape, backend });
  const grads = tape.gradient(y, params, { seed });
  return { y: y.dataSync(), dx: grads.x.dataSync(), dw: grads.w.dataSync() };
}

for (const [name, change] of Object.entries(EXTREMES)) {
  Deno.test(`conv2d: ${name} give what each window gives`, () => {
    using reference = referenceBackend();
    for (const threads of [1, 3]) {
      using backend = wasmBackend({ threads });
      for (const padding of ["valid", "same"] as const) {
        const outputs = N * (padding === "same" ? H * W : (H - 2) * (W - 2)) * O;
        const values = {
          x: Float32Array.from(normalValues([N * H * W * C], 1).data),
          w: Float32Array.from(normalValues([9 * C * O], 2).data),
          dy: Float32Array.from(normalValues([outputs], 3).data),
        };
        change(values);
        const expected = resultsOn(reference, values, padding);
        const got = resultsOn(backend, values, padding);
        for (const key of ["y", "dx", "dw"] as const) {
          const finite = Array.from(expected[key]).filter(Number.isFinite);
          const scale = finite.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
          expected[key].forEach((one, i) => {
            const isSame = Object.is(got[key][i], one) ||
              Math.abs(got[key][i] - one) <= 1e-5 * scale;
            assert(isSame, `${key}[${i}], ${padding}, ${threads}: ${got[key][i]} for ${one}`);
          });
        }
      }
    }
  });
}

Deno.test("conv2d: NaN everywhere stays on the kernels", () => {
  using backend = wasmBackend({ threads: 1 });
  const nothing = (count: number) => new Float32Array(count).fill(NaN);
  const values = { x: nothing(N * H * W * C), w: nothing(9 * C * O), dy: nothing(N * H * W * O) };
  values.x[5] = Infinity;
  assertEquals(resultsOn(backend, values, "same").y.every(Number.isNaN), true);
  assertEquals(backend.fallbacks?.total, 0);
});

Deno.test("conv2d: a row of tiles that is larger than a band of memory is a band of its own", () => {
  const [xShape, wShape] = [[1, 3, 70, 128], [3, 3, 128, 128]];
  const quarters = (shape: number[], step: number) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * step % 9 - 4) / 4);
  const compute = (backend: Backend) => {
    const x = tensor(quarters(xShape, 7), { shape: xShape, backend });
    const w = tensor(quarters(wShape, 5), { shape: wShape, backend });
    return conv2d(x, w, { padding: "same" }).dataSync();
  };
  using wasm = wasmBackend({ threads: 2 });
  assertEquals(compute(wasm), compute(referenceBackend()));
});
