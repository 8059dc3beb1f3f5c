/**
 * Functions of single elements: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { absOp } from "./abs.ts";
import { addOp } from "./add.ts";
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
import { maximumOp } from "./maximum.ts";
import { minimumOp } from "./minimum.ts";
import { mishGradOp, mishOp } from "./mish.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { powOp } from "./pow.ts";
import { reluGradOp, reluOp } from "./relu.ts";
import { relu6GradOp, relu6Op } from "./relu6.ts";
import { roundOp } from "./round.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { signOp } from "./sign.ts";
import { siluGradOp, siluOp } from "./silu.ts";
import { cosOp, sinOp } from "./sin_cos.ts";
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
  add: addOp,
  cast: castOp,
  ceil: ceilOp,
  clip: clipOp,
  clipGrad: clipGradOp,
  cos: cosOp,
  div: divOp,
  elu: eluOp,
  eluGrad: eluGradOp,
  equal: equalOp,
  erf: erfOp,
  exp: expOp,
  expm1: expm1Op,
  floor: floorOp,
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
  leakyRelu: leakyReluOp,
  leakyReluGrad: leakyReluGradOp,
  less: lessOp,
  lessEqual: lessEqualOp,
  log: logOp,
  log1p: log1pOp,
  logSigmoid: logSigmoidOp,
  logSigmoidGrad: logSigmoidGradOp,
  maximum: maximumOp,
  minimum: minimumOp,
  mish: mishOp,
  mishGrad: mishGradOp,
  mul: mulOp,
  neg: negOp,
  notEqual: notEqualOp,
  pow: powOp,
  relu: reluOp,
  relu6: relu6Op,
  relu6Grad: relu6GradOp,
  reluGrad: reluGradOp,
  round: roundOp,
  sigmoid: sigmoidOp,
  sign: signOp,
  silu: siluOp,
  siluGrad: siluGradOp,
  sin: sinOp,
  softplus: softplusOp,
  softplusGrad: softplusGradOp,
  sqrt: sqrtOp,
  square: squareOp,
  sub: subOp,
  tan: tanOp,
  tanh: tanhOp,
  where: whereOp,
} as const;
