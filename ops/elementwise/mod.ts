/**
 * Functions of single elements: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export { abs } from "./abs.ts";
export { acos } from "./acos.ts";
export { acosh } from "./acosh.ts";
export { add } from "./add.ts";
export { asin } from "./asin.ts";
export { asinh } from "./asinh.ts";
export { atan } from "./atan.ts";
export { atanh } from "./atanh.ts";
export { cast } from "./cast.ts";
export { ceil } from "./ceil.ts";
export { clip } from "./clip.ts";
export { equal, greater, greaterEqual, less, lessEqual, notEqual } from "./compare.ts";
export type { Operand } from "./define.ts";
export { div } from "./div.ts";
export { elu, type EluOptions } from "./elu.ts";
export { erf } from "./erf.ts";
export { exp } from "./exp.ts";
export { expm1 } from "./expm1.ts";
export { floor } from "./floor.ts";
export { gelu, type GeluOptions } from "./gelu.ts";
export { hardSigmoid } from "./hard_sigmoid.ts";
export { hardSwish } from "./hard_swish.ts";
export { leakyRelu, type LeakyReluOptions } from "./leaky_relu.ts";
export { log } from "./log.ts";
export { log1p } from "./log1p.ts";
export { logSigmoid } from "./log_sigmoid.ts";
export { isFinite, isInf, isNaN, logicalAnd, logicalNot, logicalOr, logicalXor } from "./logic.ts";
export { maximum } from "./maximum.ts";
export { minimum } from "./minimum.ts";
export { mish } from "./mish.ts";
export { mul } from "./mul.ts";
export { neg } from "./neg.ts";
export { pow } from "./pow.ts";
export { reciprocal } from "./reciprocal.ts";
export { relu } from "./relu.ts";
export { relu6 } from "./relu6.ts";
export { fmod, mod } from "./remainder.ts";
export { round } from "./round.ts";
export { rsqrt } from "./rsqrt.ts";
export { selu } from "./selu.ts";
export { sigmoid } from "./sigmoid.ts";
export { sign } from "./sign.ts";
export { silu } from "./silu.ts";
export { cos, sin } from "./sin_cos.ts";
export { cosh, sinh } from "./sinh_cosh.ts";
export { softplus } from "./softplus.ts";
export { sqrt } from "./sqrt.ts";
export { square } from "./square.ts";
export { sub } from "./sub.ts";
export { tan } from "./tan.ts";
export { tanh } from "./tanh.ts";
export { where } from "./where.ts";
