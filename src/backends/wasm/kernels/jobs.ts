// Jobs and the threads that share them.
//
// A job is a kernel, its arguments, and a number of chunks. Threads take chunks from the counter
// REMAINING until none is left, and count finished ones in DONE. Arguments are only changed when
// all chunks are done, and the counter is set last: who takes a chunk sees its arguments. A worker
// that comes late, or never, costs nothing: nobody waits for workers, only for chunks.
//
// A worker without a job for a while ends, as its owner may have ended without a word; an owner that
// is there starts it again with the next job.
import {
  DONE,
  GENERATION,
  IDLE,
  KERNEL,
  LEFT,
  REMAINING,
  SCRATCH,
  SLEEPERS,
  STOP,
} from "../layout";
import { execute } from "./table";

/** Looks at the generation this often before a worker goes to sleep: about 50 µs. */
const SPINS: i32 = 8000;

/** Looks at what is done this often before the main thread gives its core away: about 100 µs. */
const PATIENCE: i32 = 16000;
/** Nanoseconds until it looks again: nobody wakes it. */
const NAP: i64 = 100_000;

/**
 * Runs a job: all of its chunks are done when it returns. `shared`: workers may help. `mayBlock`:
 * this thread may sleep, which lets a worker run that the system had put aside.
 */
export function run(kernel: i32, chunks: i32, shared: bool, mayBlock: bool): void {
  if (!shared || chunks < 2) {
    const scratch = scratchOf(0);
    for (let chunk = 0; chunk < chunks; chunk++) execute(kernel, chunk, scratch);
    return;
  }
  store<i32>(KERNEL, kernel);
  atomic.store<i32>(DONE, 0);
  atomic.store<i32>(REMAINING, chunks);
  atomic.add<i32>(GENERATION, 1);
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(GENERATION, -1);
  takeChunks(0);
  let looks = 0, done = atomic.load<i32>(DONE);
  while (done < chunks) {
    if (mayBlock && ++looks > PATIENCE) atomic.wait<i32>(DONE, done, NAP);
    done = atomic.load<i32>(DONE);
  }
}

/**
 * Where the scratch memory is, is read for every chunk: the baseline compiler of V8 11.3 (Node 20)
 * loses an address that a variable keeps from chunk to chunk.
 */
function takeChunks(thread: i32): void {
  while (true) {
    const left = atomic.sub<i32>(REMAINING, 1);
    if (left <= 0) return;
    execute(load<i32>(KERNEL), left - 1, scratchOf(thread));
    atomic.add<i32>(DONE, 1);
  }
}

function scratchOf(thread: i32): usize {
  return load<u32>(SCRATCH + (<usize> thread << 2));
}

/** Nanoseconds of a millisecond. */
const MILLISECOND: i64 = 1_000_000;
/** The answer of a wait that nobody has ended. */
const TIMED_OUT: i32 = 2;

/** The life of a worker: returns when STOP is set, or there was no job for a while. */
export function work(thread: i32): void {
  let seen: i32 = 0;
  while (atomic.load<i32>(STOP) == 0) {
    let spins = SPINS;
    while (atomic.load<i32>(GENERATION) == seen && spins > 0) spins--;
    if (spins == 0) {
      atomic.add<i32>(SLEEPERS, 1);
      const answer = atomic.wait<i32>(GENERATION, seen, load<i32>(IDLE) * MILLISECOND);
      atomic.sub<i32>(SLEEPERS, 1);
      if (answer == TIMED_OUT) {
        atomic.store<i32>(LEFT + (<usize> thread << 2), 1);
        atomic.add<i32>(LEFT, 1);
        return;
      }
    }
    seen = atomic.load<i32>(GENERATION);
    takeChunks(thread);
  }
}
