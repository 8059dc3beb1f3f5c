// Random calls of operations whose options are at the edges of what numbers can be: small ones that
// fit, and those around the powers of two at which something wraps, in any combination.

import {
  adaptiveAvgPool,
  avgPool,
  avgPool1d,
  broadcastTo,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  cumsum,
  depthwiseConv2d,
  expandDims,
  groupNorm,
  im2col,
  localResponseNorm,
  maxPool,
  maxPool1d,
  pad,
  type Random,
  repeat,
  reshape,
  slice,
  softmax,
  split,
  sum,
  type Tensor,
  tile,
  transpose,
  upsample,
} from "../../mod.ts";

/** A call of an operation, to be made on any backend. */
export interface ExtremeCall {
  /** The operation and its options. */
  readonly what: string;
  /** Shapes of the inputs, all of them floats. */
  readonly shapes: readonly (readonly number[])[];
  /** The call. */
  readonly run: (...inputs: Tensor[]) => Tensor;
}

/** Numbers at which something has wrapped, overflowed or lost its sign, or would. */
const EXTREMES: readonly number[] = [
  ...[15, 16, 24, 29, 30, 31, 32, 33, 52, 53].flatMap((power) =>
    [-1, 0, 1].map((d) => 2 ** power + d)
  ),
  2 ** 32 + 3,
  3 * 2 ** 30,
  2 ** 31 + 2 ** 30,
  -1,
  -(2 ** 31),
  -(2 ** 32) + 1,
  1e300,
];

/** Draws options. */
class Draw {
  readonly random: Random;
  /** Share of numbers that are extreme: of some calls most, of some a single one. */
  readonly #share: number;

  constructor(random: Random) {
    this.random = random;
    this.#share = this.pick([0.05, 0.3, 0.8]);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random.integer(list.length)];
  }

  /** A number from `low`, small or extreme. */
  number(low = 1): number {
    const isExtreme = this.random.uniform() < this.#share;
    return isExtreme ? this.pick(EXTREMES) : low + this.random.integer(5);
  }

  /** One number, or one for each axis. */
  pair(): number | [number, number] {
    return this.pick([this.number(), [this.number(), this.number()]]);
  }

  padding() {
    const sides = () => [this.number(0), this.number(0)] as [number, number];
    return this.pick(
      [
        "valid",
        "same",
        "same",
        "full",
        this.number(0),
        [sides(), sides()],
      ] as const,
    );
  }

  padding1d() {
    return this.pick(
      ["valid", "same", "full", this.number(0), [this.number(0), this.number(0)]] as const,
    );
  }

  /** A small size, 0 once in a while. */
  size(most = 6): number {
    return this.random.integer(30) === 0 ? 0 : 1 + this.random.integer(most);
  }

  images(): number[] {
    return [this.size(2), this.size(7), this.size(9), this.size(9)];
  }

  isTrue(): boolean {
    return this.random.integer(2) === 0;
  }
}

type Make = (d: Draw) => ExtremeCall;

/** Writes options as they are given. */
const text = (options: unknown) => JSON.stringify(options);

function windows(d: Draw) {
  const { stride, dilation } = { stride: d.pair(), dilation: d.pair() };
  return d.pick([
    { stride, dilation, padding: d.padding() },
    { stride, padding: d.padding() },
    { dilation, padding: d.padding() },
    { stride },
  ]);
}

const CONVOLUTIONS: readonly Make[] = [
  (d) => {
    const x = d.images();
    const groups = d.pick([1, 1, x[3], d.number()]);
    const isPlain = groups < 1 || groups > 9 || x[3] % groups !== 0;
    const w = [
      d.size(3),
      d.size(3),
      isPlain ? x[3] : x[3] / groups,
      d.size(3) * Math.min(Math.max(groups, 1), 9),
    ];
    const options = { ...windows(d), groups };
    return {
      what: `conv2d ${text(options)}`,
      shapes: [x, w],
      run: (x, w) => conv2d(x, w, options),
    };
  },
  (d) => {
    const x = d.images();
    const options = { ...windows(d), ...d.pick([{}, { outputPadding: d.pair() }]) };
    return {
      what: `conv2dTranspose ${text(options)}`,
      shapes: [x, [d.size(3), d.size(3), d.size(3), x[3]]],
      run: (x, w) => conv2dTranspose(x, w, options),
    };
  },
  (d) => {
    const [x, options] = [d.images(), windows(d)];
    const w = [d.size(3), d.size(3), x[3], d.size(2)];
    return {
      what: `depthwiseConv2d ${text(options)}`,
      shapes: [x, w],
      run: (x, w) => depthwiseConv2d(x, w, options),
    };
  },
  (d) => {
    const options = { stride: d.number(), dilation: d.number(), padding: d.padding1d() };
    const x = [d.size(2), d.size(20), d.size(5)];
    return {
      what: `conv1d ${text(options)}`,
      shapes: [x, [d.size(4), x[2], d.size(3)]],
      run: (x, w) => conv1d(x, w, options),
    };
  },
];

const POOLS: readonly Make[] = [maxPool, avgPool].map((pool): Make => (d) => {
  const stride = d.pick([{}, { stride: d.pair() }]);
  const options = { size: d.pair(), padding: d.padding(), countPadding: d.isTrue(), ...stride };
  const what = `${pool.name} ${text(options)}`;
  return { what, shapes: [d.images()], run: (x) => pool(x, options) };
});

const POOLS_1D: readonly Make[] = [maxPool1d, avgPool1d].map((pool): Make => (d) => {
  const stride = d.pick([{}, { stride: d.number() }]);
  const options = { size: d.number(), padding: d.padding1d(), ...stride };
  const shapes = [[d.size(2), d.size(20), d.size(5)]];
  return { what: `${pool.name} ${text(options)}`, shapes, run: (x) => pool(x, options) };
});

/** Makes calls that have one input and options. */
function onImages<Options>(
  name: string,
  options: (d: Draw) => Options,
  call: (x: Tensor, options: Options) => Tensor,
): Make {
  return (d) => {
    const drawn = options(d);
    const what = `${name} ${text(drawn)}`;
    return { what, shapes: [d.images()], run: (x) => call(x, drawn) };
  };
}

const IMAGES: readonly Make[] = [
  onImages("im2col", (d) => ({ size: d.pair(), ...windows(d) }), im2col),
  onImages("adaptiveAvgPool", (d) => ({ size: d.pair() }), adaptiveAvgPool),
  onImages("upsample", (d) => {
    const mode = d.pick(["nearest", "bilinear"] as const);
    return { mode, ...d.pick([{ size: d.pair() }, { factor: d.pair() }]) };
  }, upsample),
  onImages("groupNorm", (d) => ({ groups: d.number() }), groupNorm),
  onImages("localResponseNorm", (d) => ({ size: d.number() }), localResponseNorm),
];

const SHAPES: readonly Make[] = [
  onImages("pad", (d) => ({
    amounts: [d.number(0), d.number(-1), d.number(0), d.number(-2)].map((n, i, all) =>
      [n, all[(i + 1) % 4]] as const
    ),
    mode: d.pick(["constant", "edge", "reflect", "symmetric", "wrap"] as const),
  }), (x, { amounts, mode }) => pad(x, amounts, { mode })),
  onImages(
    "slice",
    (d) =>
      d.images().map(() =>
        d.pick([null, d.number(-3), [d.number(-3), d.number(-3)], [
          d.number(-3),
          d.number(-3),
          d.number(-3),
        ]])
      ),
    (x, ranges) => slice(x, ranges as [number, number][]),
  ),
  onImages("split", (d) => ({ parts: d.number(), axis: d.number(-4) }), (x, { parts, axis }) => {
    const pieces = split(x, parts, { axis });
    return concat(pieces, { axis });
  }),
  onImages("tile", (d) => [d.number(0), d.number(1), d.number(1)], tile),
  onImages(
    "repeat",
    (d) => ({ times: d.number(0), axis: d.number(-4) }),
    (x, { times, axis }) => repeat(x, times, { axis }),
  ),
  onImages("broadcastTo", (d) => [d.number(0), d.number(1), ...d.images()], broadcastTo),
  onImages("reshape", (d) => [d.number(-1), d.number(1), d.number(0)], reshape),
  onImages("transpose", (d) => [d.number(-4), d.number(-4), d.number(-4), d.number(-4)], transpose),
  onImages("sum", (d) => ({ axis: [d.number(-4), d.number(-4)] }), sum),
  onImages("cumsum", (d) => ({ axis: d.number(-4), reverse: d.isTrue() }), cumsum),
  onImages("expandDims", (d) => d.number(-4), expandDims),
  onImages("softmax", (d) => [d.number(), -1], (x, shape) => softmax(reshape(x, shape))),
];

/** Kinds of calls; convolutions and pools, which have most options, more often than others. */
const MAKERS: readonly (readonly Make[])[] = [
  CONVOLUTIONS,
  CONVOLUTIONS,
  POOLS,
  POOLS,
  POOLS_1D,
  IMAGES,
  SHAPES,
];

/** Draws a call. */
export function extremeCall(random: Random): ExtremeCall {
  const d = new Draw(random);
  return d.pick(d.pick(MAKERS))(d);
}
