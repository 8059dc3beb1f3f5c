/**
 * The numbers of the ONNX format: fields of its messages, kinds of attributes and of elements.
 *
 * - **Source**: `onnx.proto` of the format, https://github.com/onnx/onnx; its fields keep their
 *   names.
 *
 * @module
 */
import type { DType } from "../../core/dtype.ts";

/** The version of the operators that files are written with. */
export const OPSET = 18;

/** The oldest version of the operators that is read: before it they had other forms. */
export const OLDEST_OPSET = 7;

/** The version of the file format that files are written with: the one of opset 18. */
export const IR_VERSION = 8;

/** Fields of a `ModelProto`. */
export const MODEL = {
  irVersion: 1,
  producerName: 2,
  graph: 7,
  opsetImport: 8,
} as const;

/** Fields of an `OperatorSetIdProto`. */
export const OPERATOR_SET = { domain: 1, version: 2 } as const;

/** Fields of a `GraphProto`. */
export const GRAPH = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  sparseInitializer: 15,
} as const;

/** Fields of a `NodeProto`. */
export const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;

/** Fields of an `AttributeProto`. */
export const ATTRIBUTE = {
  name: 1,
  float: 2,
  int: 3,
  text: 4,
  tensor: 5,
  floats: 7,
  ints: 8,
  texts: 9,
  type: 20,
} as const;

/** Values of the type of an `AttributeProto`. */
export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  text: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  texts: 8,
} as const;

/** Contents of an `AttributeProto` of other types: none of them is read. */
export const OTHER_ATTRIBUTES: ReadonlyMap<number, string> = new Map([
  [5, "a graph"],
  [9, "several constants"],
  [10, "several graphs"],
  [11, "a sparse constant"],
  [12, "several sparse constants"],
  [13, "a type"],
  [14, "several types"],
]);

/** Fields of a `TensorProto`. */
export const TENSOR = {
  dims: 1,
  dataType: 2,
  segment: 3,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const;

/** Fields of a `ValueInfoProto`, and of the messages in it. */
export const VALUE_INFO = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;

/** Things that a `TypeProto` describes instead of a tensor, by its field. */
export const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [4, "a sequence"],
  [5, "a map"],
  [8, "a sparse tensor"],
  [9, "an optional value"],
]);

export const TENSOR_TYPE = { elements: 1, shape: 2 } as const;
export const SHAPE = { dimension: 1 } as const;
export const DIMENSION = { value: 1, parameter: 2 } as const;

/** Kinds of elements that are written or read, by their names here. */
export const ELEMENTS = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;

/** A kind of elements: a dtype, or one that only files have. */
export type ElementKind = keyof typeof ELEMENTS;

/** Returns the number of a dtype in a file. */
export function elementsOf(dtype: DType): number {
  return ELEMENTS[dtype];
}

/** Kinds of elements by their numbers in a file. */
export const KINDS: ReadonlyMap<number, ElementKind> = new Map(
  Object.entries(ELEMENTS).map(([kind, number]) => [number, kind as ElementKind]),
);

/** Names of the kinds of elements that are not read. */
const OTHER_KINDS: ReadonlyMap<number, string> = new Map([
  [8, "texts"],
  [14, "complex64"],
  [15, "complex128"],
  [16, "bfloat16"],
  [17, "float8e4m3fn"],
  [18, "float8e4m3fnuz"],
  [19, "float8e5m2"],
  [20, "float8e5m2fnuz"],
  [21, "uint4"],
  [22, "int4"],
  [23, "float4e2m1"],
  [24, "float8e8m0"],
]);

/** Returns how errors call a kind of elements that is not read. */
export function foreignKind(kind: number): string {
  return OTHER_KINDS.get(kind) ?? `kind ${kind}`;
}

/** The kinds of elements that are read, for errors. */
export const KNOWN_KINDS: string = Object.keys(ELEMENTS).join(", ");
