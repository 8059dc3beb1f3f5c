// Random graphs of layers, trained for a step: losses and gradients of the native backend against the
// reference's.

import { assert } from "@std/assert";
import {
  add,
  avgPool,
  type Backend,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  matmul,
  maxPool,
  mean,
  mul,
  Random,
  referenceBackend,
  relu,
  reshape,
  sigmoid,
  square,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "../../../mod.ts";
import { nativeBackend } from "../../../src/backends/native/mod.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import { scaled, SEED } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";

/** Graphs at full effort. */
const GRAPHS = 1000;
/** Differences of sums in another order, relative to the largest number of a gradient. */
const TOLERANCE = 2 ** -12;

/** A layer: the weights it makes on its way, by the shapes it asks for, and its result. */
type Layer = (x: Tensor, weight: (shape: readonly number[]) => Tensor, random: Random) => Tensor;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)];
const PADDINGS = ["same", "valid", "full"] as const;

const IMAGE_LAYERS: readonly Layer[] = [
  (x, weight, random) => {
    const groups = x.shape[3] % 3 === 0 ? pick(random, [1, 3]) : 1;
    const outputs = groups * (1 + random.integer(18 / groups));
    const size = [1, 2].map((i) => 1 + random.integer(Math.min(3, x.shape[i])));
    return conv2d(x, weight([...size, x.shape[3] / groups, outputs]), {
      groups,
      stride: 1 + random.integer(2),
      padding: pick(random, PADDINGS),
      bias: random.integer(2) === 0 ? weight([outputs]) : undefined,
      activation: pick(random, ["linear", "relu"] as const),
    });
  },
  (x, weight, random) =>
    conv2d(x, weight([2, 2, x.shape[3], 5]), { padding: "same", dilation: 1 + random.integer(3) }),
  (x, weight, random) =>
    depthwiseConv2d(x, weight([3, 2, x.shape[3], 1 + random.integer(2)]), { padding: "same" }),
  (x, weight, random) =>
    conv2dTranspose(x, weight([2, 2, 4, x.shape[3]]), { stride: 1 + random.integer(2) }),
  (x) => maxPool(x, { size: 2, padding: "same" }),
  (x) => avgPool(x, { size: 2, stride: 1, padding: "same" }),
  (x) => add(tanh(x), x),
  (x) => mul(sigmoid(x), x),
  (x) => relu(x),
];

const ROW_LAYERS: readonly Layer[] = [
  (x, weight, random) => {
    const outputs = 1 + random.integer(40);
    return dense(x, weight([x.shape[1], outputs]), {
      bias: weight([outputs]),
      activation: pick(random, ["linear", "relu"] as const),
    });
  },
  (x, weight) => matmul(x, weight([7, x.shape[1]]), { transposeB: true }),
  (x) => matmul(matmul(x, x, { transposeB: true }), x),
  (x) => tanh(x),
];

/** Loss and gradients of the graph of a seed. */
function run(seed: number, backend: Backend): Float32Array[] {
  const random = new Random(seed);
  using tape = new Tape();
  const weights: Tensor[] = [];
  const weight = (shape: readonly number[]) => {
    const fanIn = sizeOf(shape) / shape[shape.length - 1];
    const data = Float32Array.from(
      { length: sizeOf(shape) },
      () => random.normal(0, fanIn ** -0.5),
    );
    const w = tape.watch(tensor(data, { shape, backend }));
    weights.push(w);
    return w;
  };
  let x = weight([
    1 + random.integer(3),
    3 + random.integer(6),
    3 + random.integer(6),
    1 + random.integer(9),
  ]);
  for (let i = 1 + random.integer(4); i > 0; i--) x = pick(random, IMAGE_LAYERS)(x, weight, random);
  x = reshape(x, [x.shape[0], -1]);
  for (let i = 1 + random.integer(2); i > 0; i--) x = pick(random, ROW_LAYERS)(x, weight, random);
  const loss = add(mean(square(x)), sum(x));
  const gradients = tape.gradient(loss, weights);
  const arrays = [loss, ...gradients].map((y) => y.dataSync() as Float32Array);
  weights.forEach((w) => w.dispose());
  return arrays;
}

Deno.test(ifPossible({
  name: "native: random graphs have the losses and gradients of the reference",
  needs: { ffi: true },
  skip: nativeBackend.reasonAgainst(),
  fn() {
    using backend = nativeBackend({ threads: 2 });
    const reference = referenceBackend();
    const before = backend.liveBytes;
    for (let i = 0; i < scaled(GRAPHS); i++) {
      const seed = SEED * 100_000 + i;
      const [actual, expected] = [backend, reference].map((one) => run(seed, one));
      expected.forEach((array, j) => {
        const largest = array.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
        const worst = array.reduce((most, v, k) => Math.max(most, Math.abs(v - actual[j][k])), 0);
        assert(
          worst <= TOLERANCE * largest,
          `graph ${seed}, array ${j}: off by ${worst} of ${largest}`,
        );
      });
    }
    assert(backend.liveBytes === before, "tensors that are not freed");
  },
}));
