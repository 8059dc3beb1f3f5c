// A page that trains: what the browser test bundles, opens and compares. It runs as it is in Deno,
// too.

import {
  adam,
  conv2d,
  dense,
  flatten,
  maxPool,
  Random,
  randomUniform,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
  useBackend,
  wasmBackend,
  zeros,
} from "@tapegrad/tapegrad";
import { glorotUniform } from "@tapegrad/tapegrad/nn";

/** Report of a page. */
export interface Report {
  /** True if shared memory can be posted to workers. */
  readonly isolated: boolean;
  /** Threads that started, the page's own among them. */
  readonly threads: number;
  /** The loss of each step. */
  readonly losses: readonly number[];
}

/** Trains a small network for a few steps on the WASM backend. */
export function train(threads: number): Report {
  using backend = wasmBackend({ threads });
  useBackend(backend);
  const random = new Random(1);
  const x = randomUniform(random, [16, 20, 20, 3]);
  const labels = tensor(Int32Array.from({ length: 16 }, (_, i) => i % 4));
  const params = {
    conv: glorotUniform(random, [3, 3, 3, 16]),
    w: glorotUniform(random, [16 * 9 * 9, 4]),
    bias: zeros([4]),
  };
  const logits = (p: typeof params): Tensor => {
    const y = maxPool(conv2d(x, p.conv, { activation: "relu" }), { size: 2 });
    return dense(flatten(y), p.w, { bias: p.bias });
  };
  const optimizer = adam({ learningRate: 0.01 });
  const losses = Array.from({ length: 8 }, () => {
    using tape = new Tape();
    const loss = softmaxCE(logits(tape.watch(params)), labels);
    optimizer.step(params, tape.gradient(loss, params));
    return loss.item();
  });
  const { crossOriginIsolated: isolated = false } = globalThis as { crossOriginIsolated?: boolean };
  return { isolated, threads: backend.threads, losses };
}

// In a page, the report goes where a test can read it.
if ("document" in globalThis) Object.assign(globalThis, { report: train(4) });
