/**
 * Watchers of a live report, each through a stream of server-sent events.
 *
 * A watcher asks for what is newer than what it has, and waits where there is nothing. So one that
 * reads slowly, or comes late, gets the newest state at once, and nothing is kept for it.
 *
 * @module
 */

/** Message to a watcher, and the state that it then has. */
export interface Message {
  readonly id: string;
  readonly data: unknown;
}

/** All watchers of one report. */
export class Watchers {
  /** The most streams that are open at once. */
  readonly most: number;
  readonly #waiting = new Set<() => void>();
  #open = 0;
  #isClosed = false;

  /** Begins without watchers, of which there may be `most`. */
  constructor(most: number) {
    this.most = most;
  }

  /** Wakes all that wait, to look for news. */
  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Ends all streams. */
  close(): void {
    this.#isClosed = true;
    this.wake();
  }

  /**
   * Makes a stream that begins after a state; `next` returns the message that is newer than one, if
   * there is any. Returns undefined where as many are open as there may be.
   */
  watch(
    seen: string,
    next: (seen: string) => Message | undefined,
  ): ReadableStream<Uint8Array> | undefined {
    if (this.#open >= this.most) return undefined;
    this.#open++;
    const encoder = new TextEncoder();
    let [have, isOver, wake] = [seen, false, () => {}];
    const end = () => {
      if (!isOver) this.#open--;
      isOver = true;
    };
    return new ReadableStream<Uint8Array>({
      // Browsers wait for the first bytes until they believe in the stream.
      start: (controller) => controller.enqueue(encoder.encode("retry: 1000\n\n")),
      pull: async (controller) => {
        while (!isOver && !this.#isClosed) {
          const message = next(have);
          if (message !== undefined) {
            have = message.id;
            const text = `id: ${have}\ndata: ${JSON.stringify(message.data)}\n\n`;
            controller.enqueue(encoder.encode(text));
            return;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
            this.#waiting.add(resolve);
          });
        }
        if (isOver) return;
        end();
        controller.close();
      },
      cancel: () => {
        end();
        this.#waiting.delete(wake);
        wake();
      },
    }, { highWaterMark: 0 });
  }
}
