/**
 * A bound on what is done at a time: files that are open, images that are decoded.
 *
 * @module
 */

/** Places for tasks, which wait for one in their order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** Makes as many places. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Runs a task once there is a place for it. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next(); // the place goes on to it
    }
  }
}

/** Tells lists of tasks that one of them has failed. */
export interface Fate {
  hasFailed: boolean;
}

/**
 * Runs a task for each item, and waits for all that have begun, even where one fails; none of the
 * lists that share a fate begins after a failure.
 *
 * @returns the results, in the order of the items.
 * @throws the error of the first item, in their order, that failed.
 */
export async function runAll<Item, Result>(
  slots: Slots,
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
  fate: Fate = { hasFailed: false },
): Promise<Result[]> {
  const ends = await Promise.allSettled(items.map((item) =>
    slots.run(async () => {
      if (fate.hasFailed) throw new Error("another task has failed"); // and its error is thrown
      try {
        return await task(item);
      } catch (error) {
        fate.hasFailed = true;
        throw error;
      }
    })
  ));
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}
