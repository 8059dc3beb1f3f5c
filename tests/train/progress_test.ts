// Progress of a training: plain lines when piped, one line that is written over on a terminal.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { referenceBackend, tensor } from "@tapegrad/tapegrad";
import { progressBar, type ProgressOutput, type Scores } from "@tapegrad/tapegrad/train";
import { ifPossible } from "../support/permissions.ts";
import { NO_TERMINAL, onTerminal, TERMINAL_NEEDS } from "../support/pseudo_terminal.ts";

/** Makes an output that remembers, and a clock that is set by hand. */
function stage(output: Partial<ProgressOutput>, epochs: number, size: number | null = 100) {
  const written: string[] = [];
  let time = 0;
  const bar = progressBar({
    output: { write: (text) => written.push(text), isTerminal: false, ...output },
    now: () => time,
  });
  const training = {
    size: size ?? undefined,
    params: {},
    optimizer: { state() {} },
    epochs,
    seed: 0,
    history: [],
  };
  bar.start!(training);
  const step = (seconds: number, epoch = 1, scores = { loss: 1.5, accuracy: 0.4 }) => {
    time += seconds * 1000;
    const { loss, accuracy } = scores;
    const soFar = () => ({ loss, metrics: { accuracy }, examples: 50 });
    bar.step!({ epoch, step: 1, examples: 50, loss, soFar }, training);
  };
  const end = (epoch: number, validation?: Scores, metrics: Record<string, unknown> = {}) => {
    const scores = { loss: 1.5, metrics: { accuracy: 0.4, ...metrics }, validation };
    bar.epoch!({ epoch, ...scores, steps: 2, examples: 100, seconds: 2 }, training);
  };
  return { step, end, over: () => bar.end!(training), written };
}

Deno.test("progress: one plain line an epoch where there is no terminal", () => {
  const { step, end, over, written } = stage({}, 2);
  step(1);
  step(1);
  end(1);
  assertEquals(written, ["epoch 1/2  loss 1.5000  accuracy 0.400  50 examples/s\n"]);
  over();
  assertEquals(written.length, 1);
});

Deno.test("progress: the speed is that of the epoch, validation not counted", () => {
  const { step, end, written } = stage({}, 2);
  step(1);
  step(1);
  end(1, { loss: 2, metrics: { accuracy: 0.25 }, examples: 10 });
  step(0.5, 2);
  step(0.5, 2);
  end(2);
  assertEquals(written, [
    "epoch 1/2  loss 1.5000  accuracy 0.400  val loss 2.0000  val accuracy 0.250  50 examples/s\n",
    "epoch 2/2  loss 1.5000  accuracy 0.400  100 examples/s\n",
  ]);
});

Deno.test("progress: metrics that are no numbers are left out", () => {
  const { step, end, written } = stage({}, 1);
  step(1);
  end(1, undefined, { confusion: [[1, 0], [0, 1]] });
  assertEquals(written, ["epoch 1/1  loss 1.5000  accuracy 0.400  50 examples/s\n"]);
});

Deno.test("progress: a bar with the time left on a terminal, the last line kept", () => {
  const { step, end, over, written } = stage({ isTerminal: true, columns: 120 }, 1);
  step(1);
  assertStringIncludes(
    written[0],
    "████████████░░░░░░░░░░░░ epoch 1/1  loss 1.5000  accuracy 0.400",
  );
  assertStringIncludes(written[0], "ETA 0:01");
  assertEquals(written[0].startsWith("\r"), true);
  step(1);
  end(1);
  assertStringIncludes(written.at(-1)!, "████████████████████████ epoch 1/1");
  over();
  assertEquals(written.at(-1), "\n");
});

Deno.test("progress: the time left is that of the epochs that are left, after a resume too", () => {
  const { step, end, written } = stage({ isTerminal: true, columns: 120 }, 10);
  step(1, 9);
  step(1, 9);
  end(9);
  assertStringIncludes(written.at(-1)!, "epoch  9/10");
  assertStringIncludes(written.at(-1)!, "ETA 0:02");
});

Deno.test("progress: without a size there is no bar", () => {
  const { step, written } = stage({ isTerminal: true, columns: 120 }, 1, null);
  step(1);
  assertEquals(written[0].startsWith("\repoch 1/1  loss 1.5000"), true);
});

Deno.test("progress: a bar is never wider than the terminal", () => {
  const { step, written } = stage({ isTerminal: true, columns: 30 }, 1);
  step(1);
  assertEquals(written[0].length, 30);
});

Deno.test("progress: the time left fits in 80 columns, whatever else has to go", () => {
  const time = / {2}ETA \d:\d\d *$/;
  for (const columns of [undefined, 80, 0, NaN, -1]) {
    const { step, written } = stage({ isTerminal: true, columns }, 10);
    step(1);
    assertEquals(written[0].length, 80, `${columns}`);
    assertMatch(
      written[0],
      /^\r█{7}░{6} epoch {2}1\/10 {2}loss 1.5000 {2}accuracy 0.400 {2}50 examples\/s {2}ETA/,
    );
    assertMatch(written[0], time);
  }
  const shown = [70, 60, 52, 40, 29].map((columns) => {
    const { step, written } = stage({ isTerminal: true, columns }, 10);
    step(1);
    assertEquals(written[0].length, columns);
    return written[0].trim();
  });
  assertEquals(shown, [
    "epoch  1/10  loss 1.5000  accuracy 0.400  50 examples/s  ETA 0:19",
    "epoch  1/10  loss 1.5000  accuracy 0.400  ETA 0:19",
    "epoch  1/10  loss 1.5000  accuracy 0.400  ETA 0:19",
    "epoch  1/10  loss 1.5000  ETA 0:19",
    "epoch  1/10  loss 1.5000  ET",
  ]);
});

Deno.test("progress: the line of an epoch, which may stay, keeps its scores first", () => {
  const { step, end, written } = stage({ isTerminal: true, columns: 80 }, 1);
  step(1);
  end(1, { loss: 2, metrics: { accuracy: 0.25 }, examples: 10 });
  assertEquals(
    written.at(-1)!.trim(),
    "epoch 1/1  loss 1.5000  accuracy 0.400  val loss 2.0000  val accuracy 0.250",
  );
});

Deno.test("progress: an interrupt ends the line, once, and only while there is one", () => {
  const listening = new Set<() => void>();
  const onInterrupt = (then: () => void) => {
    listening.add(then);
    return () => void listening.delete(then);
  };
  const { step, over, written } = stage({ isTerminal: true, onInterrupt }, 1);
  assertEquals(listening.size, 0);
  step(1);
  step(1);
  assertEquals(listening.size, 1);
  for (const interrupt of listening) interrupt();
  assertEquals([written.at(-1), listening.size], ["\n", 0]);
  over();
  assertEquals(written.filter((text) => text === "\n").length, 1);
  step(1); // of a program that goes on
  assertEquals([written.at(-1)![0], listening.size], ["\r", 1]);
  over();
  assertEquals([written.at(-1), listening.size], ["\n", 0]);
  const file = stage({ onInterrupt }, 1);
  file.step(1);
  file.end(1);
  assertEquals(listening.size, 0);
});

Deno.test(ifPossible({
  name: "progress: on a terminal the prompt after Ctrl+C is on a line of its own",
  needs: TERMINAL_NEEDS,
  skip: NO_TERMINAL,
  fn: async () => {
    const program = new URL("interrupted_training.ts", import.meta.url).pathname;
    const run = `${Deno.execPath()} run --allow-run ${program}`;
    const { text } = await onTerminal(`${run}; echo "prompt $?"`);
    assertMatch(text, /ETA \d:\d\d *\r\nprompt 130\r\n$/);
    const listening = await onTerminal(`${run} listening; echo "prompt $?"`);
    assertMatch(listening.text, /ETA \d:\d\d *\r\n\r[^\n]*\r\ntrained\r\nprompt 0\r\n$/);
  },
}));

Deno.test("progress: the bar is not drawn more often than people look", () => {
  const { step, written } = stage({ isTerminal: true }, 1);
  for (let i = 0; i < 100; i++) step(0.001);
  assertEquals(written.length, 2);
});

Deno.test("progress: on a terminal the programs that a backend compiles are counted", () => {
  const watchers = new Set<(compiled: number, wanted: number) => void>();
  const backend = {
    ...referenceBackend(),
    watchPrograms(watcher: (compiled: number, wanted: number) => void) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
  const params = tensor([1], { backend });
  for (const isTerminal of [true, false]) {
    const written: string[] = [];
    let clock = 0;
    const output = { write: (text: string) => void written.push(text), isTerminal, columns: 40 };
    const bar = progressBar({ output, now: () => clock });
    const training = {
      params,
      optimizer: { state: () => ({}) },
      epochs: 1,
      size: undefined,
      seed: 0,
      history: [],
    };
    bar.start!(training);
    for (const compiled of [11, 12, 13]) {
      for (const watcher of watchers) watcher(compiled, 42);
      clock += 50;
    }
    bar.end!(training);
    const lines = [11, 13].map((n) => `\r${`compiling ${n} of 42 programs`.padEnd(39)}`);
    assertEquals(written, isTerminal ? [...lines, "\n"] : []);
    assertEquals(watchers.size, 0);
  }
});
