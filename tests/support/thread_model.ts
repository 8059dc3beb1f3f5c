// The protocol of `kernels/jobs.ts` and `engine.ts` as a model, and every way in which its threads can
// take turns: with chunks that trap, waits that time out, and an owner that ends without a word.
//
// An instruction is what a thread does at once: one operation on a word that others see. A state is
// the words and where each thread is. All states that can be reached are visited; each must keep the
// rules. Memory is sequentially consistent, as it is for atomics, which order all other stores.

/** Words that threads share. */
interface Words {
  /** The job whose arguments and kernel are written. */
  args: number;
  generation: number;
  remaining: number;
  done: number;
  sleepers: number;
  stop: number;
  /** Not zero where a chunk has trapped on a worker. */
  fault: number;
  /** Workers that have ended for want of jobs. */
  left: number;
}

/** A thread: its place, and what it remembers. */
interface Thread {
  at: string;
  /** Chunks there were when it took one. */
  left: number;
  seen: number;
  /** The job whose arguments it read. */
  job: number;
}

/** Everything at one moment. The first thread gives the jobs. */
export interface State {
  readonly words: Words;
  readonly threads: readonly Thread[];
  /** Times that each chunk of each job ran. */
  readonly runs: number[];
  job: number;
  /** Chunks that have trapped, and waits that have timed out. */
  traps: number;
  timeouts: number;
}

/** Sizes of what there is to do. */
export interface Work {
  readonly workers: number;
  readonly jobs: number;
  readonly chunks: number;
  /** Most chunks that trap; none by default. */
  readonly traps?: number;
  /** Most waits that time out; none by default, so that a wake that is missing is found. */
  readonly timeouts?: number;
  /** True if the owner may end anywhere, without a word; then any wait times out. */
  readonly mayEnd?: boolean;
}

/** Returns where the thread goes on: one place, or any of several; undefined while it cannot. */
type Instruction = (s: State, me: Thread, work: Work) => string | readonly string[] | undefined;

/** Instructions by their labels. */
export type Program = Readonly<Record<string, Instruction>>;

/** A rule that is broken; the message ends with who did what until then. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** The end of a thread; of a worker without jobs; of the owner, without a word. */
const END = "end";
const GONE = "gone";
const ENDED = "ended";
const ENDS: readonly string[] = [END, GONE, ENDED];
const ASLEEP = "asleep";

function wakeAll({ threads }: State): void {
  for (const thread of threads) if (thread.at === ASLEEP) thread.at = "rise";
}

/** Goes on to the chunks; nobody may sleep through a job. */
function toChunks({ threads }: State): string {
  if (threads.some(({ at }) => at === ASLEEP)) throw new Violation("a worker sleeps through a job");
  return "take";
}

/** Gives the jobs: `run`, and what ends the workers. */
const GIVE: Program = {
  restart(s) {
    for (const thread of s.threads) {
      if (thread.at !== GONE) continue;
      Object.assign(thread, NEW);
      s.words.left--;
    }
    return "write";
  },
  write(s) {
    if (s.words.fault !== 0) throw new Violation("a fault is told of another job");
    s.words.args = s.job;
    return "clear";
  },
  clear: (s) => (s.words.done = 0, "offer"),
  offer: (s, _, { chunks }) => (s.words.remaining = chunks, "announce"),
  announce: (s) => (s.words.generation++, "look"),
  look: (s) => s.words.sleepers > 0 ? "wake" : toChunks(s),
  wake: (s) => (wakeAll(s), toChunks(s)),
  await(s, _, { chunks }) {
    if (s.words.done < chunks) return undefined;
    const own = s.runs.slice(s.job * chunks, (s.job + 1) * chunks);
    if (own.includes(0)) throw new Violation("a job is over before all of its chunks are");
    if (own.some((runs) => runs < 0) && s.words.fault === 0) {
      throw new Violation("a trap is not told");
    }
    return "ask for faults";
  },
  "ask for faults": (s, _, { jobs }) => (s.words.fault = 0, ++s.job < jobs ? "restart" : "stop"),
  stop: (s) => (s.words.stop = 1, "announce end"),
  "announce end": (s) => (s.words.generation++, "wake for end"),
  "wake for end": (s) => (wakeAll(s), END),
};

/** Returns where a thread goes on that found so many chunks left. */
export function taken({ threads }: State, me: Thread, left: number): string {
  me.left = Math.max(left, 0);
  if (left > 0) return "begin";
  return me === threads[0] ? "await" : "ask";
}

/** Ends a job in which a chunk has trapped on the owner: `#endJob`. */
const END_JOB: Program = {
  // Chunks that were taken, by whomever, are what it waits for.
  withdraw(s, me, { chunks }) {
    me.left = chunks - Math.max(s.words.remaining, 0);
    s.words.remaining = 0;
    return "count own";
  },
  "count own": (s) => (s.words.done++, "await taken"),
  "await taken": (s, me) => s.words.done < me.left ? undefined : (me.left = 0, "forget faults"),
  "forget faults": (s, _, { jobs }) => (s.words.fault = 0, ++s.job < jobs ? "restart" : "stop"),
};

/** A trap on a worker: the life of one in `workers.ts`. */
const TELL: Program = {
  fault: (s) => (s.words.fault = 1, "count trapped"),
  "count trapped": (s, me) => (s.words.done++, me.seen = 0, "ask"),
};

/** Runs chunks: `takeChunks` and a kernel, which reads its arguments as it goes. */
const RUN: Program = {
  take: (s, me) => taken(s, me, s.words.remaining--),
  begin(s, me, { traps = 0 }) {
    me.job = s.words.args;
    return s.traps < traps ? ["finish", "trap"] : "finish";
  },
  trap(s, me, { chunks }) {
    if (s.words.args !== me.job) throw new Violation("arguments change while a chunk runs");
    s.traps++;
    s.runs[me.job * chunks + me.left - 1] = -1;
    me.job = me.left = 0;
    return me === s.threads[0] ? "withdraw" : "fault";
  },
  finish(s, me, { chunks }) {
    if (s.words.args !== me.job) throw new Violation("arguments change while a chunk runs");
    if (++s.runs[me.job * chunks + me.left - 1] > 1) throw new Violation("a chunk runs twice");
    me.job = me.left = 0; // nothing that it remembers makes another state
    return "count";
  },
  count: (s) => (s.words.done++, "take"),
};

/** Waits for jobs: `work`. */
const WAIT: Program = {
  ask: (s, me) => s.words.stop === 0 ? "watch" : (me.seen = 0, END),
  // It looks a while, and goes to sleep even if the last look shows a new job.
  watch: (s, me) => s.words.generation === me.seen ? "drowse" : ["see", "drowse"],
  drowse: (s) => (s.words.sleepers++, "sleep"),
  sleep: (s, me) => s.words.generation === me.seen ? ASLEEP : "rise",
  [ASLEEP]: (s, _, { timeouts = 0 }) => {
    if (s.threads[0].at === ENDED) return "leave";
    return s.timeouts < timeouts ? (s.timeouts++, "leave") : undefined;
  },
  leave: (s) => (s.words.sleepers--, "say so"),
  "say so": (s, me) => (s.words.left++, me.seen = 0, GONE),
  rise: (s) => (s.words.sleepers--, "see"),
  see: (s, me) => (me.seen = s.words.generation, "take"),
};

/** The protocol. */
export const PROTOCOL: Program = { ...GIVE, ...END_JOB, ...RUN, ...TELL, ...WAIT };

/** A worker that starts. */
const NEW: Thread = { at: "ask", left: 0, seen: 0, job: 0 };

function start({ workers, jobs, chunks }: Work): State {
  const words = { args: -1, generation: 0, remaining: 0, done: 0, sleepers: 0, stop: 0 };
  return {
    words: { ...words, fault: 0, left: 0 },
    threads: [{ ...NEW, at: "restart" }, ...Array.from({ length: workers }, () => ({ ...NEW }))],
    runs: new Array(jobs * chunks).fill(0),
    job: 0,
    traps: 0,
    timeouts: 0,
  };
}

function copyOf(state: State): State {
  const { words, threads, runs } = state;
  return {
    ...state,
    words: { ...words },
    threads: threads.map((t) => ({ ...t })),
    runs: [...runs],
  };
}

/** Names a state; which worker is where makes no difference. */
function keyOf({ words, threads, runs, job, traps, timeouts }: State): string {
  const [own, ...workers] = threads.map(({ at, left, seen, job }) =>
    `${at} ${left} ${seen} ${job}`
  );
  return `${Object.values(words)};${own};${workers.sort()};${runs};${job};${traps};${timeouts}`;
}

/** A state, and how it was reached. */
interface Visit {
  readonly state: State;
  readonly step?: string;
  readonly before?: Visit;
}

/**
 * Visits all states of a program.
 *
 * @returns how many there are.
 * @throws {Violation} if a rule is broken in one, or threads are stuck in it.
 */
export function explore(program: Program, work: Work): number {
  const first = start(work);
  const known = new Set([keyOf(first)]);
  const open: Visit[] = [{ state: first }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const next = nextOf(program, work, visit);
    const isOver = visit.state.threads.every(({ at }) => ENDS.includes(at));
    if (next.length === 0 && !isOver) throw told("threads are stuck", visit);
    for (const one of next) {
      const key = keyOf(one.state);
      if (known.has(key)) continue;
      known.add(key);
      open.push(one);
    }
  }
  return known.size;
}

/** The states that one instruction of any thread leads to. */
function nextOf(program: Program, work: Work, before: Visit): Visit[] {
  return before.state.threads.flatMap(({ at }, thread) => {
    if (ENDS.includes(at)) return [];
    const step = `${thread} ${at}`;
    const state = copyOf(before.state);
    try {
      const to = program[at](state, state.threads[thread], work) ?? [];
      const next = [to].flat().map((at) => visitAt(state, thread, at, step, before));
      const isLast = thread !== 0 || work.mayEnd !== true;
      return isLast ? next : [...next, visitAt(before.state, 0, ENDED, "0 ends", before)];
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      throw told(error.message, { state, step, before });
    }
  });
}

/** A state in which a thread goes on elsewhere. */
function visitAt(from: State, thread: number, at: string, step: string, before: Visit): Visit {
  const state = copyOf(from);
  state.threads[thread].at = at;
  return { state, step, before };
}

function told(rule: string, last: Visit): Violation {
  const steps: string[] = [];
  for (let visit: Visit | undefined = last; visit !== undefined; visit = visit.before) {
    if (visit.step !== undefined) steps.push(visit.step);
  }
  return new Violation(`${rule}: ${steps.reverse().join(", ")}`);
}
