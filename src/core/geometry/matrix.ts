/**
 * Geometry of matrix products and of operations on the rows of matrices.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";

/** Which operands of a matrix product are read transposed. */
export interface MatmulOptions {
  /** Read `a` as its transpose; nothing is copied. */
  readonly transposeA?: boolean;
  /** Read `b` as its transpose; nothing is copied. */
  readonly transposeB?: boolean;
}

/** Sizes of `[rows, inner] · [inner, columns]`. */
export interface MatmulGeometry {
  /** Rows of the product. */
  readonly rows: number;
  /** Terms of each sum: columns of `a`, rows of `b`. */
  readonly inner: number;
  /** Columns of the product. */
  readonly columns: number;
  /** `a` is stored `[inner, rows]`. */
  readonly transposeA: boolean;
  /** `b` is stored `[columns, inner]`. */
  readonly transposeB: boolean;
  /** Shape of the product. */
  readonly shape: Shape;
}

/** Elements along the last axis belong together. */
export interface RowsGeometry {
  /** Number of rows: the product of all but the last dimension. */
  readonly rows: number;
  /** Elements of a row. */
  readonly columns: number;
}

/** Sizes of `matmul(a, b)`. */
export function matmulGeometry(
  a: Shape,
  b: Shape,
  { transposeA = false, transposeB = false }: MatmulOptions,
): MatmulGeometry {
  const action = "apply matmul";
  if (a.length !== 2 || b.length !== 2) {
    throw new ShapeError(
      `Cannot ${action}: a and b must be matrices: a is ${formatShape(a)}, b is ${formatShape(b)}`,
    );
  }
  const [rows, inner] = transposeA ? [a[1], a[0]] : a;
  const [innerB, columns] = transposeB ? [b[1], b[0]] : b;
  if (inner !== innerB) {
    const note = (transposed: boolean) => transposed ? ", read transposed" : "";
    throw new ShapeError(
      `Cannot ${action}: a has ${inner} columns but b has ${innerB} rows: ` +
        `a is ${formatShape(a)}${note(transposeA)}, b is ${formatShape(b)}${note(transposeB)}`,
    );
  }
  return { rows, inner, columns, transposeA, transposeB, shape: [rows, columns] };
}

/** Sizes of `dense(x, w, { bias })`: x is `[..., I]`, w `[I, O]`. */
export function denseGeometry(x: Shape, w: Shape, bias: Shape | undefined): MatmulGeometry {
  const action = "apply dense";
  if (x.length < 1 || w.length !== 2) {
    throw new ShapeError(
      `Cannot ${action}: x must be [..., I] and w [I, O]: ` +
        `x is ${formatShape(x)}, w is ${formatShape(w)}`,
    );
  }
  const inputs = x[x.length - 1];
  if (inputs !== w[0]) {
    throw new ShapeError(
      `Cannot ${action}: x has ${inputs} features but w expects ${w[0]}: ` +
        `x is ${formatShape(x)}, w is ${formatShape(w)}`,
    );
  }
  if (bias !== undefined && (bias.length !== 1 || bias[0] !== w[1])) {
    throw new ShapeError(
      `Cannot ${action}: bias must have one element per output, [${w[1]}]: ` +
        `bias is ${formatShape(bias)}, w is ${formatShape(w)}`,
    );
  }
  const rows = sizeOf(x.slice(0, -1));
  const sizes = { rows, inner: inputs, columns: w[1], shape: [rows, w[1]] };
  return { ...sizes, transposeA: false, transposeB: false };
}

/** Rows of `x`, along its last axis. */
export function rowsGeometry(action: string, x: Shape): RowsGeometry {
  if (x.length < 1) {
    throw new ShapeError(`Cannot ${action}: x must have at least one dimension: x is []`);
  }
  return { rows: sizeOf(x.slice(0, -1)), columns: x[x.length - 1] };
}
