/**
 * Waiting for what other ranks do, without a thread of its own: busily at first, for most of it comes
 * in microseconds; then it lets others have the core, for there may be more ranks than cores.
 *
 * @module
 */
import type { FfiHost, Symbols, SymbolTable } from "../../ffi/signatures.ts";
import { C_LIBRARY, platform } from "../../ffi/system.ts";

const CALLS = {
  sched_yield: { parameters: [], result: "i32" },
} as const satisfies SymbolTable;

/** Milliseconds of waiting after which the core is offered to others, and after which this sleeps. */
const YIELD_AFTER = 0.02;
const SLEEP_AFTER = 20;
/** Milliseconds of a sleep, and between two looks at what may have gone wrong. */
const SLEEP = 0.2;
const LOOK = 100;

/** Waits until a question is answered with yes. */
export class Waiting {
  readonly #sleep = new Int32Array(new SharedArrayBuffer(4));
  readonly #system: Symbols<typeof CALLS> | undefined;

  /** Finds how to let others have the core. */
  constructor(host: FfiHost) {
    this.#system = systemCalls(host);
  }

  /** Waits for some milliseconds. */
  pause(milliseconds: number): void {
    Atomics.wait(this.#sleep, 0, 0, milliseconds);
  }

  /** Asks until the answer is true; calls `look`, with milliseconds, now and then. */
  until(isDone: () => boolean, look: (waited: number) => void): void {
    if (isDone()) return;
    const start = performance.now();
    let looked = 0;
    while (!isDone()) {
      const waited = performance.now() - start;
      if (waited > SLEEP_AFTER) this.pause(SLEEP);
      else if (waited > YIELD_AFTER) this.#system?.sched_yield();
      if (waited - looked < LOOK) continue;
      looked = waited;
      look(waited);
    }
  }
}

function systemCalls(host: FfiHost): Symbols<typeof CALLS> | undefined {
  for (const path of C_LIBRARY[platform()]) {
    try {
      return host.load(path, CALLS) as unknown as Symbols<typeof CALLS>;
    } catch {
      // Another name of the C library, or a system without: waiting stays busy until it sleeps.
    }
  }
  return undefined;
}
