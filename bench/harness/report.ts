/**
 * Tables of a race: every contender, and the best of each family against the best of ours.
 *
 * @module
 */
import { ratioByRound, smallest } from "../support/statistics.ts";
import { type Column, formatNumber, formatTable } from "../support/table.ts";
import type { Result } from "./race.ts";
import { type Contender, isOurs, OURS } from "./roster.ts";

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

/** Finds the result with the smallest median among some that did the same work. */
function bestOf(
  results: readonly Result[],
  among: (contender: Contender) => boolean,
): Result | undefined {
  return results
    .filter(({ contender, isSame }) => isSame && among(contender))
    .reduce<Result | undefined>(
      (best, r) => best && best.medianMs <= r.medianMs ? best : r,
      undefined,
    );
}

const isOf = (family: string) => (contender: Contender) => contender.family === family;

/** Finds the fastest step of a family that did the same work. */
function minimumOf(results: readonly Result[], family: string): number {
  const same = results.filter(({ contender, isSame }) => isSame && isOf(family)(contender));
  return smallest(same.map(({ minMs }) => minMs));
}

/**
 * Compares every family of others with the best of ours and, where that is another, with the best of
 * our default backend.
 */
export function compare(results: readonly Result[]): Comparison[] {
  const best = [bestOf(results, isOurs), bestOf(results, isOf(OURS))];
  const ours = [...new Set(best)].filter((one) => one !== undefined);
  const others = results.map(({ contender }) => contender).filter((one) => !isOurs(one));
  const families = [...new Set(others.map(({ family }) => family))];
  return ours.flatMap((one) =>
    families.flatMap((family) => {
      const theirs = bestOf(results, isOf(family));
      return theirs === undefined ? [] : [comparisonOf(results, one, theirs)];
    })
  );
}

function comparisonOf(results: readonly Result[], ours: Result, theirs: Result): Comparison {
  const { family, name } = theirs.contender;
  return {
    family,
    best: name,
    ours: ours.contender.name,
    ratio: ratioByRound(ours.rounds, theirs.rounds),
    ratioOfMinima: minimumOf(results, ours.contender.family) / minimumOf(results, family),
  };
}

/** Writes both tables; the second needs somebody to compare with. */
export function formatResults(results: readonly Result[]): string {
  const comparisons = compare(results);
  const tables = [formatContenders(results)];
  if (comparisons.length > 0) tables.push(formatComparisons(comparisons));
  return tables.join("\n\n");
}

function formatContenders(results: readonly Result[]): string {
  const ours = bestOf(results, isOurs);
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
