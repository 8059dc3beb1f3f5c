// The tester tested: with a fault planted, the checks that guard the ops must fail.

import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import type { Kernels } from "../../src/backends/kernels.ts";
import { referenceBackend } from "../../mod.ts";
import { checkGradients } from "../support/checks.ts";
import { CHECK_NAMES, conformanceChecks } from "../support/conformance/mod.ts";
import { arrayFaults, rowFaults } from "../support/faults/arrays.ts";
import { imageFaults } from "../support/faults/images.ts";
import { lossFaults } from "../support/faults/losses.ts";
import { optimizerFaults } from "../support/faults/optimizers.ts";
import { pieceFaults } from "../support/faults/slicing.ts";
import { normFaults } from "../support/faults/norms.ts";
import { ruleFaults, withRule } from "../support/faults/rules.ts";
import { convFaults, poolFaults } from "../support/faults/windows.ts";
import { faultyBackend } from "../support/faults/faulty_backend.ts";

const KERNEL_FAULTS = [
  ...convFaults,
  ...poolFaults,
  ...imageFaults,
  ...rowFaults,
  ...arrayFaults,
  ...lossFaults,
  ...normFaults,
  ...optimizerFaults,
  ...pieceFaults,
];

/** The same samples in every run, and no search for simpler ones: it must fail, that is all. */
const EFFORT = { runs: 100, seed: 7, endOnFailure: true } as const;

for (const { fault, plant, ops, foundBy } of KERNEL_FAULTS) {
  for (const check of foundBy) {
    Deno.test(`faults: "${check}" finds that ${fault}`, () => {
      using backend = faultyBackend(plant);
      assertFinds(fault, () => conformanceChecks[check](backend, { ...EFFORT, ops }));
    });
  }
}

for (const { fault, op, rule, foundBy = op } of ruleFaults) {
  Deno.test(`faults: the gradients of ${foundBy} show that ${fault}`, () => {
    const check = () => checkGradients(foundBy, referenceBackend(), EFFORT);
    withRule(op, rule, () => assertFinds(fault, check));
  });
}

Deno.test("faults: every check has been seen to fail", () => {
  const failed = new Set(KERNEL_FAULTS.flatMap(({ foundBy }) => foundBy));
  assertEquals(CHECK_NAMES.filter((name) => !failed.has(name)), []);
});

// The reference itself passes every check: tests/backends/reference_test.ts.
Deno.test("faults: a backend without a fault is the reference, kernel by kernel", () => {
  let right: Partial<Kernels> = {};
  using backend = faultyBackend((kernels) => {
    right = kernels;
    return {};
  });
  const names = Object.keys(right) as (keyof Kernels)[];
  assertEquals(Object.keys(backend.kernels), names);
  assert(names.length > 50, names.join(", "));
  for (const name of names) assertStrictEquals(backend.kernels[name], right[name], name);
});

/** Fails unless the check does, and by what it compares: not because the fault crashes. */
function assertFinds(fault: string, check: () => void): void {
  const error = assertThrows(check, `this fault slipped through: ${fault}`);
  const { name, message } = error as Error;
  assertMatch(
    `${name}: ${message}`,
    /^AssertionError: |Got (AssertionError|GradientError|ShapeError): /,
    `this fault crashed: ${fault}`,
  );
}
