// A convolution and products on the native backend, for a test to run in Deno and in Node.

import { conv2d, grad, matmul, sum, tensor } from "@tapegrad/tapegrad";
import { nativeBackend } from "@tapegrad/tapegrad/native";

/** Numbers that no float holds exactly, so that the order of sums shows; the same in all engines. */
const values = (count) => Array.from({ length: count }, (_, i) => i * 7919 % 10007 / 10007 - 0.5);

/** Results on as many threads, or the reason why there are none. */
export function compute(threads) {
  const reason = nativeBackend.reasonAgainst();
  if (reason !== undefined) return { reason };
  const backend = nativeBackend({ threads });
  const x = tensor(values(2 * 9 * 8 * 17), { shape: [2, 9, 8, 17], backend });
  const w = tensor(values(3 * 3 * 17 * 19), { shape: [3, 3, 17, 19], backend });
  const loss = (w) => sum(conv2d(x, w, { padding: "same", activation: "relu" }));
  const a = tensor(Float64Array.from(values(33 * 35)), { shape: [33, 35], backend });
  const results = [grad(loss)(w), matmul(a, a, { transposeB: true })].map((y) => [...y.dataSync()]);
  backend.close();
  return { libraries: backend.libraries, results };
}
