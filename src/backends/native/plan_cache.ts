/**
 * Plans by what they compute, the last ones used, for as many as there are layers in a large model.
 *
 * @module
 */
import type { Plan } from "./onednn/plan.ts";

/** Plans that are kept unless told otherwise; ResNet-152 trains with about 500. */
const USUAL_LIMIT = 1024;

/** Plans by a key; those used longest ago go when there are too many. */
export class PlanCache {
  readonly #plans = new Map<string, Plan | undefined>();
  readonly #limit: number;

  constructor(limit: number = USUAL_LIMIT) {
    this.#limit = limit;
  }

  /** Number of plans. */
  get size(): number {
    return this.#plans.size;
  }

  /** The plan of a key, made where there is none; undefined where none can be made. */
  get(key: string, make: () => Plan | undefined): Plan | undefined {
    const plans = this.#plans;
    const found = plans.get(key);
    const isKnown = found !== undefined || plans.has(key);
    const plan = isKnown ? found : make();
    // The last one used is the last of the map.
    plans.delete(key);
    plans.set(key, plan);
    if (plans.size > this.#limit) this.#drop(plans.keys().next().value!);
    return plan;
  }

  /** Gives back all plans. */
  clear(): void {
    for (const key of [...this.#plans.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    this.#plans.get(key)?.close();
    this.#plans.delete(key);
  }
}
