/**
 * Recording of a tape, as data that can be printed, drawn, counted and walked backwards.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { AnyOp } from "./op_contract.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Something that ops on a tape read or write. */
export interface Slot {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Bytes of memory it takes: none for the result of an op on the memory of its input (reshape). */
  readonly bytes: number;
  /** `watched`: a tensor given to watch; `constant`: one that no gradient flows to. */
  readonly kind: "watched" | "constant" | "computed";
  /** The path of a watched tensor in its structure: `conv1.w`; empty for the others. */
  readonly name: string;
}

/** A tensor kept for backward, with the version it had. */
export interface SavedTensor {
  /** An input's name, or `y`. */
  readonly name: string;
  /** Tensor that was kept; undefined where an optional input was absent. */
  readonly tensor: Tensor | undefined;
  /** Number of changes in place that it had had. */
  readonly version: number;
}

/** Application of an op. */
export interface TapeEntry {
  /** The op that was applied. */
  readonly op: AnyOp;
  /** Attributes of the application: resolved sizes and options. */
  readonly attributes: unknown;
  /**
   * A slot per declared input, -1 for an optional one that was absent; at the end one per element
   * of an input that is a list.
   */
  readonly inputs: readonly number[];
  /** The slot of the output. */
  readonly output: number;
  /** The tensors that backward reads, in the order of `op.reads`; one per element of a list. */
  readonly saved: readonly SavedTensor[];
}

/** A flat list of applications in order of execution, and what they read and write. */
export interface Recording {
  /** Applications in order of execution. */
  readonly entries: readonly TapeEntry[];
  /** Tensors that they read and write. */
  readonly slots: readonly Slot[];
}
