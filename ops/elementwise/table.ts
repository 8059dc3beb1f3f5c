/**
 * Functions of single elements: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { absOp } from "./abs.ts";
import { acosOp } from "./acos.ts";
import { acoshOp } from "./acosh.ts";
import { addOp } from "./add.ts";
import { asinOp } from "./asin.ts";
import { asinhOp } from "./asinh.ts";
import { atanOp } from "./atan.ts";
import { atanhOp } from "./atanh.ts";
import { castOp } from "./cast.ts";
import { ceilOp } from "./ceil.ts";
import { clipGradOp, clipOp } from "./clip.ts";
import { equalOp, greaterEqualOp, greaterOp, lessEqualOp, lessOp, notEqualOp } from "./compare.ts";
import { divOp } from "./div.ts";
import { eluGradOp, eluOp } from "./elu.ts";
import { erfOp } from "./erf.ts";
import { expOp } from "./exp.ts";
import { expm1Op } from "./expm1.ts";
import { floorOp } from "./floor.ts";
import { geluGradOp, geluOp, geluTanhGradOp, geluTanhOp } from "./gelu.ts";
import { hardSigmoidGradOp, hardSigmoidOp } from "./hard_sigmoid.ts";
import { hardSwishGradOp, hardSwishOp } from "./hard_swish.ts";
import { leakyReluGradOp, leakyReluOp } from "./leaky_relu.ts";
import { logOp } from "./log.ts";
import { log1pOp } from "./log1p.ts";
import { logSigmoidGradOp, logSigmoidOp } from "./log_sigmoid.ts";
import { isInfOp, isNaNOp, logicalXorOp } from "./logic.ts";
import { maximumOp } from "./maximum.ts";
import { minimumOp } from "./minimum.ts";
import { mishGradOp, mishOp } from "./mish.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { powOp } from "./pow.ts";
import { reciprocalOp } from "./reciprocal.ts";
import { reluGradOp, reluOp } from "./relu.ts";
import { relu6GradOp, relu6Op } from "./relu6.ts";
import { fmodOp, modOp } from "./remainder.ts";
import { roundOp } from "./round.ts";
import { rsqrtOp } from "./rsqrt.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { signOp } from "./sign.ts";
import { siluGradOp, siluOp } from "./silu.ts";
import { cosOp, sinOp } from "./sin_cos.ts";
import { coshOp, sinhOp } from "./sinh_cosh.ts";
import { softplusGradOp, softplusOp } from "./softplus.ts";
import { sqrtOp } from "./sqrt.ts";
import { squareOp } from "./square.ts";
import { subOp } from "./sub.ts";
import { tanOp } from "./tan.ts";
import { tanhOp } from "./tanh.ts";
import { whereOp } from "./where.ts";

/** Functions of single elements, and their gradients. */
export const elementwiseOps = {
  abs: absOp,
  acos: acosOp,
  acosh: acoshOp,
  add: addOp,
  asin: asinOp,
  asinh: asinhOp,
  atan: atanOp,
  atanh: atanhOp,
  cast: castOp,
  ceil: ceilOp,
  clip: clipOp,
  clipGrad: clipGradOp,
  cos: cosOp,
  cosh: coshOp,
  div: divOp,
  elu: eluOp,
  eluGrad: eluGradOp,
  equal: equalOp,
  erf: erfOp,
  exp: expOp,
  expm1: expm1Op,
  floor: floorOp,
  fmod: fmodOp,
  gelu: geluOp,
  geluGrad: geluGradOp,
  geluTanh: geluTanhOp,
  geluTanhGrad: geluTanhGradOp,
  greater: greaterOp,
  greaterEqual: greaterEqualOp,
  hardSigmoid: hardSigmoidOp,
  hardSigmoidGrad: hardSigmoidGradOp,
  hardSwish: hardSwishOp,
  hardSwishGrad: hardSwishGradOp,
  isInf: isInfOp,
  isNaN: isNaNOp,
  leakyRelu: leakyReluOp,
  leakyReluGrad: leakyReluGradOp,
  less: lessOp,
  lessEqual: lessEqualOp,
  log: logOp,
  log1p: log1pOp,
  logicalXor: logicalXorOp,
  logSigmoid: logSigmoidOp,
  logSigmoidGrad: logSigmoidGradOp,
  maximum: maximumOp,
  minimum: minimumOp,
  mish: mishOp,
  mishGrad: mishGradOp,
  mod: modOp,
  mul: mulOp,
  neg: negOp,
  notEqual: notEqualOp,
  pow: powOp,
  reciprocal: reciprocalOp,
  relu: reluOp,
  relu6: relu6Op,
  relu6Grad: relu6GradOp,
  reluGrad: reluGradOp,
  round: roundOp,
  rsqrt: rsqrtOp,
  sigmoid: sigmoidOp,
  sign: signOp,
  silu: siluOp,
  siluGrad: siluGradOp,
  sin: sinOp,
  sinh: sinhOp,
  softplus: softplusOp,
  softplusGrad: softplusGradOp,
  sqrt: sqrtOp,
  square: squareOp,
  sub: subOp,
  tan: tanOp,
  tanh: tanhOp,
  where: whereOp,
} as const;
