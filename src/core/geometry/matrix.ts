/**
 * Geometry of matrix products and of operations on the rows of matrices.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { checkSize, formatShape, indexOf, type Shape, sizeOf } from "../shape.ts";
import { checkMost, MOST_LISTED } from "./bounds.ts";
import { broadcastShapes, repeatedStrides } from "./broadcast.ts";
import { checkOptions } from "../options.ts";

/** Options of a matrix product: operands to read transposed. */
export interface MatmulOptions {
  /** Read `a` as its transpose; nothing is copied. */
  readonly transposeA?: boolean;
  /** Read `b` as its transpose; nothing is copied. */
  readonly transposeB?: boolean;
}

const KNOWN = "transposeA? transposeB?";

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
  /** Pairs of matrices to multiply; null where there is one product. */
  readonly batch: MatmulBatch | null;
  /** Shape of the product. */
  readonly shape: Shape;
}

/** Products of many matrices; those of an operand follow each other in its memory. */
export interface MatmulBatch {
  /** Index of the matrix of `a` in each product. */
  readonly a: readonly number[];
  /** Index of the matrix of `b` in each product. */
  readonly b: readonly number[];
}

/** Steps of `matmul(a, b)`: operands in other shapes, a product, the result in another shape. */
export interface MatmulPlan {
  /** Shape in which `a` is read: a vector is a row. */
  readonly aShape: Shape;
  /** Shape in which `b` is read: a vector is a column. */
  readonly bShape: Shape;
  /** Sizes of the product of operands of these shapes. */
  readonly g: MatmulGeometry;
  /** Shape of the result. */
  readonly shape: Shape;
}

/** Elements along the last axis belong together. */
export interface RowsGeometry {
  /** Number of rows: the product of all but the last dimension. */
  readonly rows: number;
  /** Elements of a row. */
  readonly columns: number;
}

/** Plans `matmul(a, b)`, by NumPy's rules for vectors and batches. */
export function matmulPlan(a: Shape, b: Shape, options: MatmulOptions): MatmulPlan {
  const action = "apply matmul";
  options = checkOptions(action, options, KNOWN);
  if (a.length === 0 || b.length === 0) {
    throw new ShapeError(
      `Cannot ${action}: a and b must have at least one dimension: ` +
        `a is ${formatShape(a)}, b is ${formatShape(b)}`,
    );
  }
  // A vector is the same read either way.
  const transposeA = a.length > 1 && (options.transposeA ?? false);
  const transposeB = b.length > 1 && (options.transposeB ?? false);
  const aShape = a.length === 1 ? [1, ...a] : a;
  const bShape = b.length === 1 ? [...b, 1] : b;
  const [rows, inner] = matrixSizes(aShape, transposeA);
  const [innerB, columns] = matrixSizes(bShape, transposeB);
  const described = () => {
    const note = (transposed: boolean) => transposed ? ", read transposed" : "";
    return `a is ${formatShape(a)}${note(transposeA)}, b is ${formatShape(b)}${note(transposeB)}`;
  };
  if (inner !== innerB) {
    throw new ShapeError(
      `Cannot ${action}: a has ${inner} columns but b has ${innerB} rows: ${described()}`,
    );
  }
  const [aBatch, bBatch] = [aShape.slice(0, -2), bShape.slice(0, -2)];
  const batch = broadcastShapes(aBatch, bBatch);
  if (batch === undefined) {
    throw new ShapeError(
      `Cannot ${action}: dimensions before the last two must be equal or 1, counted from the ` +
        `last: ${described()}`,
    );
  }
  const shape = [
    ...batch,
    ...a.length === 1 ? [] : [rows],
    ...b.length === 1 ? [] : [columns],
  ];
  checkSize(action, shape);
  const sizes = { inner, columns, transposeA, transposeB };
  // All matrices of a times the one of b is one product of all their rows.
  const isOneProduct = batch.length === 0 || (sizeOf(bBatch) === 1 && !transposeA);
  if (isOneProduct) {
    const all = sizeOf(batch) * rows;
    const g = { ...sizes, rows: all, batch: null, shape: [all, columns] };
    return {
      aShape: transposeA ? aShape : [all, inner],
      bShape: bShape.slice(-2),
      g,
      shape,
    };
  }
  checkMost(action, "the number of products in a batch", sizeOf(batch), MOST_LISTED);
  const matrices = { a: matricesOf(aBatch, batch), b: matricesOf(bBatch, batch) };
  const g = { ...sizes, rows, batch: matrices, shape: [...batch, rows, columns] };
  return { aShape, bShape, g, shape };
}

/** Reads rows and columns of the matrices of a shape. */
function matrixSizes(shape: Shape, transposed: boolean): readonly [number, number] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

/** Finds the index of the operand's matrix in each product of a batch. */
function matricesOf(own: Shape, batch: Shape): number[] {
  const strides = repeatedStrides(own, batch);
  return Array.from(
    { length: sizeOf(batch) },
    (_, i) => indexOf(i, batch).reduce((at, index, d) => at + index * strides[d], 0),
  );
}

/** Computes the sizes of `dense(x, w, { bias })`: x is `[..., I]`, w `[I, O]`. */
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
  return { ...sizes, transposeA: false, transposeB: false, batch: null };
}

/** Computes the sizes of the rows of `x`, along its last axis. */
export function rowsGeometry(action: string, x: Shape): RowsGeometry {
  if (x.length < 1) {
    throw new ShapeError(`Cannot ${action}: x must have at least one dimension: x is []`);
  }
  return { rows: sizeOf(x.slice(0, -1)), columns: x[x.length - 1] };
}
