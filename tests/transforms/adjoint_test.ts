// Forward and reverse mode of every op against each other: <J v, u> = <v, Jᵀ u>. The forward mode
// transposes the backward rules a second time, so that both must be right.

import { assertEquals, assertLess } from "@std/assert";
import { Arena, jvp, referenceBackend, type Tensor, vjp } from "../../mod.ts";
import { OP_NAMES } from "../support/cases/mod.ts";
import { forSamples } from "../support/checks.ts";
import { weights } from "../support/derivatives.ts";
import { scaled } from "../support/effort.ts";
import { isExact, type Sample, upload, uploadAll } from "../support/samples.ts";

for (const name of OP_NAMES) {
  Deno.test(`adjoint: jvp and vjp of ${name} agree`, () => {
    forSamples(name, { runs: scaled(12) }, checkAdjoint);
  });
}

const backend = referenceBackend();

/** Sums of products of quarters are exact; others differ by a few roundings. */
function checkAdjoint(sample: Sample): void {
  if (Object.keys(sample.variables).length === 0) return; // an op without a gradient
  using arena = new Arena();
  const params = arena.adopt(uploadAll(sample.variables, backend, "float64"));
  const constants = arena.adopt(uploadAll(sample.constants, backend, "float64"));
  const f = (variables: Record<string, Tensor>) => sample.call({ ...constants, ...variables });
  const v = arena.adopt(directionOf(params));
  const [y, pullback] = vjp(f, params);
  const u = arena.adopt(upload(weights(y.shape, 3), backend, "float64"));
  const [value, tangent] = jvp(f, params, v);
  assertEquals(value.toArray(), y.toArray());
  const forward = inner([tangent], [u]);
  const reverse = inner(Object.values(v), Object.values(pullback(u)));
  if (isExact(sample)) assertEquals(forward.sum, reverse.sum);
  else assertLess(Math.abs(forward.sum - reverse.sum), 1e-12 * Math.max(1, forward.magnitude));
}

function directionOf(params: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(params).map(([name, t], i) =>
      [name, upload(weights(t.shape, 5 + 2 * i), backend, "float64")] as const
    ),
  );
}

/** Computes `<a, b>`, and the sum of the magnitudes of its terms. */
function inner(a: readonly Tensor[], b: readonly Tensor[]): { sum: number; magnitude: number } {
  const terms = a.flatMap((t, i) => {
    const other = b[i].dataSync();
    return Array.from(t.dataSync(), (value, at) => value * other[at]);
  });
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return { sum: total(terms), magnitude: total(terms.map(Math.abs)) };
}
