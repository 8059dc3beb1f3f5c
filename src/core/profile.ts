/**
 * Profile of a tape, as data: a row per op, and every op by what it ran for.
 *
 * @module
 */

/** Time and work of all applications of an op together. */
export interface ProfileRow {
  /** Name of the op. */
  readonly op: string;
  /** Number of applications. */
  readonly calls: number;
  /** Time of all applications. */
  readonly milliseconds: number;
  /** The part of this time that was spent in backward passes. */
  readonly backwardMilliseconds: number;
  /** Floating-point operations, where the op counts them; else 0. */
  readonly flops: number;
  /** Bytes of inputs and outputs. */
  readonly bytes: number;
  /** Calls of kernels that ran in plain loops, for want of a kernel of the backend's own. */
  readonly fallbacks: number;
}

/** Time and work of one application of an op. */
export interface ProfiledOp {
  /** Name of the op. */
  readonly op: string;
  /** Time of its forward. */
  readonly milliseconds: number;
  /** Floating-point operations, where the op counts them; else 0. */
  readonly flops: number;
  /** Bytes of inputs and outputs. */
  readonly bytes: number;
}

/** The ops that ran for one purpose: to apply an entry of a tape, or to compute a gradient of it. */
export interface ProfiledRun {
  /** The entry's place on the tape; -1 for ops that it did not record, for want of a gradient. */
  readonly entry: number;
  /** `backward` for a rule of the entry, each time it was run. */
  readonly pass: "forward" | "backward";
  /**
   * Index, in the entry's inputs, of the one whose gradient was computed in a backward pass; -1
   * where ops ran before a rule was chosen.
   */
  readonly input: number;
  /** The ops in order; several inside a checkpoint, none for a rule that passes dy on. */
  readonly ops: readonly ProfiledOp[];
}

/** All that was timed. */
export interface Profile {
  /** Rows, the longest time first. */
  readonly rows: readonly ProfileRow[];
  /** Every op that ran, by what it ran for, in order; what no entry claimed comes last. */
  readonly runs: readonly ProfiledRun[];
}
