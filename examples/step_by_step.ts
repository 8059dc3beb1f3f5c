/**
 * A convolutional network step by step: the functions of a well-known course exercise, each a line
 * or two of operations, with the numbers that the exercise expects of them.
 *
 *     deno run examples/step_by_step.ts          prints what each step gives, and what is expected
 *     deno run examples/step_by_step.ts --help
 *
 * The exercise writes forward and backward passes as loops over NumPy arrays. Here a forward pass
 * is an operation, and a backward pass is asked of the tape. Layout and names are the exercise's:
 * images `[m, height, width, channels]`, filters `[f, f, channels, filters]`.
 *
 * @module
 */
import {
  add,
  avgPool,
  conv2d,
  div,
  full,
  grad,
  max,
  maxPool,
  mean,
  mul,
  pad,
  reshape,
  sum,
  Tape,
  type Tensor,
} from "@tapegrad/tapegrad";
import { NumpyRandom } from "./step_by_step/numpy_random.ts";

/** Steps of a window. */
interface Stride {
  readonly stride: number;
}

/** A pool's window, and how it moves. */
interface PoolWindow extends Stride {
  /** Its side. */
  readonly f: number;
}

type Mode = "max" | "average";

// --- Convolution ----------------------------------------------------------------------------------

/** Adds `amount` zeros around images. */
export function zeroPad(x: Tensor, amount: number): Tensor {
  return pad(x, [[0, 0], [amount, amount], [amount, amount], [0, 0]]);
}

/** Multiplies one window of an image by a filter of the same size, sums, and adds a bias. */
export function convSingleStep(window: Tensor, w: Tensor, b: Tensor): Tensor {
  return add(sum(mul(window, w)), reshape(b, []));
}

/** Applies every filter to every window of every image. */
export function convForward(
  aPrev: Tensor,
  w: Tensor,
  b: Tensor,
  { stride, padding }: Stride & { readonly padding: number },
): Tensor {
  return conv2d(aPrev, w, { bias: reshape(b, [-1]), stride, padding });
}

/**
 * Computes the gradients of a convolution, given that of its result. (The exercise cuts the padding
 * off with `[pad:-pad]`, which leaves nothing where pad is 0.)
 */
export function convBackward(
  dz: Tensor,
  inputs: { aPrev: Tensor; w: Tensor; b: Tensor },
  options: Stride & { readonly padding: number },
): { aPrev: Tensor; w: Tensor; b: Tensor } {
  using tape = new Tape();
  const { aPrev, w, b } = tape.watch(inputs);
  return tape.keep(tape.gradient(convForward(aPrev, w, b, options), inputs, { seed: dz }));
}

// --- Pooling --------------------------------------------------------------------------------------

/** Computes the maximum or the mean of every window. */
export function poolForward(aPrev: Tensor, { f, stride }: PoolWindow, mode: Mode): Tensor {
  return (mode === "max" ? maxPool : avgPool)(aPrev, { size: f, stride });
}

/**
 * Makes a mask of one where the maximum is, zero elsewhere: the gradient of `max`. Of equal ones,
 * the first.
 */
export function createMaskFromWindow(x: Tensor): Tensor {
  return grad((x: Tensor) => max(x))(x);
}

/** Spreads a value in equal parts over a window: the gradient of `mean`, times the value. */
export function distributeValue(dz: number, shape: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return div(full(shape, dz, { dtype: "float64" }), size);
}

/**
 * Computes the gradient of a pool, given that of its result. (The exercise reads `dA` at the corner
 * of the window instead of at its index, which is the same for stride 1 alone; and it pays every
 * one of equal maxima in full.)
 */
export function poolBackward(da: Tensor, aPrev: Tensor, window: PoolWindow, mode: Mode): Tensor {
  using tape = new Tape();
  tape.watch({ aPrev });
  const a = poolForward(aPrev, window, mode);
  return tape.keep(tape.gradient(a, aPrev, { seed: da }));
}

// --- What the exercise prints -------------------------------------------------------------------

/** Line of the exercise: its name, the result found, and the result that the exercise expects. */
export interface Result {
  readonly name: string;
  readonly found: readonly number[];
  /** Numbers of the exercise, to eight digits after the point, or twelve significant ones. */
  readonly expected: readonly number[];
}

/** Runs all steps, on the numbers of the exercise: `np.random.seed(1)` before each. */
export function steps(): Result[] {
  return [
    ...paddingAndOneStep(),
    ...convolution(),
    ...pooling(),
    ...windows(),
    ...poolGradients(),
  ];
}

function paddingAndOneStep(): Result[] {
  const x = new NumpyRandom(1).randn(4, 3, 3, 2);
  const padded = zeroPad(x, 2);
  const random = new NumpyRandom(1);
  const [window, w, b] = [random.randn(4, 4, 3), random.randn(4, 4, 3), random.randn(1, 1, 1)];
  return [
    { name: "zero_pad: shape", found: padded.shape, expected: [4, 7, 7, 2] },
    {
      name: "zero_pad: x[1, 1]",
      found: slice(x, [1, 1], 6),
      expected: [0.90085595, -0.68372786, -0.12289023, -0.93576943, -0.26788808, 0.53035547],
    },
    { name: "zero_pad: x_pad[1, 1]", found: slice(padded, [1, 1], 4), expected: [0, 0, 0, 0] },
    {
      name: "conv_single_step: Z",
      found: [convSingleStep(window, w, b).item()],
      expected: [-6.99908945068],
    },
  ];
}

function convolution(): Result[] {
  const random = new NumpyRandom(1);
  const [a, w, b] = [random.randn(10, 5, 7, 4), random.randn(3, 3, 4, 8), random.randn(1, 1, 1, 8)];
  const z = convForward(a, w, b, { stride: 2, padding: 1 });

  const again = new NumpyRandom(1);
  const inputs = {
    aPrev: again.randn(10, 4, 4, 3),
    w: again.randn(2, 2, 3, 8),
    b: again.randn(1, 1, 1, 8),
  };
  const options = { stride: 2, padding: 2 };
  const dz = convForward(inputs.aPrev, inputs.w, inputs.b, options);
  const grads = convBackward(dz, inputs, options);
  return [
    { name: "conv_forward: mean of Z", found: [mean(z).item()], expected: [0.692360880758] },
    {
      name: "conv_forward: Z[0, 2, 1]",
      found: slice(z, [0, 2, 1], 8),
      expected: [
        2.68765902,
        -8.85399449,
        -2.81973757,
        3.36794653,
        3.57862862,
        -4.74940351,
        -2.26466515,
        -0.19142554,
      ],
    },
    {
      name: "conv_backward: mean of dA",
      found: [mean(grads.aPrev).item()],
      expected: [1.45243777754],
    },
    { name: "conv_backward: mean of dW", found: [mean(grads.w).item()], expected: [1.72699145831] },
    { name: "conv_backward: mean of db", found: [mean(grads.b).item()], expected: [7.83923256462] },
  ];
}

function pooling(): Result[] {
  const a = new NumpyRandom(1).randn(2, 5, 5, 3);
  const first = (mode: Mode) => slice(poolForward(a, { f: 3, stride: 1 }, mode), [0, 0, 0], 3);
  return [
    {
      name: "pool_forward: max, A[0, 0, 0]",
      found: first("max"),
      expected: [1.74481176, 0.90159072, 1.65980218],
    },
    {
      name: "pool_forward: average, A[0, 0, 0]",
      found: first("average"),
      expected: [-0.03010467, -0.00324021, -0.33629886],
    },
  ];
}

function windows(): Result[] {
  const x = new NumpyRandom(1).randn(2, 3);
  return [
    {
      name: "create_mask_from_window: x",
      found: slice(x, [], 6),
      expected: [1.62434536, -0.61175641, -0.52817175, -1.07296862, 0.86540763, -2.3015387],
    },
    {
      name: "create_mask_from_window: mask",
      found: slice(createMaskFromWindow(x), [], 6),
      expected: [1, 0, 0, 0, 0, 0],
    },
    {
      name: "distribute_value: 2 over 2 x 2",
      found: slice(distributeValue(2, [2, 2]), [], 4),
      expected: [0.5, 0.5, 0.5, 0.5],
    },
  ];
}

function poolGradients(): Result[] {
  const random = new NumpyRandom(1);
  const [aPrev, da] = [random.randn(5, 5, 3, 2), random.randn(5, 4, 2, 2)];
  const back = (mode: Mode) => slice(poolBackward(da, aPrev, { f: 2, stride: 1 }, mode), [1, 1], 6);
  return [
    { name: "pool_backward: mean of dA", found: [mean(da).item()], expected: [0.145713902729] },
    {
      name: "pool_backward: max, dA_prev[1, 1]",
      found: back("max"),
      expected: [0, 0, 5.05844394, -1.68282702, 0, 0],
    },
    {
      name: "pool_backward: average, dA_prev[1, 1]",
      found: back("average"),
      expected: [0.08485462, 0.2787552, 1.26461098, -0.25749373, 1.17975636, -0.53624893],
    },
  ];
}

/** Takes elements in row-major order, from the one at an index (whose last numbers are zeros). */
function slice(x: Tensor, index: readonly number[], count: number): number[] {
  const start = x.shape.reduce((at, size, i) => at * size + (index[i] ?? 0), 0);
  return [...x.dataSync().subarray(start, start + count)];
}

/** Returns true if numbers agree in all digits that the exercise prints. */
export function agrees({ found, expected }: Result): boolean {
  return found.length === expected.length &&
    found.every((value, i) => Math.abs(value - expected[i]) <= 5.1e-9);
}

const HELP =
  `The functions of the step-by-step exercise on convolutional networks, with its numbers.

Usage: deno run examples/step_by_step.ts

  --help   print this

Needs no permission. The exit code is 1 if a number is not what the exercise expects.
`;

function main(args: readonly string[]): number {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  if (args.length > 0) {
    console.error(`Cannot read arguments: --help is the only one: got ${args.join(" ")}`);
    return 1;
  }
  const results = steps();
  const format = (values: readonly number[]) =>
    values.map((value) => String(Number(value.toPrecision(9)))).join("  ");
  for (const result of results) {
    console.log(`${agrees(result) ? "ok" : "WRONG"}  ${result.name}`);
    console.log(`    found     ${format(result.found)}`);
    console.log(`    expected  ${format(result.expected)}`);
  }
  const wrong = results.filter((result) => !agrees(result)).length;
  console.log(`\n${results.length - wrong} of ${results.length} as the exercise expects`);
  return wrong === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(main(Deno.args));
