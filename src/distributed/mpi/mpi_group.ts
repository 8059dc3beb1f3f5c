/**
 * Group whose ranks are processes: each collective is begun without waiting, and then asked for until
 * it is done, so that a rank that waits in vain can tell.
 *
 * @module
 */
import { dtypeOf, type TypedArray } from "../../core/dtype.ts";
import type { FfiHost } from "../../ffi/signatures.ts";
import {
  arrayLike,
  checkArray,
  checkParts,
  checkReduction,
  checkRoot,
  type Group,
  type RankReduction,
} from "../group.ts";
import { divideBy, reduceArrays } from "../reduce.ts";
import { prepareAbruptEnd } from "./abrupt_end.ts";
import { Farewell } from "./farewell.ts";
import type { NativeReduction } from "./flavours.ts";
import { watchEnd } from "./guard.ts";
import { checkCall, type MpiLibrary } from "./library.ts";
import { stable, stableBytes, stableLike } from "./stable.ts";
import { Waiting } from "./waiting.ts";

/** Place of a process in a job. */
export interface MpiSeat {
  readonly library: MpiLibrary;
  readonly host: FfiHost;
  readonly rank: number;
  readonly size: number;
  /** Seconds after which a rank that waits ends the job. */
  readonly timeout: number;
}

/** Milliseconds that a collective may take to end after a neighbour has left. */
const GRACE = 2000;
/** Exit code of a job that ends with an error. */
const FAILURE = 1;
/** Milliseconds for the launcher to hand on what was said last: it drops the rest at an abort. */
const LAST_WORDS = 300;
/** Times that ranks meet before the library ends, and milliseconds from one to the next. */
const FAREWELLS = 10;
const BETWEEN_FAREWELLS = 5;
/** Milliseconds after which an error is one of this rank alone. */
const AFTER_FIRST = 700;
/** Seconds that an abort may take. */
const ABORT_SECONDS = 3;
/** Bytes of a request; an address is the largest kind. */
const REQUEST_BYTES = 8;

/** The group of the processes of a job. */
export class MpiGroup implements Group {
  readonly rank: number;
  readonly size: number;
  readonly #seat: MpiSeat;
  readonly #waiting: Waiting;
  readonly #farewell: Farewell;
  readonly #request = stableBytes(REQUEST_BYTES);
  #hasLeft = false;
  #isOver = false;

  /** Watches the end of this process from now on. */
  constructor(seat: MpiSeat) {
    this.rank = seat.rank;
    this.size = seat.size;
    this.#seat = seat;
    this.#waiting = new Waiting(seat.host);
    this.#farewell = new Farewell(seat.library, seat.rank, seat.size);
    watchEnd({ failed: (error) => this.#fail(error), ended: (code) => this.#end(code) });
  }

  allReduce(x: TypedArray, reduction: RankReduction): void {
    checkArray("allReduce", x);
    checkReduction("allReduce", x, reduction);
    if (isByHand(x, reduction)) {
      return reduceArrays(x, this.#partsOf(this.allGather(x), x.length), reduction);
    }
    const { calls, handles } = this.#seat.library;
    const { types, operations, inPlace, world } = handles;
    const operation = operations[native(reduction)];
    this.#change(
      "allReduce",
      x,
      (at, request) =>
        calls.MPI_Iallreduce(inPlace, at, x.length, types[dtypeOf(x)!], operation, world, request),
    );
    if (reduction === "mean") divideBy(x, this.size);
  }

  broadcast(x: TypedArray, root: number): void {
    checkArray("broadcast", x);
    checkRoot("broadcast", root, this.size);
    const { calls, handles } = this.#seat.library;
    this.#change(
      "broadcast",
      x,
      (at, request) =>
        calls.MPI_Ibcast(at, x.length, handles.types[dtypeOf(x)!], root, handles.world, request),
    );
  }

  allGather<A extends TypedArray>(x: A): A {
    checkArray("allGather", x);
    const { calls, handles } = this.#seat.library;
    const [type, count] = [handles.types[dtypeOf(x)!], x.length];
    return this.#exchange(
      "allGather",
      x,
      count * this.size,
      (from, to, request) =>
        calls.MPI_Iallgather(from, count, type, to, count, type, handles.world, request),
    );
  }

  reduceScatter<A extends TypedArray>(x: A, reduction: RankReduction): A {
    checkArray("reduceScatter", x);
    checkReduction("reduceScatter", x, reduction);
    checkParts("reduceScatter", x, this.size);
    const count = x.length / this.size;
    if (isByHand(x, reduction)) {
      const result = arrayLike(x, count);
      reduceArrays(result, this.#partsOf(this.allToAll(x), count), reduction);
      return result;
    }
    const { calls, handles } = this.#seat.library;
    const type = handles.types[dtypeOf(x)!];
    const operation = handles.operations[native(reduction)];
    const result = this.#exchange(
      "reduceScatter",
      x,
      count,
      (from, to, request) =>
        calls.MPI_Ireduce_scatter_block(from, to, count, type, operation, handles.world, request),
    );
    if (reduction === "mean") divideBy(result, this.size);
    return result;
  }

  allToAll<A extends TypedArray>(x: A): A {
    checkArray("allToAll", x);
    checkParts("allToAll", x, this.size);
    const { calls, handles } = this.#seat.library;
    const [type, count] = [handles.types[dtypeOf(x)!], x.length / this.size];
    return this.#exchange(
      "allToAll",
      x,
      x.length,
      (from, to, request) =>
        calls.MPI_Ialltoall(from, count, type, to, count, type, handles.world, request),
    );
  }

  barrier(): void {
    const { calls, handles } = this.#seat.library;
    this.#run("barrier", (request) => calls.MPI_Ibarrier(handles.world, request));
  }

  abort(code: number = FAILURE): never {
    return this.#abort(`Rank ${this.rank} of ${this.size} aborted the job: code ${code}`, code);
  }

  [Symbol.dispose](): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#farewell.tell();
  }

  #partsOf<A extends TypedArray>(x: A, length: number): A[] {
    return Array.from(
      { length: this.size },
      (_, i) => x.subarray(i * length, (i + 1) * length) as A,
    );
  }

  /** Runs a collective that changes an array. */
  #change(call: string, x: TypedArray, begin: (at: number, request: Uint8Array) => number): void {
    const own = stable(x);
    const at = this.#seat.library.system.addressOf(own);
    this.#run(`${call} of ${x.length} elements`, (request) => begin(at, request));
    if (own !== x) x.set(own);
  }

  /** Runs a collective from one array to a new one. */
  #exchange<A extends TypedArray>(
    call: string,
    x: A,
    length: number,
    begin: (from: number, to: number, request: Uint8Array) => number,
  ): A {
    const [own, result] = [stable(x), stableLike(x, length)];
    const { system } = this.#seat.library;
    const [from, to] = [system.addressOf(own), system.addressOf(result)];
    this.#run(`${call} of ${x.length} elements`, (request) => begin(from, to, request));
    return result;
  }

  /** Begins a collective, and waits until it is done. */
  #run(what: string, begin: (request: Uint8Array) => number): void {
    if (this.#hasLeft) {
      throw new TypeError(`Cannot do ${what}: the group must be in use: this rank has left it`);
    }
    checkCall(this.#seat.library, `do ${what}`, begin(this.#request));
    let leftAt: number | undefined;
    this.#waiting.until(() => this.#farewell.isDone(this.#request), (waited) => {
      const left = this.#farewell.left();
      if (left !== undefined) leftAt ??= waited;
      if (leftAt !== undefined && waited - leftAt >= GRACE) {
        this.#giveUp(`rank ${left} has left the group, and rank ${this.rank} waits in ${what}`);
      }
      const { timeout } = this.#seat;
      if (waited >= timeout * 1000) {
        this.#giveUp(`rank ${this.rank} has waited for the others in ${what} for ${timeout} s`);
      }
    });
  }

  #giveUp(why: string): never {
    return this.#abort(`Cannot go on: all ranks must call the same: ${why}`);
  }

  /** Tells of an error that nobody has caught, and ends the job. */
  #fail(error: unknown): void {
    if (this.#isOver) return;
    // An error of all ranks is told by the first, which ends the others meanwhile.
    if (this.rank > 0) this.#waiting.pause(AFTER_FIRST);
    console.error(error);
    this.#abort(`Rank ${this.rank} of ${this.size} ended the job by this error`);
  }

  /** Ends this process: with the others, where it has left the group; else with the whole job. */
  #end(code: number | undefined): void {
    if (this.#isOver) return;
    if (!this.#hasLeft) {
      const name = `Rank ${this.rank} of ${this.size}`;
      this.#abort(`${name} ended before it left the group, as the end of \`using\` does`, code);
    }
    if (code !== undefined && code !== 0) {
      this.#abort(`Rank ${this.rank} ended: code ${code}`, code);
    }
    this.#isOver = true;
    this.#waiting.until(() => this.#farewell.isAlone, () => {});
    // MPI_Finalize of MPICH may wait for ever for a rank that has closed its connections already and
    // answers nobody: one job of eight on two hosts did. Messages that are under way arrive before.
    for (let i = 0; i < FAREWELLS; i++) {
      const end = this.#farewell.beginEnd();
      this.#waiting.until(() => this.#farewell.isDone(end), () => {});
      this.#waiting.pause(BETWEEN_FAREWELLS);
    }
    this.#seat.library.calls.MPI_Finalize();
  }

  #abort(message: string, code?: number): never {
    this.#isOver = true;
    console.error(message);
    this.#waiting.pause(LAST_WORDS);
    const { calls, handles } = this.#seat.library;
    prepareAbruptEnd(this.#seat.host, ABORT_SECONDS);
    calls.MPI_Abort(handles.world, code || FAILURE);
    throw new Error(message);
  }
}

/** Reductions that this does itself: the library need not know where NaN belongs. */
function isByHand(x: TypedArray, reduction: RankReduction): boolean {
  const isFloat = x instanceof Float32Array || x instanceof Float64Array;
  return isFloat && (reduction === "max" || reduction === "min");
}

/** RankReduction of the library; a mean is a sum that is divided afterwards. */
function native(reduction: RankReduction): NativeReduction {
  return reduction === "mean" ? "sum" : reduction;
}
