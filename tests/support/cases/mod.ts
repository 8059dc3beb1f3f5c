// The table of test cases, typed by the table of ops: an op without a gradient test does not
// compile.

import type { OpName } from "../../../ops/table.ts";
import { activationCases } from "./activations.ts";
import { arrayCases } from "./arrays.ts";
import { elementwiseCases } from "./elementwise.ts";
import { imageCases } from "./images.ts";
import { crossEntropyCases } from "./cross_entropy.ts";
import { normCases } from "./norms.ts";
import { pairLossCases } from "./pair_losses.ts";
import { matrixCases } from "./matrix.ts";
import { pieceCases } from "./slicing.ts";
import { reduceCases } from "./reduce.ts";
import { windowCases } from "./windows.ts";
import type { OpCase } from "./op_case.ts";

const table = {
  ...activationCases,
  ...arrayCases,
  ...crossEntropyCases,
  ...elementwiseCases,
  ...imageCases,
  ...matrixCases,
  ...normCases,
  ...pairLossCases,
  ...pieceCases,
  ...reduceCases,
  ...windowCases,
} satisfies Record<OpName, OpCase>;

/** Random samples of every op. */
export const cases: Readonly<Record<OpName, OpCase>> = table;

/** The names of all ops. */
export const OP_NAMES = Object.keys(table) as readonly OpName[];
