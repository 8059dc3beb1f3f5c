/**
 * The check of reductions that have no value of nothing.
 *
 * @module
 */
import { ShapeError } from "../../src/core/errors.ts";
import type { ReduceGeometry } from "../../src/core/geometry/mod.ts";
import { formatShape } from "../../src/core/shape.ts";

/** Throws a {@link ShapeError} unless there are elements along the reduced axes. */
export function checkCount(action: string, { axes, xShape, count }: ReduceGeometry): void {
  if (count > 0) return;
  throw new ShapeError(
    `Cannot ${action}: there must be elements along the axes: axes are ` +
      `${formatShape(axes)}, x is ${formatShape(xShape)}`,
  );
}
