// Tensors that ranks exchange, as each rank does it.

import {
  add,
  batchNorm,
  mul,
  sin,
  slice,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import {
  averageGradients,
  broadcastTensors,
  checkEqual,
  type Group,
  syncBatchNorm,
} from "@tapegrad/tapegrad/distributed";
import { rangeOfPart } from "../../../src/core/part.ts";

/** Normalises a part of a batch, and differentiates twice; gives results as plain numbers. */
export function normalized(group: Group | null, count: number) {
  const numbers = (length: number, start: number) =>
    Float64Array.from({ length }, (_, i) => Math.sin(i * 1.7 + start) * 3 + start);
  const whole = tensor(numbers(count * 2 * 3, 1), { shape: [count, 2, 3] });
  const [from, to] = rangeOfPart(count, group ?? { rank: 0, size: 1 });
  const x = slice(whole, [[from, to]]);
  const scale = tensor(numbers(3, 2));
  const bias = tensor(numbers(3, 3));
  const normalize = group === null ? batchNorm : syncBatchNorm(group);
  using outer = new Tape();
  outer.watch({ x, scale, bias });
  using inner = new Tape();
  inner.watch({ x, scale, bias });
  const { y, mean, variance, count: positions } = normalize(x, { scale, bias, epsilon: 0.01 });
  const loss = add(sum(mul(tanh(y), y)), sum(mul(mean, variance)));
  const share = group === null
    ? loss
    : add(sum(mul(tanh(y), y)), mul(sum(mul(mean, variance)), 1 / group.size));
  const first = inner.gradient(share, { x, scale, bias });
  const second = outer.gradient(sum(sin(first.x)), { x, scale, bias });
  const plain = (t: Tensor) => [...t.dataSync()];
  return {
    positions,
    moments: [...plain(mean), ...plain(variance)],
    rows: [y, first.x, second.x].map(plain),
    sums: [first.scale, first.bias, second.scale].map(plain),
  };
}

/** Averages gradients of float32 and float64 by the examples of each rank. */
export async function averaged(group: Group, options: { bucketBytes?: number }) {
  const { rank } = group;
  const grads = {
    a: tensor(Float32Array.from({ length: 5 }, (_, i) => rank === 2 ? NaN : i + rank)),
    b: [tensor([[rank, 1]], { dtype: "float64" }), null],
    c: tensor(new Float32Array(0)),
  };
  const average = averageGradients(group, options);
  const before = { w: tensor(new Float32Array(9).fill(7)), v: tensor(new Float64Array(3).fill(7)) };
  await average(before, rank + 1); // what has crossed before must not show
  const examples = [3, 1, 0][rank];
  const all = await average(grads, examples);
  return [...all.a.dataSync(), ...all.b[0]!.dataSync()];
}

/** Broadcasts from rank 1; then changes one element on rank 2, and compares. */
export async function compared(group: Group): Promise<unknown> {
  const params = {
    w: tensor([[group.rank, 2], [3, 4]]),
    steps: tensor(Int32Array.of(group.rank, 7)),
    pixels: tensor(Uint8Array.of(group.rank, 1, 2)),
  };
  await broadcastTensors(group, params, 1);
  await checkEqual(group, params);
  const values = [params.w, params.steps, params.pixels].map((t) => [...t.dataSync()]);
  const others = { w: tensor([1, group.rank === 2 ? 2 + 2 ** -22 : 2]) };
  const messages: string[] = [];
  const note = (error: Error) => void messages.push(error.message);
  await checkEqual(group, others).catch(note);
  await checkEqual(group, group.rank === 1 ? { bias: others.w } : others).catch(note);
  const shapes = { w: tensor(new Float32Array(group.rank + 1)) };
  await broadcastTensors(group, shapes).catch(note);
  return { values, messages };
}

/** Averages the same gradient many times as float16; gives the means of what came out. */
export async function halved(group: Group, steps: number): Promise<number[]> {
  const average = averageGradients(group, { wire: "float16" });
  const values = [1 + 2 ** -13, -3 - 2 ** -11, 2 ** -26, 70_000, 0];
  const means = values.map(() => 0);
  for (let step = 0; step < steps; step++) {
    const grads = { w: tensor(Float32Array.from(values, (v) => v * (group.rank + 1))) };
    const averaged = (await average(grads)).w.dataSync();
    means.forEach((_, i) => means[i] += averaged[i] / steps);
  }
  return means;
}
