/**
 * Layers of Keras without weights, as layers and functions of this library; and those that join the
 * results of several.
 *
 * @module
 */
import {
  add,
  div,
  elu,
  leakyRelu,
  maximum,
  minimum,
  mul,
  relu,
  sub,
} from "../../../ops/elementwise/mod.ts";
import {
  avgPool1d,
  globalAvgPool,
  globalMaxPool,
  maxPool1d,
  upsample,
} from "../../../ops/images/mod.ts";
import { softmax } from "../../../ops/losses/mod.ts";
import { max, mean } from "../../../ops/reduce/mod.ts";
import { concat, expandDims, pad, repeat, reshape, transpose } from "../../../ops/shape/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { asLayer, type Layer } from "../../nn/layer.ts";
import { Dropout } from "../../nn/layers/dropout.ts";
import { Flatten } from "../../nn/layers/flatten.ts";
import { AvgPool, MaxPool } from "../../nn/layers/pools.ts";
import type { Json } from "../../formats/strict_json.ts";
import type { LayerConfig } from "./graph.ts";
import { alongLast, type Builder, called, type Part, plain } from "./parts.ts";
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
const folded = (f: (a: Tensor, b: Tensor) => Tensor): Builder => () => ({
  kind: "merge",
  merge: (inputs) => inputs.reduce((a, b) => f(a, b)),
});

const averaged: Builder = () => ({
  kind: "merge",
  merge: (inputs) => div(inputs.reduce((a, b) => add(a, b)), inputs.length),
});

const subtracted: Builder = (settings) => ({
  kind: "merge",
  merge: ([a, b, ...others]) =>
    b === undefined || others.length > 0
      ? settings.fail("inputs", "two", String(others.length + (b === undefined ? 1 : 2)))
      : sub(a, b),
});

const joined: Builder = (settings) => {
  const axis: Json = settings.integer("axis", -1);
  return { kind: "merge", merge: (inputs) => concat(inputs, { axis }) };
};

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
  ["Concatenate", joined],
  ["Cropping1D", framed1d("cropping", -1)],
  ["Cropping2D", framed("cropping", -1)],
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
  ["LeakyReLU", leaky],
  ["MaxPooling1D", pool1d(maxPool1d)],
  ["MaxPooling2D", pool2d(MaxPool)],
  ["Maximum", folded(maximum)],
  ["Minimum", folded(minimum)],
  ["Multiply", folded(mul)],
  ["Permute", permuted],
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
  ["UpSampling2D", upsampled],
  ["ZeroPadding1D", framed1d("padding", 1)],
  ["ZeroPadding2D", framed("padding", 1)],
]);
