/**
 * Layers of Keras without weights, as layers and functions of this library; and those that join the
 * results of several.
 *
 * @module
 */
import {
  add,
  cast,
  div,
  elu,
  greater,
  leakyRelu,
  maximum,
  minimum,
  mul,
  relu,
  rsqrt,
  sub,
} from "../../../ops/elementwise/mod.ts";
import {
  avgPool1d,
  globalAvgPool,
  globalMaxPool,
  maxPool1d,
  upsample,
} from "../../../ops/images/mod.ts";
import { matmul } from "../../../ops/linalg/mod.ts";
import { softmax } from "../../../ops/losses/mod.ts";
import { max, mean, sum } from "../../../ops/reduce/mod.ts";
import { concat, expandDims, pad, repeat, reshape, transpose } from "../../../ops/shape/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { asLayer, type Layer } from "../../nn/layer.ts";
import { Dropout } from "../../nn/layers/dropout.ts";
import { Flatten } from "../../nn/layers/flatten.ts";
import { AvgPool, MaxPool } from "../../nn/layers/pools.ts";
import type { Json } from "../../formats/strict_json.ts";
import type { LayerConfig } from "./graph.ts";
import { alongLast, type Builder, called, joined, type Part, plain } from "./parts.ts";
import type { LayerSettings } from "./settings.ts";

const same = (x: Tensor) => x;

function pool2d(make: typeof MaxPool): Builder {
  return (settings) => {
    const size = settings.pair("pool_size", [2, 2]);
    const padding = settings.choice("padding", ["valid", "same"], "valid");
    return plain(make({ size, stride: settings.pair("strides", size), padding }));
  };
}

function pool1d(apply: typeof maxPool1d): Builder {
  return (settings, { className }) => {
    const size = settings.single("pool_size", 2);
    const padding = settings.choice("padding", ["valid", "same"], "valid");
    const options = { size, stride: settings.single("strides", size), padding };
    return called(className, (x) => apply(x, options));
  };
}

/** A pool of whole images, which may leave sizes of 1. */
function global2d(apply: (x: Tensor) => Tensor): Builder {
  return (settings, { className }) => {
    const keeps = settings.flag("keepdims", false);
    return called(className, (x) => {
      const y = apply(x);
      return keeps ? reshape(y, [y.shape[0], 1, 1, y.shape[1]]) : y;
    });
  };
}

function global1d(apply: typeof max): Builder {
  return (settings, { className }) => {
    const keepDims = settings.flag("keepdims", false);
    return called(className, (x) => apply(x, { axis: 1, keepDims }));
  };
}

/** `relu` with a slope below a threshold and a bound above. */
function boundedRelu(settings: LayerSettings, { className }: LayerConfig): Part {
  const [slope, threshold] = [
    settings.number("negative_slope", 0),
    settings.number("threshold", 0),
  ];
  const most = settings.raw("max_value") === undefined ? null : settings.number("max_value", 0);
  if (threshold !== 0) settings.fail("threshold", "0", String(threshold));
  const bounded = (x: Tensor) => most === null ? x : minimum(x, most);
  const f = (x: Tensor) => bounded(slope === 0 ? relu(x) : leakyRelu(x, { slope }));
  return slope === 0 && most === null ? called("relu", relu) : called(className, f);
}

function leaky(settings: LayerSettings): Part {
  const slope = settings.number("negative_slope", settings.number("alpha", 0.3));
  return called("leakyRelu", (x) => leakyRelu(x, { slope }));
}

function reshaped(settings: LayerSettings): Part {
  const target = settings.raw("target_shape");
  const isShape = Array.isArray(target) && target.every((n) => Number.isSafeInteger(n));
  if (!isShape) settings.fail("target_shape", "a list of whole numbers", "another");
  const shape = target as readonly number[];
  return called("reshape", (x) => reshape(x, [x.shape[0], ...shape.map((n) => n < 0 ? -1 : n)]));
}

function permuted(settings: LayerSettings): Part {
  const dims = settings.raw("dims");
  const isOrder = Array.isArray(dims) && dims.every((n) => Number.isSafeInteger(n));
  if (!isOrder) settings.fail("dims", "a list of whole numbers", "another");
  const order = [0, ...dims as readonly number[]];
  return called("transpose", (x) => transpose(x, order));
}

/** Adds pixels around images, or with `sign` -1 takes them off. */
function framed(setting: string, sign: 1 | -1): Builder {
  return (settings, { className }) => {
    const amounts = settings.amounts(setting)
      .map(([before, after]) => [sign * before, sign * after] as const);
    return called(className, (x) => pad(x, [[0, 0], ...amounts, [0, 0]]));
  };
}

/** Adds elements before and after sequences, or with `sign` -1 takes them off. */
function framed1d(setting: string, sign: 1 | -1): Builder {
  return (settings, { className }) => {
    const [before, after] = settings.pair(setting, [1, 1]);
    return called(className, (x) => pad(x, [[0, 0], [sign * before, sign * after], [0, 0]]));
  };
}

function upsampled(settings: LayerSettings): Part {
  const factor = settings.pair("size", [2, 2]);
  const mode = settings.choice("interpolation", ["nearest", "bilinear"], "nearest");
  return called("upsample", (x) => upsample(x, { factor, mode }));
}

function rescaled(settings: LayerSettings): Part {
  const [scale, offset] = [settings.number("scale", 1), settings.number("offset", 0)];
  return called("rescale", (x) => add(mul(x, scale), offset));
}

/** A function of two or more results, one after the other. */
const folded = (f: (a: Tensor, b: Tensor) => Tensor): Builder => () =>
  joined((inputs) => inputs.reduce((a, b) => f(a, b)));

const averaged: Builder = () =>
  joined((inputs) => div(inputs.reduce((a, b) => add(a, b)), inputs.length));

const subtracted: Builder = (settings) =>
  joined(([a, b, ...others]) =>
    b === undefined || others.length > 0
      ? settings.fail("inputs", "two", String(others.length + (b === undefined ? 1 : 2)))
      : sub(a, b)
  );

const concatenated: Builder = (settings) => {
  const axis: Json = settings.integer("axis", -1);
  return joined((inputs) => concat(inputs, { axis }));
};

/** Vectors along an axis with a norm of 1, but those of zeros. */
function ofUnitNorm(x: Tensor, axis: number, least: number): Tensor {
  const squares = sum(mul(x, x), { axis, keepDims: true });
  return mul(x, minimum(rsqrt(squares), 1 / least));
}

/** Products of the vectors of two results along an axis of each. */
const dotted: Builder = (settings) => {
  const given = settings.raw("axes");
  const axes = Array.isArray(given) ? given as readonly Json[] : [given, given];
  const isPair = axes.length === 2 && axes.every((axis) => Number.isSafeInteger(axis));
  if (!isPair) settings.fail("axes", "one whole number or two", "another");
  const normalizes = settings.flag("normalize", false);
  return joined((inputs) => {
    if (inputs.length !== 2) settings.fail("inputs", "two", String(inputs.length));
    const [a, b] = inputs.map((x, i) => {
      const axis = (axes[i] as number) < 0 ? (axes[i] as number) + x.rank : axes[i] as number;
      if (axis < 1 || axis >= x.rank || x.rank > 3) {
        settings.fail("axes", "of vectors or of sequences", String(axes[i]));
      }
      const vectors = normalizes ? ofUnitNorm(x, axis, UNIT_LEAST) : x;
      return axis === x.rank - 1 ? vectors : transpose(vectors, [0, 2, 1]);
    });
    if (a.rank !== b.rank) settings.fail("inputs", "of as many dimensions", `${a.rank}, ${b.rank}`);
    return a.rank === 2
      ? sum(mul(a, b), { axis: 1, keepDims: true })
      : matmul(a, b, { transposeB: true });
  });
};

/** Keras's least norm of vectors that are made of norm 1: of `Dot`, of `UnitNormalization`. */
const [UNIT_LEAST, UNIT_LAYER_LEAST] = [1e-7, 1e-12];

/** A softmax along the last axis. */
function softmaxed(settings: LayerSettings): Part {
  return plain(alongLast(asLayer(softmax) as Layer<unknown>, settings.axis()));
}

const idle: Builder = (_settings, { className }) => called(className, same);

/** Layers without weights by their classes. */
export const PLAIN: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["Activation", (settings, { config }) => {
    const f = settings.activation();
    return f === null ? called("linear", same) : called(String(config.get("activation")), f);
  }],
  ["ActivityRegularization", idle],
  ["Add", folded(add)],
  ["AlphaDropout", idle],
  ["Average", averaged],
  ["AveragePooling1D", pool1d(avgPool1d)],
  ["AveragePooling2D", pool2d(AvgPool)],
  ["Concatenate", concatenated],
  ["Cropping1D", framed1d("cropping", -1)],
  ["Cropping2D", framed("cropping", -1)],
  ["Dot", dotted],
  ["Dropout", (settings) => plain(Dropout({ rate: settings.number("rate", 0.5) }))],
  ["ELU", (settings) => {
    const alpha = settings.number("alpha", 1);
    return called("elu", (x) => elu(x, { alpha }));
  }],
  ["Flatten", () => plain(Flatten())],
  ["GaussianDropout", idle],
  ["GaussianNoise", idle],
  ["GlobalAveragePooling1D", global1d(mean)],
  ["GlobalAveragePooling2D", global2d((x) => globalAvgPool(x))],
  ["GlobalMaxPooling1D", global1d(max)],
  ["GlobalMaxPooling2D", global2d((x) => globalMaxPool(x))],
  ["Identity", idle],
  ["LeakyReLU", leaky],
  ["MaxPooling1D", pool1d(maxPool1d)],
  ["MaxPooling2D", pool2d(MaxPool)],
  ["Maximum", folded(maximum)],
  ["Minimum", folded(minimum)],
  ["Multiply", folded(mul)],
  ["Permute", permuted],
  ["RandomBrightness", idle],
  ["RandomContrast", idle],
  ["RandomFlip", idle],
  ["RandomHeight", idle],
  ["RandomRotation", idle],
  ["RandomTranslation", idle],
  ["RandomWidth", idle],
  ["RandomZoom", idle],
  ["ReLU", boundedRelu],
  ["RepeatVector", (settings) => {
    const times = settings.integer("n");
    return called("repeat", (x) => repeat(expandDims(x, 1), times, { axis: 1 }));
  }],
  ["Rescaling", rescaled],
  ["Reshape", reshaped],
  ["Softmax", softmaxed],
  ["SpatialDropout1D", idle],
  ["SpatialDropout2D", idle],
  ["Subtract", subtracted],
  ["ThresholdedReLU", (settings, { className }) => {
    const theta = settings.number("theta", 1);
    return called(className, (x) => mul(x, cast(greater(x, theta), x.dtype)));
  }],
  ["UnitNormalization", (settings, { className }) => {
    const axis = settings.axis();
    return plain(
      alongLast(called(className, (x) => ofUnitNorm(x, -1, UNIT_LAYER_LEAST)).layer, axis),
    );
  }],
  ["UpSampling1D", (settings, { className }) => {
    const times = settings.single("size", 2);
    return called(className, (x) => repeat(x, times, { axis: 1 }));
  }],
  ["UpSampling2D", upsampled],
  ["ZeroPadding1D", framed1d("padding", 1)],
  ["ZeroPadding2D", framed("padding", 1)],
]);
