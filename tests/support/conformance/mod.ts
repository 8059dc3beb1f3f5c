// One suite for every backend: what a backend must compute, and how exactly.
//
// The checks compare with definitions written in the tests, with central differences, with
// float64, or with the reference backend, which itself must pass all the others.

import type { Backend } from "../../../src/backends/kernels.ts";
import { referenceBackend } from "../../../src/backends/reference/mod.ts";
import type { OpName } from "../../../ops/table.ts";
import { cases, OP_NAMES } from "../cases/mod.ts";
import { checkFloatGradients, checkGradients, forSamples } from "../checks.ts";
import { assertResults } from "../compare.ts";
import { scaled } from "../effort.ts";
import { arrayChecks } from "./arrays.ts";
import { type Check, FLOATS } from "./check.ts";
import { edgeChecks } from "./edges.ts";
import { imageChecks } from "./images.ts";
import { lossChecks } from "./losses.ts";
import { matrixChecks } from "./matrix.ts";
import { nanChecks } from "./nan.ts";
import { normChecks } from "./norms.ts";
import { optimizerChecks } from "./optimizers.ts";
import { pieceChecks } from "./slicing.ts";
import { realDataChecks } from "./real_data.ts";
import { windowChecks } from "./windows.ts";
import { evaluate } from "../derivatives.ts";
import { checkNaN } from "./nan_check.ts";
import { floatTolerance } from "../samples.ts";

const opChecks = {
  "gradients are those of central differences": (backend, { ops = OP_NAMES, ...effort }) => {
    for (const name of ops) checkGradients(name, backend, effort);
  },
  "gradients in float32 are those of central differences": (
    backend,
    { ops = OP_NAMES, ...effort },
  ) => {
    for (const name of ops) checkFloatGradients(name, backend, { runs: scaled(6), ...effort });
  },
  "outputs and gradients equal the reference's": (backend, { ops = OP_NAMES, ...effort }) => {
    const reference = referenceBackend();
    for (const name of ops) {
      forSamples(name, effort, (sample) => {
        for (const dtype of FLOATS) {
          const [actual, expected] = [backend, reference]
            .map((on) => evaluate(sample, on, { dtype, order: 2 }));
          assertResults(actual, expected, floatTolerance(sample));
        }
      });
    }
  },
  "NaN reaches what depends on it": (backend, { ops = OP_NAMES, ...effort }) => {
    for (const name of ops) {
      forSamples(
        name,
        { runs: scaled(20), ...effort },
        (sample) => checkNaN(sample, cases[name], backend),
      );
    }
  },
} satisfies Record<string, Check>;

/** Every check by its name. */
export const conformanceChecks = {
  ...opChecks,
  ...nanChecks,
  ...arrayChecks,
  ...matrixChecks,
  ...lossChecks,
  ...normChecks,
  ...pieceChecks,
  ...windowChecks,
  ...imageChecks,
  ...realDataChecks,
  ...edgeChecks,
  ...optimizerChecks,
} satisfies Record<string, Check>;

/** The name of a check. */
export type CheckName = keyof typeof conformanceChecks;

/** The names of all checks. */
export const CHECK_NAMES = Object.keys(conformanceChecks) as readonly CheckName[];

/** Options of running the suite. */
export interface ConformanceOptions {
  /** Checks that are left out, each with the reason. */
  readonly skips?: Readonly<Partial<Record<CheckName, string>>>;
  /** Ops to check, where a check is about ops; all by default. */
  readonly ops?: readonly OpName[];
  /** Random samples of each op, for checks that take some. */
  readonly runs?: number;
  /** Size of the largest float32 that may come out as 0, where subnormals do. */
  readonly smallest?: number;
}

/**
 * Makes the tests of a backend; hand each to `Deno.test`. A fresh backend is made for every test.
 */
export function conformance(
  backendName: string,
  makeBackend: () => Backend | Promise<Backend>,
  { skips = {}, ...options }: ConformanceOptions = {},
): Deno.TestDefinition[] {
  return CHECK_NAMES.map((check) => {
    const reason = skips[check];
    const skipped = reason === undefined ? "" : ` (skipped: ${reason})`;
    return {
      name: `conformance of ${backendName}: ${check}${skipped}`,
      ignore: reason !== undefined,
      async fn() {
        using backend = await makeBackend();
        conformanceChecks[check](backend, options);
      },
    };
  });
}
