/**
 * The table of all differentiable operations, and the functions that apply them.
 *
 * The table is typed: what runs over all operations (the gradient tests, for one) is typed by
 * it, so that an operation that was forgotten there does not compile.
 *
 * @module
 */
import { accumulateOp } from "../src/core/backward.ts";
import { elementwiseOps } from "./elementwise/table.ts";
import { imagesOps } from "./images/table.ts";
import { linalgOps } from "./linalg/table.ts";
import { lossesOps } from "./losses/table.ts";
import { normsOps } from "./norms/table.ts";
import { reduceOps } from "./reduce/table.ts";
import { shapeOps } from "./shape/table.ts";

export * from "./elementwise/mod.ts";
export * from "./images/mod.ts";
export * from "./linalg/mod.ts";
export * from "./losses/mod.ts";
export * from "./norms/mod.ts";
export * from "./reduce/mod.ts";
export * from "./shape/mod.ts";

/**
 * Every operation by its name, gradients among them.
 *
 * @example
 * ```ts
 * import { ops } from "@tapegrad/tapegrad";
 * import { assert, assertEquals } from "@std/assert";
 *
 * assertEquals(ops.conv2d.inputs, ["x", "w", "bias?"]);
 * assert("conv2dGradX" in ops);
 * ```
 */
export const ops = {
  accumulate: accumulateOp,
  ...elementwiseOps,
  ...imagesOps,
  ...linalgOps,
  ...lossesOps,
  ...normsOps,
  ...reduceOps,
  ...shapeOps,
} as const;

/** The name of an operation of the table. */
export type OpName = keyof typeof ops;
