// The table of test cases, typed by the table of ops: an op without a gradient test does not
// compile.

import type { OpName } from "../../ops/mod.ts";
import { activationCases } from "./cases_activations.ts";
import { arrayCases } from "./cases_arrays.ts";
import { elementwiseCases } from "./cases_elementwise.ts";
import { imageCases } from "./cases_images.ts";
import { crossEntropyCases } from "./cases_cross_entropy.ts";
import { normCases } from "./cases_norms.ts";
import { pairLossCases } from "./cases_pair_losses.ts";
import { matrixCases } from "./cases_matrix.ts";
import { pieceCases } from "./cases_pieces.ts";
import { reduceCases } from "./cases_reduce.ts";
import { windowCases } from "./cases_windows.ts";
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
