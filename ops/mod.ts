/**
 * The table of all differentiable operations, and the functions that apply them.
 *
 * The table is typed: what runs over all operations (the gradient tests, for one) is typed by
 * it, so that an operation that was forgotten there does not compile.
 *
 * @module
 */
import { accumulateOp } from "../src/core/backward.ts";
import { addOp } from "./add.ts";
import { avgPoolGradOp, avgPoolOp } from "./avg_pool.ts";
import { broadcastToOp, sumToOp } from "./broadcast_to.ts";
import { castOp } from "./cast.ts";
import { conv2dGradWOp, conv2dGradXOp, conv2dOp } from "./conv2d.ts";
import { denseOp } from "./dense.ts";
import { divOp } from "./div.ts";
import { expOp } from "./exp.ts";
import { logOp } from "./log.ts";
import { matmulOp } from "./matmul.ts";
import { maxGatherOp, maxGradOp, maxOp } from "./max.ts";
import { maxPoolGatherOp, maxPoolGradOp, maxPoolOp } from "./max_pool.ts";
import { meanOp } from "./mean.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { padOp } from "./pad.ts";
import { reluGradOp, reluOp } from "./relu.ts";
import { reshapeOp } from "./reshape.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { logSoftmaxOp, softmaxOp } from "./softmax.ts";
import { softmaxCEGradOp, softmaxCEOp } from "./softmax_ce.ts";
import { sqrtOp } from "./sqrt.ts";
import { squareOp } from "./square.ts";
import { subOp } from "./sub.ts";
import { sumOp } from "./sum.ts";
import { tanhOp } from "./tanh.ts";
import { transposeOp } from "./transpose.ts";

export { add } from "./add.ts";
export { avgPool, type AvgPoolOptions } from "./avg_pool.ts";
export { broadcastTo } from "./broadcast_to.ts";
export { cast } from "./cast.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { dense, type DenseOptions } from "./dense.ts";
export { div } from "./div.ts";
export type { Operand } from "./elementwise.ts";
export { exp } from "./exp.ts";
export { log } from "./log.ts";
export { matmul } from "./matmul.ts";
export { max } from "./max.ts";
export { maxPool } from "./max_pool.ts";
export { mean } from "./mean.ts";
export { mul } from "./mul.ts";
export { neg } from "./neg.ts";
export { pad, type PadOptions } from "./pad.ts";
export { relu } from "./relu.ts";
export { flatten, reshape } from "./reshape.ts";
export { sigmoid } from "./sigmoid.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export { softmaxCE, type SoftmaxCEOptions } from "./softmax_ce.ts";
export { sqrt } from "./sqrt.ts";
export { square } from "./square.ts";
export { sub } from "./sub.ts";
export { sum } from "./sum.ts";
export { tanh } from "./tanh.ts";
export { transpose } from "./transpose.ts";

/** Every operation by its name, gradients among them. */
export const ops = {
  accumulate: accumulateOp,
  add: addOp,
  avgPool: avgPoolOp,
  avgPoolGrad: avgPoolGradOp,
  broadcastTo: broadcastToOp,
  cast: castOp,
  conv2d: conv2dOp,
  conv2dGradW: conv2dGradWOp,
  conv2dGradX: conv2dGradXOp,
  dense: denseOp,
  div: divOp,
  exp: expOp,
  log: logOp,
  logSoftmax: logSoftmaxOp,
  matmul: matmulOp,
  max: maxOp,
  maxGather: maxGatherOp,
  maxGrad: maxGradOp,
  maxPool: maxPoolOp,
  maxPoolGather: maxPoolGatherOp,
  maxPoolGrad: maxPoolGradOp,
  mean: meanOp,
  mul: mulOp,
  neg: negOp,
  pad: padOp,
  relu: reluOp,
  reluGrad: reluGradOp,
  reshape: reshapeOp,
  sigmoid: sigmoidOp,
  softmax: softmaxOp,
  softmaxCE: softmaxCEOp,
  softmaxCEGrad: softmaxCEGradOp,
  sqrt: sqrtOp,
  square: squareOp,
  sub: subOp,
  sum: sumOp,
  sumTo: sumToOp,
  tanh: tanhOp,
  transpose: transposeOp,
} as const;

/** The name of an operation of the table. */
export type OpName = keyof typeof ops;
