// Cases of an op's tests.

import type fc from "fast-check";
import type { Sample } from "../samples.ts";

/** Random applications of one op. */
export interface OpCase {
  readonly samples: fc.Arbitrary<Sample>;
  /**
   * An input (or several) whose elements only select which others are taken. Where it is NaN the NaN is
   * selected: it does not spread to what is gathered from there, or scattered to there.
   */
  readonly selector?: string | readonly string[];
  /**
   * True if the op compares: NaN in its inputs does not spread to the elements chosen by its
   * result.
   */
  readonly decides?: boolean;
  /**
   * Padding may be multiplied as zeros, or passed over: NaN times 0 is NaN. So NaN in anything but
   * x may also reach what only padding would have met.
   */
  readonly padsWithZeros?: boolean;
  /** A kink may lie so far away that no far value shows that an element decides on its side. */
  readonly hasFarKinks?: boolean;
}
