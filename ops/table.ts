/**
 * The table of all differentiable operations, gradients among them.
 *
 * The table is typed: what runs over all operations (the gradient tests, for one) is typed by
 * it, so that an operation without its cases does not compile.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import type { Op } from "../src/core/op.ts";
import { accumulateOp } from "../src/core/adjoints.ts";
import { elementwiseOps } from "./elementwise/table.ts";
import { imagesOps } from "./images/table.ts";
import { linalgOps } from "./linalg/table.ts";
import { lossesOps } from "./losses/table.ts";
import { normsOps } from "./norms/table.ts";
import { reduceOps } from "./reduce/table.ts";
import { shapeOps } from "./shape/table.ts";

export { elementwiseOps, imagesOps, linalgOps, lossesOps, normsOps, reduceOps, shapeOps };

/** The operations of all families. */
export type OpTable =
  & { readonly accumulate: Op<readonly ["a", "b"], never, void> }
  & typeof elementwiseOps
  & typeof imagesOps
  & typeof linalgOps
  & typeof lossesOps
  & typeof normsOps
  & typeof reduceOps
  & typeof shapeOps;

/**
 * Every operation by its name, gradients among them.
 *
 * @example
 * ```ts
 * import { ops } from "@tapegrad/tapegrad/backend";
 * import { assert, assertEquals } from "@std/assert";
 *
 * assertEquals(ops.conv2d.inputs, ["x", "w", "bias?"]);
 * assert("conv2dGradX" in ops);
 * ```
 */
export const ops: OpTable = /* @__PURE__ */ (() => ({
  accumulate: accumulateOp,
  ...elementwiseOps,
  ...imagesOps,
  ...linalgOps,
  ...lossesOps,
  ...normsOps,
  ...reduceOps,
  ...shapeOps,
}))(); // a call without effects: bundlers leave it out, and ops with it, where nobody looks at it

/** The name of an operation of the table. */
export type OpName = keyof OpTable;
