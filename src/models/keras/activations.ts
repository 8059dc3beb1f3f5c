/**
 * Activations by the names of Keras.
 *
 * @module
 */
import {
  abs,
  add,
  clip,
  div,
  elu,
  exp,
  gelu,
  hardSigmoid,
  leakyRelu,
  mish,
  mul,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "../../../ops/elementwise/mod.ts";
import { logSoftmax, softmax } from "../../../ops/losses/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Json } from "../../formats/strict_json.ts";
import { textOf } from "./graph.ts";

/** A function of a tensor. */
export type TensorFunction = (x: Tensor) => Tensor;

/** `x / (1 + |x|)`. */
function softsign(x: Tensor): Tensor {
  return div(x, add(abs(x), 1));
}

/** The hard sigmoid of Keras 2 and TensorFlow.js, `0.2 x + 0.5` between 0 and 1. */
function hardSigmoid2(x: Tensor): Tensor {
  return clip(add(mul(x, 0.2), 0.5), 0, 1);
}

/** Slope of `leaky_relu` by its name alone. */
const LEAKY_SLOPE = 0.2;

function leaky(x: Tensor): Tensor {
  return leakyRelu(x, { slope: LEAKY_SLOPE });
}

const FUNCTIONS: ReadonlyMap<string, TensorFunction> = new Map<string, TensorFunction>([
  ["elu", elu],
  ["exponential", exp],
  ["gelu", gelu],
  ["hard_sigmoid", hardSigmoid],
  ["leaky_relu", leaky],
  ["log_softmax", logSoftmax],
  ["mish", mish],
  ["relu", relu],
  ["relu6", relu6],
  ["selu", selu],
  ["sigmoid", sigmoid],
  ["silu", silu],
  ["softmax", softmax],
  ["softplus", softplus],
  ["softsign", softsign],
  ["swish", silu],
  ["tanh", tanh],
]);

/**
 * Finds the function that a setting names, null for none (`linear`), undefined for one that is not
 * known.
 *
 * @param isOld true for Keras 2 and TensorFlow.js.
 */
export function activationOf(
  value: Json | undefined,
  isOld: boolean,
): TensorFunction | null | undefined {
  if (value === undefined || value === null) return null;
  const config = value instanceof Map ? value.get("config") : undefined;
  const name = typeof value === "string"
    ? value
    : textOf(config) || (value instanceof Map ? snakeOf(textOf(value.get("class_name"))) : "");
  if (name === "linear") return null;
  if (name === "hard_sigmoid" && isOld) return hardSigmoid2;
  return FUNCTIONS.get(snakeOf(name));
}

/** Writes a name with underscores: `hardSigmoid` as `hard_sigmoid`, `ReLU` as `relu`. */
function snakeOf(name: string): string {
  return name.replace(/([a-z])([A-Z][a-z])/g, "$1_$2").toLowerCase();
}
