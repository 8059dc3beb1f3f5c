/**
 * Tables of a race: every contender, and the best of each family against the best of ours.
 *
 * @module
 */
import { ratioByRound, smallest } from "../support/statistics.ts";
import { type Column, formatNumber, formatTable } from "../support/table.ts";
import type { Result } from "./race.ts";
import { OURS } from "./roster.ts";

/** The best of a family against the best of ours. */
export interface Comparison {
  readonly family: string;
  readonly best: string;
  readonly ours: string;
  /** Our time divided by theirs: the median over rounds, and of the fastest steps of all. */
  readonly ratio: number;
  readonly ratioOfMinima: number;
}

const left = (head: string): Column => ({ head, align: "left" });
const right = (head: string): Column => ({ head, align: "right" });

/** Finds the result with the smallest median among those that did the same work. */
export function bestOf(results: readonly Result[], family: string): Result | undefined {
  return results
    .filter(({ contender, isSame }) => isSame && contender.family === family)
    .reduce<Result | undefined>(
      (best, r) => best && best.medianMs <= r.medianMs ? best : r,
      undefined,
    );
}

/** Finds the fastest step of a family that did the same work. */
function minimumOf(results: readonly Result[], family: string): number {
  const same = results.filter(({ contender, isSame }) => isSame && contender.family === family);
  return smallest(same.map(({ minMs }) => minMs));
}

/** Compares every family with ours. */
export function compare(results: readonly Result[]): Comparison[] {
  const ours = bestOf(results, OURS);
  if (ours === undefined) return [];
  const families = [...new Set(results.map(({ contender }) => contender.family))];
  return families.filter((family) => family !== OURS).flatMap((family) => {
    const theirs = bestOf(results, family);
    if (theirs === undefined) return [];
    return [{
      family,
      best: theirs.contender.name,
      ours: ours.contender.name,
      ratio: ratioByRound(ours.rounds, theirs.rounds),
      ratioOfMinima: minimumOf(results, OURS) / minimumOf(results, family),
    }];
  });
}

/** Writes both tables; the second needs somebody to compare with. */
export function formatResults(results: readonly Result[]): string {
  const comparisons = compare(results);
  const tables = [formatContenders(results)];
  if (comparisons.length > 0) tables.push(formatComparisons(comparisons));
  return tables.join("\n\n");
}

function formatContenders(results: readonly Result[]): string {
  const ours = bestOf(results, OURS);
  const columns = [
    left("contender"),
    right("median ms"),
    right("min ms"),
    right("× ours"),
    right("steps"),
    right("start ms"),
    left("same work?"),
  ];
  const sorted = [...results].sort((a, b) => order(a) - order(b));
  return formatTable(columns, sorted.map((result) => rowOf(result, ours)));
}

/** Sorts the fastest first, those that failed last. */
function order({ medianMs }: Result): number {
  return Number.isNaN(medianMs) ? Infinity : medianMs;
}

function rowOf(result: Result, ours: Result | undefined): string[] {
  const { contender, failure, proof, error, isSame, rounds, medianMs, minMs } = result;
  if (failure !== undefined || proof === undefined) {
    return [`${contender.name}: FAILED: ${failure}`];
  }
  const times = ours === undefined ? NaN : ratioByRound(rounds, ours.rounds);
  const checked = `${proof.numbers.length} numbers, ${(error ?? NaN).toExponential(0)}`;
  return [
    contender.name,
    formatNumber(medianMs),
    formatNumber(minMs),
    formatNumber(times),
    `${rounds.flat().length}`,
    formatNumber(proof.startMs),
    isSame ? checked : `MISMATCH: ${checked}`,
  ];
}

function formatComparisons(comparisons: readonly Comparison[]): string {
  const columns = [
    left("best of ours"),
    left("against the best of"),
    right("ours / theirs"),
    right("of minima"),
    right("times faster"),
  ];
  return formatTable(
    columns,
    comparisons.map(({ best, ours, ratio, ratioOfMinima }) => [
      ours,
      best,
      formatNumber(ratio),
      formatNumber(ratioOfMinima),
      formatNumber(1 / ratio),
    ]),
  );
}
