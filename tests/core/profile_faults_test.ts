// Rules for the profile of every tape, on random programs; and that mistakes in it are seen.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { add, mul, neg, referenceBackend, sum, Tape, type Tensor, tensor } from "../../mod.ts";
import type { ProfiledOp } from "../../src/core/profile.ts";
import { Profiler } from "../../src/core/profiler.ts";
import { scaled } from "../support/effort.ts";

/** Describes the faults of the profile of a tape whose gradients were computed once. */
function profileFaults(tape: Tape): string[] {
  const { rows, runs } = tape.profiler!;
  const faults: string[] = [];
  tape.entries.forEach(({ op, inputs }, i) => {
    const own = runs.filter(({ entry }) => entry === i);
    const forward = own.filter(({ pass }) => pass === "forward").flatMap(({ ops }) => ops);
    if (forward.map(({ op }) => op).join() !== op.name) {
      faults.push(`entry ${i}, ${op.name}, ran ${forward.map(({ op }) => op)}`);
    }
    const ruled = own.filter(({ pass, input }) => pass === "backward" && input >= 0);
    const expected = inputs.flatMap((slot, j) => tape.slots[slot].kind === "constant" ? [] : j);
    if (ruled.map(({ input }) => input).join() !== expected.join()) {
      faults.push(`entry ${i}, ${op.name}, had rules of ${ruled.map(({ input }) => input)}`);
    }
  });
  const sumOf = (ops: readonly ProfiledOp[]) => ops.reduce((ms, op) => ms + op.milliseconds, 0);
  for (const row of rows) {
    const all = runs.flatMap(({ pass, ops }) => ops.map((op) => ({ ...op, pass })))
      .filter(({ op }) => op === row.op);
    const back = all.filter(({ pass }) => pass === "backward");
    const isSame = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(b);
    if (all.length !== row.calls) faults.push(`${row.op}: ${all.length} of ${row.calls} calls`);
    if (!isSame(sumOf(all), row.milliseconds)) faults.push(`${row.op}: times do not add up`);
    if (!isSame(sumOf(back), row.backwardMilliseconds)) {
      faults.push(`${row.op}: times of backward passes do not add up`);
    }
  }
  return faults;
}

/** A step of a program: which op is applied to which earlier values, modulo how many there are. */
interface Step {
  readonly op: number;
  readonly a: number;
  readonly b: number;
}

const programs: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ op: fc.nat(3), a: fc.nat(20), b: fc.nat(20) }),
  { minLength: 1, maxLength: 12 },
);

/** Runs a program of watched tensors and constants, and all of its gradients. */
function run(steps: readonly Step[]): Tape {
  const backend = referenceBackend();
  const tape = new Tape({ profile: true });
  const params = tape.watch([tensor([1, 2], { backend }), tensor([3, 4], { backend })]);
  const values: Tensor[] = [...params, tape.follow(tensor([5, 6], { backend }))];
  for (const { op, a, b } of steps) {
    const [x, y] = [values[a % values.length], values[b % values.length]];
    values.push([() => add(x, y), () => mul(x, y), () => neg(x), () => mul(values[2], 2)][op]());
  }
  // Everything is part of the result, so that every entry has a gradient.
  const total = values.slice(1).reduce((all, value) => add(all, value), values[0]);
  tape.gradient(sum(total), params);
  neg(params[0]);
  return tape;
}

/**
 * Lists the faults of a profile. The last entry is applied after the gradient, and has no rules.
 */
function faultsOf(steps: readonly Step[]): string[] {
  const tape = run(steps);
  const last = tape.entries.length - 1;
  const faults = profileFaults(tape).filter((fault) =>
    fault !== `entry ${last}, neg, had rules of `
  );
  tape.dispose();
  return faults;
}

Deno.test("profile: on random programs every entry and every rule has what ran for it, and no more", () => {
  fc.assert(
    fc.property(programs, (steps) => assertEquals(faultsOf(steps), [])),
    { numRuns: scaled(100) },
  );
});

const STEPS: readonly Step[] = [
  { op: 3, a: 0, b: 0 },
  { op: 1, a: 0, b: 0 },
  { op: 2, a: 1, b: 0 },
  { op: 0, a: 4, b: 5 },
];

/** Mistakes in a profiler. */
const PLANTED: Readonly<Record<string, (right: Profiler) => Partial<Profiler>>> = {
  "entries claim nothing": () => ({ claim: () => {} }),
  "entries claim what ran before them": ({ claim }) => ({
    claim(this: Profiler, entry, mark) {
      claim.call(this, entry, { ...mark, first: 0 });
    },
  }),
  "entries claim for the one before": ({ claim }) => ({
    claim(this: Profiler, entry, mark) {
      claim.call(this, Math.max(entry - 1, 0), mark);
    },
  }),
  "rules do not say which input": ({ enterRule }) => ({
    enterRule(this: Profiler, entry) {
      enterRule.call(this, entry, 0);
    },
  }),
  "rules are not told": () => ({ enterRule: () => {} }),
  "a rule never ends": ({ leaveRule, enterRule }) => ({
    leaveRule: () => {},
    enterRule(this: Profiler, entry, input) {
      leaveRule.call(this);
      enterRule.call(this, entry, input);
    },
  }),
};

Deno.test("profile: planted faults are seen", () => {
  assertEquals(faultsOf(STEPS), []);
  const { claim, enterRule, leaveRule } = Profiler.prototype;
  for (const [fault, plant] of Object.entries(PLANTED)) {
    Object.assign(Profiler.prototype, plant({ claim, enterRule, leaveRule } as Profiler));
    try {
      assert(faultsOf(STEPS).length > 0, `this fault slipped through: ${fault}`);
    } finally {
      Object.assign(Profiler.prototype, { claim, enterRule, leaveRule });
    }
  }
});
