/**
 * Timing a function by calling it again and again.
 *
 * @module
 */

/** Least duration and least number of samples of timing. */
export interface Span {
  /** Calls are repeated for this long. */
  readonly seconds: number;
  /** Least number of samples, however long they take. */
  readonly atLeast: number;
}

/** A sample shorter than this is mostly the clock's; several calls are timed as one. */
const SHORTEST_SAMPLE_MS = 0.2;

/**
 * Times calls: milliseconds each, a sample per entry; quick calls are timed in groups of equal
 * size.
 */
export function timeCalls(call: () => void, { seconds, atLeast }: Span): number[] {
  const group = Math.max(1, Math.ceil(SHORTEST_SAMPLE_MS / timeGroup(call, 1)));
  const samples: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (samples.length < atLeast || performance.now() < end) {
    samples.push(timeGroup(call, group) / group);
  }
  return samples;
}

/** Times calls of a function that may be asynchronous: milliseconds each, one sample per call. */
export async function timeSteps(
  step: () => unknown,
  { seconds, atLeast }: Span,
): Promise<number[]> {
  const samples: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (samples.length < atLeast || performance.now() < end) {
    const start = performance.now();
    const result = step();
    if (result instanceof Promise) await result;
    samples.push(performance.now() - start);
  }
  return samples;
}

function timeGroup(call: () => void, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) call();
  return performance.now() - start;
}
