// Progress of a training: plain lines when piped, one line that is written over on a terminal.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Progress, type ProgressOutput } from "@tapegrad/tapegrad/train";

/** An output that remembers, and a clock that is set by hand. */
function stage(output: Partial<ProgressOutput>, epochs: number) {
  const written: string[] = [];
  let time = 0;
  const progress = new Progress({
    epochs,
    examples: 100,
    output: { write: (text) => written.push(text), isTerminal: false, ...output },
    now: () => time,
  });
  const step = (seconds: number, loss: number, right: number) => {
    time += seconds * 1000;
    progress.step({ examples: 50, loss, right });
  };
  return { progress, step, written };
}

Deno.test("progress: one plain line an epoch where there is no terminal", () => {
  const { progress, step, written } = stage({}, 2);
  step(1, 2, 10);
  step(1, 1, 30);
  const report = progress.endEpoch();
  assertEquals(written, ["epoch 1/2  loss 1.5000  accuracy 0.400  50 images/s\n"]);
  assertEquals(report, { epoch: 1, loss: 1.5, accuracy: 0.4, speed: 50 });
});

Deno.test("progress: means begin anew with every epoch", () => {
  const { progress, step, written } = stage({}, 2);
  step(1, 2, 10);
  step(1, 2, 10);
  progress.endEpoch();
  step(0.5, 1, 50);
  step(0.5, 1, 50);
  progress.endEpoch();
  assertEquals(written[1], "epoch 2/2  loss 1.0000  accuracy 1.000  100 images/s\n");
});

Deno.test("progress: a bar with the time left on a terminal, the last line kept", () => {
  const { progress, step, written } = stage({ isTerminal: true, columns: 120 }, 1);
  step(1, 2, 10);
  assertStringIncludes(written[0], "████████████░░░░░░░░░░░░ epoch 1/1");
  assertStringIncludes(written[0], "ETA 0:01");
  assertEquals(written[0].startsWith("\r"), true);
  step(1, 2, 10);
  progress.endEpoch();
  assertEquals(written.at(-1), "\n");
});

Deno.test("progress: a bar is never wider than the terminal", () => {
  const { step, written } = stage({ isTerminal: true, columns: 30 }, 1);
  step(1, 2, 10);
  assertEquals(written[0].length, 30);
});

Deno.test("progress: the bar is not drawn more often than people look", () => {
  const { step, written } = stage({ isTerminal: true }, 1000);
  for (let i = 0; i < 100; i++) step(0.001, 2, 10);
  assertEquals(written.length, 2);
});
