/**
 * Seats of a group whose ranks are threads of one process, and the memory that they share.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link workerSeats}. */
export interface WorkerSeatsOptions {
  /** Bytes of a rank that are exchanged at a time; 1 MiB by default. */
  readonly bytes?: number;
  /** Seconds after which a rank that waits for others gives up; 600 by default. */
  readonly timeout?: number;
}

const KNOWN = "bytes# timeout#";

/** Place of a rank in a group of workers: to be posted to the one that takes it. */
export interface WorkerSeat {
  /** Number of the rank. */
  readonly rank: number;
  /** Number of ranks. */
  readonly size: number;
  /** Memory that all ranks share. */
  readonly memory: SharedArrayBuffer;
  /** Bytes of a rank that are exchanged at a time. */
  readonly bytes: number;
  /** Seconds after which a rank that waits gives up. */
  readonly timeout: number;
}

/** Words of the memory that ranks agree by, by their index. */
export const ARRIVED = 0;
/** Counts the meetings that are over; ranks sleep on it. */
export const MEETING = 1;
/** Not 0 once the group has failed. */
export const FAILED = 2;
/** Bytes of the message of the failure. */
export const MESSAGE_LENGTH = 3;
/** Not 0, of the rank's words, once it has left. */
export const FIRST_RANK = 8;
/** Words of a rank: whether it has left, and what it has called. */
export const RANK_WORDS = 8;

/** Most bytes of the message of a failure. */
export const MESSAGE_BYTES = 1024;

/** Alignment of every rank's bytes, and their least number. */
const ALIGNMENT = 64;

/** Finds where things are in the memory of a group. */
export function layoutOf(size: number, bytes: number): {
  readonly message: number;
  readonly data: (rank: number) => number;
  readonly length: number;
} {
  const message = (FIRST_RANK + size * RANK_WORDS) * Int32Array.BYTES_PER_ELEMENT;
  const first = Math.ceil((message + MESSAGE_BYTES) / ALIGNMENT) * ALIGNMENT;
  return { message, data: (rank) => first + rank * bytes, length: first + size * bytes };
}

/**
 * Makes the seats of a group whose ranks are workers of one process: for tests, and for machines
 * where a rank a core is faster than one rank with threads.
 *
 * @example A seat for each worker; here one rank takes the only seat
 * ```ts
 * import { workerGroup, workerSeats } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * // for (const seat of workerSeats(4)) new Worker(url, { type: "module" }).postMessage(seat);
 * const [seat] = workerSeats(1);
 * using group = workerGroup(seat); // in the worker, of event.data
 * assertEquals([group.rank, group.size], [0, 1]);
 * ```
 *
 * @param size number of ranks.
 * @param options `bytes`, `timeout`.
 * @returns a seat a rank, in their order; `postMessage` takes them.
 * @throws {RangeError} if size, bytes or timeout is no such number.
 */
export function workerSeats(size: number, options: WorkerSeatsOptions = {}): WorkerSeat[] {
  const action = "make workerSeats";
  options = checkOptions(action, options, KNOWN);
  const { bytes = 2 ** 20, timeout = 600 } = options;
  checkInteger(action, "size", size, 1, 1024);
  checkInteger(action, "bytes", bytes, ALIGNMENT, 2 ** 30);
  if (!(timeout > 0)) {
    throw new RangeError(`Cannot ${action}: timeout must be seconds above 0: got ${timeout}`);
  }
  const whole = Math.floor(bytes / ALIGNMENT) * ALIGNMENT;
  const memory = new SharedArrayBuffer(layoutOf(size, whole).length);
  return Array.from({ length: size }, (_, rank) => ({ rank, size, memory, bytes: whole, timeout }));
}
