// Faults that no test could find, as what runs means the same with them: they are not counted.

import type { Fault } from "./faults.ts";

/** A fault by its lines, and why it changes nothing that could be seen. */
export interface Equivalent {
  readonly file: string;
  /** The lines before and after, without the spaces around them. */
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** Those that were looked at. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: "src/core/op.ts",
    before: "const source = present.find((t) => internals.array(t).storage === result.storage);",
    after: "const source = present.findLast((t) => internals.array(t).storage === result.storage);",
    reason: "inputs on one storage have the same block, of which the result is one more holder",
  },
  {
    file: "src/formats/jpeg/orientation.ts",
    before: "if (data.length < 8) return 1;",
    after: "if (data.length <= 8) return 1;",
    reason: "a header alone has no entry: 1 all the same",
  },
  {
    file: "src/formats/jpeg/orientation.ts",
    before: "if (view.getUint16(2, little) !== 42 || directory + 2 > data.length) return 1;",
    after: "if (view.getUint16(2, little) !== 42 || directory + 2 >= data.length) return 1;",
    reason: "a directory that ends with its count has no entry: 1 all the same",
  },
  {
    file: "src/formats/jpeg/orientation.ts",
    before:
      "return view.getUint16(at + 2, little) === SHORT && value >= 1 && value <= 8 ? value : 1;",
    after:
      "return view.getUint16(at + 2, little) === SHORT && value > 1 && value <= 8 ? value : 1;",
    reason: "1 instead of 1",
  },
  {
    file: "src/train/metrics/class_scores.ts",
    before: "{ of = 0, ignoreIndex }: ClassMetricOptions,",
    after: "{ of = 1, ignoreIndex }: ClassMetricOptions,",
    reason: "a class more, which no example has, is in no mean over those that occur",
  },
  {
    file: "src/plot/tiles.ts",
    before: "return enlarged * longer <= most ? enlarged : most / longer;",
    after: "return enlarged * longer < most ? enlarged : most / longer;",
    reason: "where both sides are equal, so are the two scales",
  },
];

/** Reason why a fault is none, if there is one. */
export function reasonOf(
  fault: Fault,
  known: readonly Equivalent[] = EQUIVALENT,
): string | undefined {
  return known.find(({ file, before, after }) =>
    file === fault.file && oneLine(before) === oneLine(fault.before) &&
    oneLine(after) === oneLine(fault.after)
  )?.reason;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
