/**
 * Group whose ranks are threads of one process: they exchange arrays in memory that they share.
 *
 * Every rank reduces the arrays of all in the order of the ranks, so that all come to the same bits.
 *
 * @module
 */
import { dtypeOf, type TypedArray } from "../core/dtype.ts";
import {
  arrayLike,
  checkArray,
  checkParts,
  checkReduction,
  checkRoot,
  type Group,
  type RankReduction,
} from "./group.ts";
import { reduceArrays } from "./reduce.ts";
import {
  ARRIVED,
  FAILED,
  FIRST_RANK,
  layoutOf,
  MEETING,
  MESSAGE_BYTES,
  MESSAGE_LENGTH,
  RANK_WORDS,
  type WorkerSeat,
} from "./worker_seats.ts";

/** Names of the collectives, by the number that stands for each in shared memory. */
const CALLS = ["barrier", "allReduce", "broadcast", "allGather", "reduceScatter", "allToAll"];
const DTYPES: readonly unknown[] = ["float32", "float64", "int32", "uint8"];
const DETAILS = ["", "sum", "mean", "max", "min"];

/** Words of a rank after the one that says whether it has left. */
const CALL_WORDS = 4;

/**
 * Takes a seat in a group of workers.
 *
 * Waiting blocks the thread; the main thread of a page may not, so that there all ranks are workers.
 *
 * - **Edge cases**: ranks that call different methods, or arrays of different lengths, all get an
 *   error that says who called what. Where a rank aborts, leaves or does not come in time, the others
 *   get an error, too. After an error the group is of no use.
 *
 * @example
 * ```ts
 * import { workerGroup, workerSeats } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * using group = workerGroup(workerSeats(1)[0]);
 * assertEquals(group.allGather(Int32Array.of(3, 4)), Int32Array.of(3, 4));
 * ```
 *
 * @param seat from `workerSeats`; each is for one thread.
 * @returns the group as this rank sees it.
 * @throws {TypeError} if this is no seat.
 */
export function workerGroup(seat: WorkerSeat): Group {
  if (!(seat?.memory instanceof SharedArrayBuffer)) {
    throw new TypeError(
      "Cannot take a seat: it must be one of workerSeats(size), posted to this worker: got " +
        typeof seat,
    );
  }
  return new WorkerGroup(seat);
}

class WorkerGroup implements Group {
  readonly rank: number;
  readonly size: number;
  readonly #seat: WorkerSeat;
  readonly #words: Int32Array;
  readonly #layout: ReturnType<typeof layoutOf>;

  constructor(seat: WorkerSeat) {
    this.rank = seat.rank;
    this.size = seat.size;
    this.#seat = seat;
    this.#layout = layoutOf(seat.size, seat.bytes);
    this.#words = new Int32Array(seat.memory, 0, this.#layout.message / 4);
  }

  allReduce(x: TypedArray, reduction: RankReduction): void {
    checkArray("allReduce", x);
    checkReduction("allReduce", x, reduction);
    this.#exchange("allReduce", x, reduction, (parts, start) => {
      reduceArrays(x.subarray(start, start + parts[0].length), parts, reduction);
    });
  }

  broadcast(x: TypedArray, root: number): void {
    checkArray("broadcast", x);
    checkRoot("broadcast", root, this.size);
    this.#exchange("broadcast", x, root, (parts, start) => x.set(parts[root], start));
  }

  allGather<A extends TypedArray>(x: A): A {
    checkArray("allGather", x);
    const result = arrayLike(x, x.length * this.size);
    this.#exchange("allGather", x, "", (parts, start) => {
      parts.forEach((part, rank) => result.set(part, rank * x.length + start));
    });
    return result;
  }

  reduceScatter<A extends TypedArray>(x: A, reduction: RankReduction): A {
    checkArray("reduceScatter", x);
    checkReduction("reduceScatter", x, reduction);
    checkParts("reduceScatter", x, this.size);
    const result = arrayLike(x, x.length / this.size);
    const first = this.rank * result.length;
    this.#exchange("reduceScatter", x, reduction, (parts, start) => {
      const from = Math.max(first - start, 0);
      const to = Math.min(first + result.length - start, parts[0].length);
      if (from >= to) return;
      const own = result.subarray(start + from - first, start + to - first);
      reduceArrays(own, parts.map((part) => part.subarray(from, to)), reduction);
    });
    return result;
  }

  allToAll<A extends TypedArray>(x: A): A {
    checkArray("allToAll", x);
    checkParts("allToAll", x, this.size);
    const result = arrayLike(x, x.length);
    const length = x.length / this.size;
    const first = this.rank * length;
    this.#exchange("allToAll", x, "", (parts, start) => {
      const from = Math.max(first - start, 0);
      const to = Math.min(first + length - start, parts[0].length);
      if (from >= to) return;
      parts.forEach((part, rank) => {
        result.set(part.subarray(from, to), rank * length + start + from - first);
      });
    });
    return result;
  }

  barrier(): void {
    this.#note("barrier", new Uint8Array(), "");
    this.#meet("barrier");
    this.#checkCalls();
    this.#meet("barrier");
  }

  abort(code = 1): never {
    const message = `rank ${this.rank} aborted the group: code ${code}`;
    this.#fail(message);
    throw new Error(`Cannot go on: ${message}`);
  }

  [Symbol.dispose](): void {
    Atomics.store(this.#words, this.#wordsOf(this.rank), 1);
    Atomics.notify(this.#words, MEETING);
  }

  /** Shows every rank the arrays of all, as much at a time as there is memory for. */
  #exchange(
    call: string,
    x: TypedArray,
    detail: RankReduction | number | "",
    use: (parts: TypedArray[], start: number) => void,
  ): void {
    const length = this.#seat.bytes / x.BYTES_PER_ELEMENT;
    this.#note(call, x, detail);
    let start = 0;
    do {
      const count = Math.min(length, x.length - start);
      const parts = Array.from({ length: this.size }, (_, rank) => this.#view(x, rank, count));
      parts[this.rank].set(x.subarray(start, start + count));
      this.#meet(call);
      if (start === 0) this.#checkCalls();
      use(parts, start);
      this.#meet(call);
      start += count;
    } while (start < x.length);
  }

  #view(x: TypedArray, rank: number, count: number): TypedArray {
    const View = x.constructor as new (
      memory: SharedArrayBuffer,
      offset: number,
      length: number,
    ) => TypedArray;
    return new View(this.#seat.memory, this.#layout.data(rank), count);
  }

  #wordsOf(rank: number): number {
    return FIRST_RANK + rank * RANK_WORDS;
  }

  /** Notes what this rank has called, for all to compare. */
  #note(call: string, x: TypedArray, detail: RankReduction | number | ""): void {
    if (Atomics.load(this.#words, this.#wordsOf(this.rank)) !== 0) {
      throw new TypeError(`Cannot ${call}: the group must be in use: this rank has left it`);
    }
    const at = this.#wordsOf(this.rank) + 1;
    const number = typeof detail === "number" ? detail : DETAILS.indexOf(detail);
    const words = [CALLS.indexOf(call), DTYPES.indexOf(dtypeOf(x)), x.length, number];
    words.forEach((word, i) => Atomics.store(this.#words, at + i, word));
  }

  /** Throws, on all ranks alike, unless all have called the same. */
  #checkCalls(): void {
    const calls = Array.from({ length: this.size }, (_, rank) => this.#callOf(rank));
    const other = calls.findIndex((call) => call !== calls[0]);
    if (other < 0) return;
    throw this.#fail(
      `all ranks must call the same: rank 0 called ${calls[0]}, rank ${other} ${calls[other]}`,
    );
  }

  /** Writes what a rank has called: `allReduce(float32[5], "sum")`. */
  #callOf(rank: number): string {
    const at = this.#wordsOf(rank) + 1;
    const [call, dtype, length, detail] = this.#words.subarray(at, at + CALL_WORDS);
    if (CALLS[call] === "barrier") return "barrier()";
    const array = `${DTYPES[dtype]}[${length}]`;
    const more = CALLS[call] === "broadcast" ? `, ${detail}` : `, "${DETAILS[detail]}"`;
    return `${CALLS[call]}(${array}${detail === 0 && CALLS[call] !== "broadcast" ? "" : more})`;
  }

  /** Waits until all ranks are here. */
  #meet(call: string): void {
    const words = this.#words;
    this.#checkLive(call);
    const meeting = Atomics.load(words, MEETING);
    if (Atomics.add(words, ARRIVED, 1) === this.size - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, MEETING, 1);
      Atomics.notify(words, MEETING);
      return;
    }
    const { timeout } = this.#seat;
    const deadline = performance.now() + timeout * 1000;
    while (Atomics.load(words, MEETING) === meeting) {
      this.#checkLive(call);
      const left = deadline - performance.now();
      if (left <= 0) {
        throw this.#fail(
          `all ranks must call ${call} within ${timeout} s: rank ${this.rank} has waited for the ` +
            "others",
        );
      }
      Atomics.wait(words, MEETING, meeting, left);
    }
  }

  /** Throws where the group has failed, or a rank has left that this one would wait for. */
  #checkLive(call: string): void {
    if (Atomics.load(this.#words, FAILED) !== 0) {
      throw new Error(`Cannot ${call}: ${this.#message()}`);
    }
    for (let rank = 0; rank < this.size; rank++) {
      if (Atomics.load(this.#words, this.#wordsOf(rank)) === 0) continue;
      throw this.#fail(`all ranks must be in the group: rank ${rank} has left it`);
    }
  }

  /** Fails the group for all ranks, by the first message; returns the error for this one. */
  #fail(message: string): Error {
    const bytes = new TextEncoder().encode(message).subarray(0, MESSAGE_BYTES);
    if (Atomics.compareExchange(this.#words, FAILED, 0, 1) === 0) {
      new Uint8Array(this.#seat.memory, this.#layout.message).set(bytes);
      Atomics.store(this.#words, MESSAGE_LENGTH, bytes.length);
    }
    Atomics.notify(this.#words, MEETING);
    return new Error(`Cannot go on: ${message}`);
  }

  #message(): string {
    const length = Atomics.load(this.#words, MESSAGE_LENGTH);
    const shared = new Uint8Array(this.#seat.memory, this.#layout.message, length);
    return new TextDecoder().decode(shared.slice()) || "the group has failed";
  }
}
