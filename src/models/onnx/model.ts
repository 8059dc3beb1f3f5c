/**
 * An ONNX model as plain data, to be written to a file, or read from one.
 *
 * @module
 */
import type { ElementKind } from "./schema.ts";

/** A constant of a model. Integers of 64 bits are numbers here, exact up to 2^53. */
export interface OnnxTensor {
  /** Its name; empty in an attribute. */
  readonly name: string;
  /** Kind of its elements in the file. */
  readonly elements: ElementKind;
  /** Sizes of its dimensions. */
  readonly shape: readonly number[];
  /** Elements in row-major order; `Float64Array` for kinds beyond int32, which may be rounded. */
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** A setting of a node. */
export type OnnxAttribute =
  | { readonly type: "float" | "int"; readonly value: number }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "floats" | "ints"; readonly value: readonly number[] }
  | { readonly type: "texts"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: OnnxTensor };

/** A rule that a file breaks, and the value found. */
export interface Problem {
  readonly rule: string;
  readonly found: string;
}

/** A step of a model: an operator, the values it reads, and those it makes. */
export interface OnnxNode {
  /** The operator: `Conv`. */
  readonly operator: string;
  /** Names of what it reads; empty for an optional input that is absent. */
  readonly inputs: readonly string[];
  /** Its name; empty where a file gives none. */
  readonly name?: string;
  /** Parts of it that the library does not have, found by reading. */
  readonly problems?: readonly Problem[];
  /** Names of its results. */
  readonly outputs: readonly string[];
  /** Settings by their names. */
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An input or a result of a model. */
export interface OnnxValue {
  /** Its name. */
  readonly name: string;
  /** Kind of its elements. */
  readonly elements: ElementKind;
  /** Sizes, or the names of those that are not fixed; undefined where a file does not tell. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** A model. */
export interface OnnxModel {
  /** Version of the file format. */
  readonly irVersion: number;
  /** Version of the operators. */
  readonly opset: number;
  /** Steps, each after those whose results it reads. */
  readonly nodes: readonly OnnxNode[];
  /** Constants: the weights. */
  readonly initializers: readonly OnnxTensor[];
  /** Inputs of the graph. */
  readonly inputs: readonly OnnxValue[];
  /** Results of the graph. */
  readonly outputs: readonly OnnxValue[];
}
