/**
 * Functions of single elements: the operations by their names, gradients among them.
 *
 * @module
 */
import { addOp } from "./add.ts";
import { castOp } from "./cast.ts";
import { divOp } from "./div.ts";
import { expOp } from "./exp.ts";
import { logOp } from "./log.ts";
import { mulOp } from "./mul.ts";
import { negOp } from "./neg.ts";
import { reluGradOp, reluOp } from "./relu.ts";
import { sigmoidOp } from "./sigmoid.ts";
import { sqrtOp } from "./sqrt.ts";
import { squareOp } from "./square.ts";
import { subOp } from "./sub.ts";
import { tanhOp } from "./tanh.ts";

/** Functions of single elements, and their gradients. */
export const elementwiseOps = {
  add: addOp,
  cast: castOp,
  div: divOp,
  exp: expOp,
  log: logOp,
  mul: mulOp,
  neg: negOp,
  relu: reluOp,
  reluGrad: reluGradOp,
  sigmoid: sigmoidOp,
  sqrt: sqrtOp,
  square: squareOp,
  sub: subOp,
  tanh: tanhOp,
} as const;
