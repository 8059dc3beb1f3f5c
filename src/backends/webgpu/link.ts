/**
 * Ways to a device: in this thread, where reads are promises; or in a worker, so that this thread
 * can wait for an answer.
 *
 * @module
 */
import type { Batch, ExecutorCounts } from "./executor.ts";
import { makeExecutor } from "./executor.ts";
import type { GpuDevice } from "./gpu_types.ts";

/** Way to a device. */
export interface Link {
  /** Compiles a program under a number, with many uniforms or few. */
  define(program: number, label: string, code: string, isLarge: boolean): void;
  /** Runs a batch after those before it. */
  submit(batch: Batch): void;
  /** Waits for the bytes that a batch reads. */
  wait(ticket: number): Promise<ArrayBuffer>;
  /** Runs a batch whose only read has this many bytes, and waits for them here. */
  waitHere?(batch: Batch, bytes: number): ArrayBuffer;
  /** Waits for a time that is taken; absent where the device takes none, or is elsewhere. */
  waitForTime?(time: number): Promise<number>;
  /** Calls back when a program is compiled; absent where the device is elsewhere. */
  watchPrograms?(watcher: ProgramsWatcher): () => void;
  /** Counts of what the device was asked for; absent where it is elsewhere. */
  readonly counts?: Readonly<ExecutorCounts>;
  /** Ends everything. */
  close(): void;
}

/** Called with the number of programs that are compiled, and of those that are wanted so far. */
export type ProgramsWatcher = (compiled: number, wanted: number) => void;

/** Called with the size that the heap has, where it cannot grow. */
export type WhenFull = (heapBytes: number) => void;

/** Error of a device that answers no more. */
export function deviceError(fault: string): Error {
  return new Error(
    `Cannot compute on webgpu: the device must answer: ${fault}; make a new backend, and load the ` +
      "last checkpoint there",
  );
}

/** Makes the way to a device of this thread. */
export function localLink(device: GpuDevice, whenFull: WhenFull): Link {
  const times = new Map<number, { sum: number; answer: PromiseWithResolvers<number> }>();
  const watchers = new Set<ProgramsWatcher>();
  let [compiled, wanted] = [0, 0];
  const answers = new Map<number, PromiseWithResolvers<ArrayBuffer>>();
  const executor = makeExecutor(device, {
    read(ticket, bytes, fault) {
      const answer = promised(ticket);
      if (bytes === null) answer.reject(deviceError(fault));
      else answer.resolve(bytes);
    },
    full: whenFull,
    timed(time, milliseconds, isOver) {
      const taken = times.get(time);
      if (taken === undefined) return;
      taken.sum += milliseconds;
      if (!isOver) return;
      times.delete(time);
      if (Number.isNaN(taken.sum)) taken.answer.reject(deviceError("it took no time"));
      else taken.answer.resolve(taken.sum);
    },
    compiled() {
      compiled++;
      for (const watcher of watchers) watcher(compiled, wanted);
    },
  });
  /** Finds the promise of a read; whichever side comes first makes it. */
  function promised(ticket: number): PromiseWithResolvers<ArrayBuffer> {
    let answer = answers.get(ticket);
    if (answer === undefined) {
      answer = withResolvers<ArrayBuffer>();
      answer.promise.catch(() => {}); // whoever reads gets it
      answers.set(ticket, answer);
    }
    return answer;
  }
  return {
    define(program, label, code, isLarge) {
      wanted++;
      executor.define(program, label, code, isLarge);
    },
    ...(device.features.has("timestamp-query")
      ? {
        waitForTime(time: number) {
          const answer = withResolvers<number>();
          times.set(time, { sum: 0, answer });
          return answer.promise;
        },
      }
      : {}),
    watchPrograms(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    submit: executor.submit,
    wait: (ticket) => promised(ticket).promise.finally(() => answers.delete(ticket)),
    counts: executor.counts,
    close: executor.close,
  };
}

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let [resolve, reject] = [(_: Value) => {}, (_: Error) => {}];
  const promise = new Promise<Value>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}
