/**
 * Integers of ONNX in tensors: uint8 for bytes and truth values, int32 for all others, float64 where
 * one of them is beyond 32 bits. Kinds of fewer bits wrap around; 2^53 and beyond is an error.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { isWide } from "./host_math.ts";
import { bitsOf, exactResult, type IntKind, isSigned } from "./int_kinds.ts";
import { alike, isInt32 } from "./values.ts";

type Function2 = (a: Tensor, b: Tensor) => Tensor;

const asDoubles = (x: Tensor) => ops.cast(x, "float64");

/** Returns true if the tensors of a kind wrap around by themselves. */
function isNative(kind: IntKind): boolean {
  return kind === "int32" || kind === "uint8" || kind === "bool";
}

/** Takes from `y` the multiples of `count` that put it outside of the range from `low` on. */
function wrapped(y: Tensor, count: number, low: number): Tensor {
  const shifted = low === 0 ? y : ops.sub(y, low);
  return ops.sub(y, ops.mul(ops.floor(ops.div(shifted, count)), count));
}

/** Wraps int32 numbers to a kind of 8 or 16 bits; leaves other kinds as they are. */
function narrowed(y: Tensor, kind: IntKind): Tensor {
  if (isNative(kind) || isWide(kind)) return y;
  const count = 2 ** bitsOf(kind);
  return ops.cast(wrapped(asDoubles(y), count, isSigned(kind) ? -count / 2 : 0), "int32");
}

/** Brings whole numbers in float64 to the dtype of a kind. */
export function settled(y: Tensor, kind: IntKind): Tensor {
  if (kind === "bool") return ops.notEqual(y, 0);
  const data = y.dataSync();
  data.forEach(exactResult);
  if (kind === "uint8") return ops.cast(y, "uint8");
  if (!isWide(kind)) return narrowed(ops.cast(y, "int32"), kind);
  if (kind === "uint64") data.forEach((v) => exactResult(v < 0 ? v + 2 ** 64 : v));
  const fit = kind === "uint32" ? wrapped(y, 2 ** 32, 0) : y;
  return fit.dataSync().every(isInt32) ? ops.cast(fit, "int32") : fit;
}

/** Converts integers of one kind to another. */
export function castInts(x: Tensor, kind: IntKind): Tensor {
  if (kind === "bool") return ops.notEqual(x, 0);
  if (kind === "uint8") return ops.cast(x, "uint8");
  if (kind === "int64") return x.dtype === "float64" ? x : ops.cast(x, "int32");
  return isWide(kind) ? settled(asDoubles(x), kind) : narrowed(ops.cast(x, "int32"), kind);
}

/** Converts floats to integers: cuts off fractions, makes NaN 0. */
export function truncated(x: Tensor, kind: IntKind): Tensor {
  if (!isWide(kind)) return castInts(x, kind);
  const isSmall = x.dataSync().every((v) => Number.isNaN(v) || isInt32(v));
  if (isSmall) return castInts(ops.cast(x, "int32"), kind);
  return settled(towardsZero(asDoubles(x)), kind);
}

/** Cuts off fractions. */
export function towardsZero(x: Tensor): Tensor {
  return ops.where(ops.less(x, 0), ops.ceil(x), ops.floor(x));
}

/** Computes a sum, difference or product. */
export function combined(kind: IntKind, f: Function2, a: Tensor, b: Tensor): Tensor {
  if (isWide(kind)) return settled(f(asDoubles(a), asDoubles(b)), kind);
  const [left, right] = alike([a, b]);
  return narrowed(f(left, right), kind);
}

/** Applies a function of float64 to integers, and cuts off fractions. */
export function byDoubles(kind: IntKind, f: (...doubles: Tensor[]) => Tensor, ...inputs: Tensor[]) {
  return settled(towardsZero(f(...inputs.map(asDoubles))), kind);
}

/** Computes a quotient without its fraction. */
export function quotient(kind: IntKind, a: Tensor, b: Tensor): Tensor {
  checkDivisor(b);
  return byDoubles(kind, ops.div, a, b);
}

/** Computes the rest of a division by a function that has its sign. */
export function restOf(f: Function2): (kind: IntKind, a: Tensor, b: Tensor) => Tensor {
  return (kind, a, b) => {
    checkDivisor(b);
    return combined(kind, f, a, b);
  };
}

function checkDivisor(b: Tensor): void {
  if (!b.dataSync().includes(0)) return;
  throw new RangeError(
    "Cannot apply ONNX model: integers must not be divided by 0: the divisor has one",
  );
}

/** Computes a power; rounds one with a whole exponent, as one of doubles may be off a little. */
export function power(kind: IntKind, base: Tensor, exponent: Tensor, isWhole: boolean): Tensor {
  const y = (a: Tensor, b: Tensor) => {
    const exactPower = ops.pow(a, b);
    return isWhole ? nearest(exactPower, a, b) : exactPower;
  };
  return byDoubles(kind, y, base, exponent);
}

/** Rounds a power with a whole exponent; a fraction, with one below 0, becomes 0. */
function nearest(y: Tensor, a: Tensor, b: Tensor): Tensor {
  const isFraction = ops.logicalAnd(ops.less(b, 0), ops.greater(ops.abs(a), 1));
  return ops.where(isFraction, 0, ops.round(y));
}
