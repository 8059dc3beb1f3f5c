/**
 * Turns of the event loop during long work, and its end by a signal.
 *
 * @module
 */

/** Milliseconds of work after which timers and events get their turn. */
const TURN = 50;

/** Lets timers and events have their turn now and then, and ends work where a signal is aborted. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  readonly #isAlone: boolean;
  #last = performance.now();

  /**
   * Begins a stretch of work; throws the reason of a signal that is aborted already. One of several
   * ranks does not throw: all of them end together, elsewhere.
   */
  constructor(signal: AbortSignal | undefined, isAlone = true) {
    this.#signal = signal;
    this.#isAlone = isAlone;
    this.check();
  }

  /** Throws the reason of the signal once it is aborted. */
  check(): void {
    if (this.#isAlone) this.#signal?.throwIfAborted();
  }

  /** Gives a turn if there was none for some time; throws the reason of an aborted signal. */
  async take(): Promise<void> {
    if (performance.now() - this.#last >= TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#last = performance.now();
    }
    this.check();
  }

  /** Waits for a promise, or until the signal is aborted; returns milliseconds. */
  async waitFor(wait: Promise<void>): Promise<number> {
    const from = performance.now();
    let abort = () => {};
    const aborted = new Promise<void>((resolve) => abort = resolve);
    this.#signal?.addEventListener("abort", abort);
    try {
      if (this.#signal?.aborted) abort();
      await Promise.race([wait, aborted]);
      this.check();
    } finally {
      this.#signal?.removeEventListener("abort", abort);
    }
    return performance.now() - from;
  }
}
