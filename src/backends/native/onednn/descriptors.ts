/**
 * Descriptions of arrays and primitives, as both major versions of oneDNN take them.
 *
 * @module
 */

/** Lists of sizes have this many elements of 8 bytes, whatever the rank. */
const MOST_DIMENSIONS = 12;

/** An array that a primitive works on. */
export interface ArrayDescriptor {
  /** Address of the description, or the library's handle of it. */
  readonly at: number;
  /** Memory of the description, where it is ours. */
  readonly memory?: Uint8Array;
}

/** Sizes and distances between elements of an array. */
export interface ArrayLayout {
  /** Sizes. */
  readonly sizes: readonly number[];
  /** Elements from one to the next along each dimension; absent where the primitive may choose. */
  readonly strides?: readonly number[];
}

/** Ways of a convolution. */
export type ConvolutionKind = "forward" | "gradX" | "gradW";

/** A convolution in oneDNN's words. */
export interface ConvolutionDescription {
  readonly kind: ConvolutionKind;
  readonly x: ArrayDescriptor;
  readonly w: ArrayDescriptor;
  readonly bias?: ArrayDescriptor;
  readonly y: ArrayDescriptor;
  readonly window: WindowLists;
  /** Attributes, such as a relu. */
  readonly attributes: number;
}

/** A product of matrices in oneDNN's words. */
export interface ProductDescription {
  readonly a: ArrayDescriptor;
  readonly b: ArrayDescriptor;
  readonly bias?: ArrayDescriptor;
  readonly y: ArrayDescriptor;
  readonly attributes: number;
}

/** Steps, gaps and borders of windows, as lists of 64-bit integers. */
export interface WindowLists {
  readonly strides: BigInt64Array;
  readonly gaps: BigInt64Array;
  readonly before: BigInt64Array;
  readonly after: BigInt64Array;
}

/** Makes descriptions; one for each major version. Handles are 0 where the library refuses. */
export interface Descriptors {
  /** Describes an array. */
  array(layout: ArrayLayout): ArrayDescriptor;
  /** Gives a description back. */
  free(descriptor: ArrayDescriptor): void;
  /** Makes the primitive descriptor of a convolution, `hint` being that of the forward one. */
  convolution(description: ConvolutionDescription, hint: number): number;
  /** Makes the primitive descriptor of a product. */
  product(description: ProductDescription): number;
  /** Adds relu to what a primitive does with its result. */
  appendRelu(postOps: number): number;
}

/** A list of sizes as the library reads it. */
export function sizeList(...sizes: readonly number[]): BigInt64Array {
  const list = new BigInt64Array(MOST_DIMENSIONS);
  sizes.forEach((size, i) => list[i] = BigInt(size));
  return list;
}
