// The protocol by which threads share jobs: every way in which they can take turns keeps its rules,
// and faults that tests with real threads seldom or never meet break one.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { EFFORT } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";
import {
  explore,
  type Program,
  PROTOCOL,
  type State,
  taken,
  Violation,
  type Work,
} from "../../support/thread_model.ts";

const TWO_WORKERS: Work = { workers: 2, jobs: 2, chunks: 2 };
const TRAPS: Work = { ...TWO_WORKERS, traps: 1 };
const TIMEOUTS: Work = { ...TWO_WORKERS, timeouts: 2 };
const ENDS: Work = { ...TWO_WORKERS, mayEnd: true };

/** Works, each with a number of states below which not every order was tried. */
const WORKS: readonly (readonly [Work, number])[] = [
  [{ workers: 1, jobs: 3, chunks: 2 }, 1_500],
  [{ workers: 1, jobs: 2, chunks: 3 }, 1_000],
  [TWO_WORKERS, 10_000],
  ...EFFORT === "quick" ? [] : [[{ workers: 3, jobs: 2, chunks: 2 }, 60_000]] as const,
  [{ ...TRAPS, workers: 1, chunks: 3, traps: 2 }, 5_000],
  [TRAPS, 10_000],
  [TIMEOUTS, 10_000],
  [ENDS, 10_000],
];

for (const [work, fewest] of WORKS) {
  const { workers, jobs, chunks, traps = 0, timeouts = 0, mayEnd = false } = work;
  const faults = [
    traps > 0 ? `, of which ${traps} trap` : "",
    timeouts > 0 ? `, ${timeouts} waits that time out` : "",
    mayEnd ? ", an owner that ends anywhere" : "",
  ].join("");
  const what = `${jobs} jobs of ${chunks} chunks${faults}, workers: ${workers}`;
  Deno.test(`threads: ${what}, in every order`, () => {
    const states = explore(PROTOCOL, work);
    assert(states > fewest, `${states} states`);
  });
}

/** Operations of the source on shared words, in order: the model's instructions are these. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  "kernels/jobs.ts": [
    // `run`: write (the host has written the other arguments), clear, offer, announce, look, wake
    "store KERNEL",
    "atomic.store DONE",
    "atomic.store REMAINING",
    "atomic.add GENERATION",
    "atomic.load SLEEPERS",
    "atomic.notify GENERATION",
    // await
    "atomic.load DONE",
    "atomic.wait DONE",
    "atomic.load DONE",
    // `takeChunks`: take, begin, count
    "atomic.sub REMAINING",
    "load KERNEL",
    "atomic.add DONE",
    "load SCRATCH",
    // `work`: ask, watch, drowse, sleep, rise, see
    "atomic.load STOP",
    "atomic.load GENERATION",
    "atomic.add SLEEPERS",
    "atomic.wait GENERATION",
    "load IDLE",
    "atomic.sub SLEEPERS",
    // leave, say so
    "atomic.store LEFT",
    "atomic.add LEFT",
    "atomic.load GENERATION",
  ],
  "engine.ts": [
    // `stopWorkers`: stop, announce end, wake for end
    "Atomics.store STOP",
    "Atomics.add GENERATION",
    "Atomics.notify GENERATION",
    // `start`: ask for faults
    "Atomics.exchange FAULT",
    // `#endJob`: withdraw, count own, await taken, forget faults
    "Atomics.exchange REMAINING",
    "Atomics.add DONE",
    "Atomics.load DONE",
    "Atomics.wait DONE",
    "Atomics.load DONE",
    "Atomics.store FAULT",
    // `#wakeLeft`: restart
    "Atomics.exchange LEFT",
    "Atomics.sub LEFT",
  ],
  // fault, count trapped
  "workers.ts": ["Atomics.store FAULT", "Atomics.add DONE"],
};

const OPERATION =
  /((?:atomic\.|Atomics\.)?\b(?:store|load|add|sub|exchange|notify|wait)(?:<\w+>)?)\((?:(?:this\.#)?ints, (?:\$\{)?)?([A-Z]+)\b/g;

Deno.test(ifPossible({
  name: "threads: the source does to shared words what the model does",
  needs: { read: ["src"] },
  fn() {
    for (const [file, operations] of Object.entries(OPERATIONS)) {
      const source = Deno.readTextFileSync(`src/backends/wasm/${file}`);
      const found = [...source.matchAll(OPERATION)].map(([, operation, word]) =>
        `${operation.replace(/<.*>/, "")} ${word}`
      );
      assertEquals(found, operations, `${file}: if it is right, change the model, too`);
    }
  },
}));

/** Runs an instruction of the protocol as if a word were another number. */
function pretending(label: string, word: keyof State["words"], value: number): Program {
  return {
    [label]: (s, me, work) => {
      const real = s.words[word];
      s.words[word] = value;
      const to = PROTOCOL[label](s, me, work);
      s.words[word] = real;
      return to;
    },
  };
}

/** Faults as other instructions, with the rule that each breaks. */
const FAULTS: Readonly<
  Record<string, readonly [rule: string, instructions: Program, work?: Work]>
> = {
  "taking a chunk is a load and a store": ["a chunk runs twice", {
    take: (s, me) => (me.left = s.words.remaining, "take on"),
    "take on": (s, me) => (s.words.remaining = me.left - 1, taken(s, me, me.left)),
  }],
  "counting a chunk is a load and a store": ["threads are stuck", {
    count: (s, me) => (me.left = s.words.done, "count on"),
    "count on": (s, me) => (s.words.done = me.left + 1, "take"),
  }],
  "DONE is cleared after chunks are offered": ["threads are stuck", {
    write: (s) => (s.words.args = s.job, "offer"),
    offer: (s, _, { chunks }) => (s.words.remaining = chunks, "clear"),
    clear: (s) => (s.words.done = 0, "announce"),
  }],
  "DONE is not cleared": ["a job is over before all of its chunks are", {
    write: (s) => (s.words.args = s.job, "offer"),
  }],
  "arguments are written after chunks are offered": ["a chunk runs twice", {
    write: (s) => (s.words.done = 0, "offer"),
    offer: (s, _, { chunks }) => (s.words.remaining = chunks, "clear"),
    clear: (s) => (s.words.args = s.job, "announce"),
  }],
  "a chunk counts as done before it runs": ["a job is over before all of its chunks are", {
    take: (s, me) => {
      const to = taken(s, me, s.words.remaining--);
      return to === "begin" ? "count" : to;
    },
    count: (s) => (s.words.done++, "begin"),
    finish: (s, me, work) => (PROTOCOL.finish(s, me, work), "take"),
  }],
  "a job does not wait for its chunks": [
    "a job is over before all of its chunks are",
    pretending("await", "done", Infinity),
  ],
  "a job wakes nobody": ["a worker sleeps through a job", pretending("look", "sleepers", 0)],
  "a sleeper is counted once it sleeps": ["a worker sleeps through a job", {
    watch: (s, me) => s.words.generation === me.seen ? "sleep" : ["see", "sleep"],
  }],
  "a sleeper does not look again": ["threads are stuck", {
    sleep: () => "asleep",
  }],
  "closing wakes nobody": ["threads are stuck", {
    "announce end": (s) => (s.words.generation++, "end"),
  }],
  "closing wakes before it says that it is the end": ["threads are stuck", {
    await: (s, me, work) => {
      const to = PROTOCOL.await(s, me, work);
      return to === "stop" ? "announce end" : to;
    },
    "wake for end": (s, me, work) => (PROTOCOL["wake for end"](s, me, work), "stop"),
    stop: (s) => (s.words.stop = 1, "end"),
  }],
  "closing is not announced": ["threads are stuck", {
    stop: (s) => (s.words.stop = 1, "wake for end"),
  }],
  "a trap on a worker does not count": ["threads are stuck", {
    fault: (s) => (s.words.fault = 1, "ask"),
  }, TRAPS],
  "a trap on a worker counts before it is told": ["a trap is not told", {
    fault: (s) => (s.words.done++, "tell"),
    tell: (s, me) => (s.words.fault = 1, me.seen = 0, "ask"),
  }, TRAPS],
  "a trap on a worker is told twice": [
    "a fault is told of another job",
    pretending("ask for faults", "fault", 1),
    TRAPS,
  ],
  "after its trap the owner waits for nobody": ["a job is over before all of its chunks are", {
    "count own": (s) => (s.words.done++, "forget faults"),
  }, TRAPS],
  "after its trap the owner withdraws no chunk": ["a job is over before all of its chunks are", {
    withdraw: (
      s,
      me,
      { chunks },
    ) => (me.left = chunks - Math.max(s.words.remaining, 0), "count own"),
  }, TRAPS],
  "after its trap the owner does not count it": ["threads are stuck", {
    withdraw: (s, me, work) => (PROTOCOL.withdraw(s, me, work), "await taken"),
  }, TRAPS],
  "waits do not time out": ["threads are stuck", { asleep: () => undefined }, ENDS],
  "a worker that has left is waited for": ["a worker sleeps through a job", {
    "say so": (s, me) => (s.words.left++, me.seen = 0, "asleep"),
  }, TIMEOUTS],
};

for (const [fault, [rule, instructions, work = TWO_WORKERS]] of Object.entries(FAULTS)) {
  Deno.test(`threads: found that ${fault}`, () => {
    const program = { ...PROTOCOL, ...instructions };
    assertThrows(() => explore(program, work), Violation, `${rule}: `);
  });
}
