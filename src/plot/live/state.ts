/**
 * States of a training (waiting, running, paused, over), and the moves from one to another.
 *
 * @module
 */

/** State of a training. */
export type TrainingState = "waiting" | "training" | "paused" | "stopping" | "over";

/** Command that a reader of a report can give. */
export type Command = "pause" | "resume" | "stop";

/** The states in which a command can be obeyed. */
export const OBEYED_IN: Readonly<Record<Command, readonly TrainingState[]>> = {
  pause: ["training"],
  resume: ["paused"],
  stop: ["waiting", "training", "paused"],
};

/** A training that can be paused and stopped. */
export class TrainingControl {
  readonly #controller = new AbortController();
  readonly #changed: () => void;
  readonly #now: () => number;
  #state: TrainingState = "waiting";
  #pause: { readonly over: Promise<void>; readonly end: () => void; readonly from: number } | null =
    null;

  /** Makes the state of a training that has not begun; `changed` is called for every new state. */
  constructor(changed: () => void, now: () => number) {
    this.#changed = changed;
    this.#now = now;
  }

  /** State of the training. */
  get state(): TrainingState {
    return this.#state;
  }

  /** Aborted when the training is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Promise to wait for before the next step; undefined unless it is paused. */
  get pause(): Promise<void> | undefined {
    return this.#pause?.over;
  }

  /** Goes to another state; returns how long a pause has been that ends with it. */
  move(state: TrainingState): number {
    const pause = this.#pause;
    this.#state = state;
    this.#pause = null;
    if (state === "paused") {
      let end = () => {};
      const over = new Promise<void>((resolve) => end = resolve);
      this.#pause = { over, end, from: this.#now() };
    }
    pause?.end();
    if (state === "stopping") {
      this.#controller.abort(new DOMException("The training was stopped", "AbortError"));
    }
    this.#changed();
    return pause === null ? 0 : this.#now() - pause.from;
  }
}
