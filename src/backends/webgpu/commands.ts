/**
 * Commands on their way to a device: recorded in batches, handed over when a batch is full or
 * something is read.
 *
 * @module
 */
import { type Batch, COMMAND } from "./executor.ts";
import type { Link } from "./link.ts";

/** Numbers that a program of the usual kind is told. */
const FEW_NUMBERS = 64;
/** Numbers that a program with a table is told; the table follows the others. */
export const MANY_NUMBERS = 4096;
/** A batch is handed over with this many programs, so that the device begins early. */
const FULL_BATCH = 256;
/** Numbers that the uniforms of a device hold. */
const MOST_NUMBERS = 65536;
/**
 * The last of the first numbers: zeros that compilers do not know, and the bits of NaN and infinity,
 * which constants of programs cannot be.
 */
const SPECIAL_NUMBERS = [0, 0, 0x7fc00000, 0x7f800000] as const;
/** Numbers for a program's own use; of one with a table, those before it. */
export const OWN_NUMBERS: number = FEW_NUMBERS - SPECIAL_NUMBERS.length;

/** Numbers of groups along the dimensions of a dispatch. */
export type Groups = readonly [x: number, y: number, z: number];

/** Counts of commands, for those who want to know what a step costs. */
export interface CommandCounts {
  /** Programs that were run. */
  readonly dispatches: number;
  /** Batches that were handed over. */
  readonly batches: number;
  /** Arrays that were sent. */
  readonly uploads: number;
  /** Arrays that were read back. */
  readonly reads: number;
  /** Programs that were compiled. */
  readonly programs: number;
  /** Buffers that the device was asked for; unknown (NaN) where it is in a worker. */
  readonly buffers: number;
  /** Lists of commands that went to the device's queue; unknown (NaN) where it is in a worker. */
  readonly submits: number;
}

/** Records commands. */
export class Commands {
  readonly #link: Link;
  readonly #programs = new Map<string, number>();
  #words: number[] = [];
  #uniforms: Uint32Array<ArrayBuffer> = new Uint32Array(FULL_BATCH * FEW_NUMBERS);
  #used = 0;
  #uploads: Uint8Array<ArrayBuffer>[] = [];
  #recorded = 0;
  #isFlushPlanned = false;
  #tickets = 0;
  #deferred: (() => void) | undefined;
  #heapBytes = 0;
  /** Times that are taken now, the innermost last; numbers from 1. */
  readonly #times: number[] = [];
  #timesTaken = 0;
  readonly #counts = { dispatches: 0, batches: 0, uploads: 0, reads: 0, programs: 0 };

  constructor(link: Link) {
    this.#link = link;
  }

  /** See {@link CommandCounts}. */
  get counts(): CommandCounts {
    const { buffers, submits } = this.#link.counts ?? { buffers: NaN, submits: NaN };
    return { ...this.#counts, buffers, submits };
  }

  /** True if this thread can wait for an answer. */
  get canWait(): boolean {
    return this.#link.waitHere !== undefined;
  }

  /** The heap must have this many bytes from the next batch on. */
  needHeap(bytes: number): void {
    this.#heapBytes = Math.max(this.#heapBytes, bytes);
  }

  /**
   * Leaves something to be recorded before whatever comes next: it may be that more of it comes.
   *
   * @param record called at most once.
   */
  defer(record: () => void): void {
    this.settle();
    this.#deferred = record;
    this.#planFlush();
  }

  /** Records what was left. */
  settle(): void {
    const record = this.#deferred;
    this.#deferred = undefined;
    record?.();
  }

  /**
   * Runs a program.
   *
   * @param key its name, which no other program has.
   * @param source makes its code, the first time.
   * @param numbers that it is told: integers of 32 bits.
   */
  run(key: string, source: () => string, numbers: readonly number[], groups: Groups): void {
    this.settle();
    const isLarge = numbers.length > OWN_NUMBERS;
    const room = isLarge ? MANY_NUMBERS : FEW_NUMBERS;
    if (this.#used + room > MOST_NUMBERS) this.flush();
    const at = this.#used;
    this.#reserve(at + room);
    this.#uniforms.set(numbers, at);
    this.#uniforms.set(SPECIAL_NUMBERS, at + OWN_NUMBERS);
    this.#used += room;
    this.#words.push(
      COMMAND.run,
      this.#program(key, source, isLarge),
      4 * at,
      Number(isLarge),
      ...groups,
    );
    this.#counts.dispatches++;
    this.#add();
  }

  /** True if the device tells how long programs take. */
  get canTime(): boolean {
    return this.#link.waitForTime !== undefined;
  }

  /** Begins to take the time of programs, those of times within this one left out. */
  startTime(): () => Promise<number> {
    this.settle();
    const time = ++this.#timesTaken;
    const taken = this.#link.waitForTime!(time);
    this.#times.push(time);
    this.#words.push(COMMAND.time, time, 0);
    return () => {
      this.settle();
      this.#times.splice(this.#times.indexOf(time), 1);
      this.#words.push(COMMAND.time, this.#times.at(-1) ?? 0, time);
      this.#planFlush();
      return taken;
    };
  }

  /** Sends bytes, which nobody may change any more, to a word of the heap. */
  upload(word: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.settle();
    this.#words.push(COMMAND.upload, this.#uploads.length, word);
    this.#uploads.push(bytes);
    this.#counts.uploads++;
    this.#add();
  }

  /** Reads bytes of the heap, as they are after the commands so far. */
  read(word: number, bytes: number): Promise<ArrayBuffer> {
    const ticket = this.#recordRead(word, bytes);
    this.#planFlush();
    return this.#link.wait(ticket);
  }

  /** Reads bytes of the heap, and waits for them here. */
  readHere(word: number, bytes: number): ArrayBuffer {
    this.#recordRead(word, bytes);
    return this.#link.waitHere!(this.#takeBatch(), bytes);
  }

  /** Hands over what is recorded. */
  flush(): void {
    this.settle();
    if (this.#words.length > 0) this.#link.submit(this.#takeBatch());
  }

  #recordRead(word: number, bytes: number): number {
    this.settle();
    const ticket = this.#tickets++;
    this.#words.push(COMMAND.read, word, bytes, ticket);
    this.#counts.reads++;
    return ticket;
  }

  #takeBatch(): Batch {
    const batch: Batch = {
      commands: Uint32Array.from(this.#words),
      uniforms: this.#uniforms.slice(0, this.#used),
      uploads: this.#uploads,
      heapBytes: this.#heapBytes,
    };
    this.#words = [];
    this.#uploads = [];
    this.#used = this.#recorded = 0;
    this.#counts.batches++;
    return batch;
  }

  /** Reads of one turn share a batch. */
  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      this.flush();
    });
  }

  #add(): void {
    if (++this.#recorded >= FULL_BATCH) this.flush();
  }

  #program(key: string, source: () => string, isLarge: boolean): number {
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const program = this.#programs.size;
    this.#programs.set(key, program);
    this.#link.define(program, key, source(), isLarge);
    this.#counts.programs++;
    return program;
  }

  #reserve(size: number): void {
    if (size <= this.#uniforms.length) return;
    const larger = new Uint32Array(Math.max(size, 2 * this.#uniforms.length));
    larger.set(this.#uniforms);
    this.#uniforms = larger;
  }
}
