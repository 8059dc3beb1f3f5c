/**
 * Geometry of elementwise operations: NumPy's broadcasting rule.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { checkSize, formatShape, sameShape, type Shape, stridesOf } from "../shape.ts";

/** Shapes of two arrays (or of one) whose elements line up with those of the result. */
export interface BroadcastGeometry {
  /** Shape of the result. */
  readonly shape: Shape;
  /** Shape of the first input. */
  readonly aShape: Shape;
  /** Shape of the second input; the result's where there is only one. */
  readonly bShape: Shape;
  /** Strides of the first input along the result's dimensions; 0 where it is repeated. */
  readonly aStrides: readonly number[];
  /** Strides of the second input along the result's dimensions; 0 where it is repeated. */
  readonly bStrides: readonly number[];
}

/** Shapes of a condition and of two arrays whose elements line up with those of the result. */
export interface WhereGeometry {
  /** Shape of the result. */
  readonly shape: Shape;
  /**
   * Shapes of the condition, of the elements taken where it holds, and of those taken elsewhere.
   */
  readonly shapes: readonly [condition: Shape, a: Shape, b: Shape];
}

/** Computes the geometry of a choice; throws a {@link ShapeError} where shapes do not broadcast. */
export function whereGeometry(action: string, condition: Shape, a: Shape, b: Shape): WhereGeometry {
  const both = broadcastShapes(a, b);
  const shape = both && broadcastShapes(condition, both);
  if (shape === undefined) {
    throw new ShapeError(
      `Cannot ${action}: sizes of condition, a and b must be equal or 1 in each dimension, ` +
        `counted from the last: condition is ${formatShape(condition)}, a is ` +
        `${formatShape(a)}, b is ${formatShape(b)}`,
    );
  }
  checkSize(action, shape);
  return { shape, shapes: [condition, a, b] };
}

/**
 * Computes the geometry of a binary operation; throws a {@link ShapeError} where shapes do not
 * broadcast.
 */
export function broadcastGeometry(action: string, a: Shape, b: Shape): BroadcastGeometry {
  const shape = broadcastShapes(a, b);
  if (shape === undefined) {
    throw new ShapeError(
      `Cannot ${action}: sizes of a and b must be equal or 1 in each dimension, counted ` +
        `from the last: a is ${formatShape(a)}, b is ${formatShape(b)}`,
    );
  }
  checkSize(action, shape);
  return between(shape, a, b);
}

/**
 * Computes the geometry of repeating `x` to `shape`; throws a {@link ShapeError} where it does not
 * fit.
 */
export function broadcastToGeometry(action: string, x: Shape, shape: Shape): BroadcastGeometry {
  checkRepeats(action, { x, shape });
  return between(shape, x, shape);
}

/** Throws a {@link ShapeError} unless the first shape broadcasts to the second; both are named. */
export function checkRepeats(action: string, shapes: Readonly<Record<string, Shape>>): void {
  const [[name, x], [toName, to]] = Object.entries(shapes);
  const result = broadcastShapes(x, to);
  if (result !== undefined && sameShape(result, to)) return;
  throw new ShapeError(
    `Cannot ${action}: sizes of ${name} must be 1 or those of ${toName}, counted from the last: ` +
      `${name} is ${formatShape(x)}, ${toName} is ${formatShape(to)}`,
  );
}

function between(shape: Shape, a: Shape, b: Shape): BroadcastGeometry {
  const aStrides = repeatedStrides(a, shape);
  const bStrides = sameShape(a, b) ? aStrides : repeatedStrides(b, shape);
  return { shape, aShape: a, bShape: b, aStrides, bStrides };
}

/** Finds the shape both broadcast to, or undefined; for equal shapes it is the first one itself. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    shape[i] = m === 1 ? n : m;
  }
  return shape;
}

/**
 * Computes the row-major strides of `x` along the dimensions of `shape`, 0 where `x` is repeated.
 */
export function repeatedStrides(x: Shape, shape: Shape): number[] {
  const own = stridesOf(x);
  const lead = shape.length - x.length;
  return shape.map((_, i) => i < lead || x[i - lead] === 1 ? 0 : own[i - lead]);
}

/** Lists the axes along which `x` is repeated to become `shape`. */
export function repeatedAxes(x: Shape, shape: Shape): number[] {
  const lead = shape.length - x.length;
  return shape.flatMap((n, i) => i < lead || (x[i - lead] === 1 && n !== 1) ? [i] : []);
}
