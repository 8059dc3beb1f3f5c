// Times that a graphics device takes itself, by ops and by entries of a tape.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { add, conv2d, matmul, ones, sum, tanh, Tape, tensor } from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { webgpuTest } from "../../support/webgpu.ts";

Deno.test(webgpuTest("webgpu: a profile has the device's times, forward and backward", async () => {
  using backend = await webgpuBackend();
  if (backend.timeKernels === undefined) return; // this adapter takes no times
  const live = backend.liveBytes;
  {
    using tape = new Tape({ profile: true });
    const [x, w] = [ones([2, 40, 40, 8], { backend }), ones([5, 5, 8, 16], { backend })];
    tape.watch(w);
    tape.adopt([x, w]);
    tape.gradient(sum(tanh(conv2d(x, w))), w);
    const profiler = tape.profiler!;
    assert(profiler.waiting > 0);
    assertMatch(
      tape.profile(),
      /\d+ times are not known yet: await tape\.profiler\.settled\(\)\n$/,
    );
    await profiler.settled();
    assertEquals(profiler.waiting, 0);
    const conv = profiler.rows.find(({ op }) => op === "conv2d");
    assert(conv !== undefined && conv.milliseconds > 0, tape.profile());
    assert(profiler.rows.every(({ milliseconds }) => milliseconds >= 0), tape.profile());
    // Every application has its own time, which the rows add up.
    const own = profiler.runs.flatMap(({ ops }) => ops);
    for (const { op, milliseconds, calls } of profiler.rows) {
      const found = own.filter((one) => one.op === op);
      const total = found.reduce((sum, one) => sum + one.milliseconds, 0);
      assertEquals(found.length, calls);
      assert(Math.abs(total - milliseconds) <= 1e-9 * Math.max(1, total), op);
    }
    const backward = profiler.rows.reduce((sum, row) => sum + row.backwardMilliseconds, 0);
    assert(backward > 0, tape.profile());
  }
  assertEquals(backend.liveBytes, live);
}));

Deno.test(webgpuTest("webgpu: times within times are left out, and a list may be cut", async () => {
  using backend = await webgpuBackend();
  if (backend.timeKernels === undefined) return; // this adapter takes no times
  const x = ones([300, 300], { backend });
  const stopAll = backend.timeKernels();
  const stopInner = backend.timeKernels();
  let y = x;
  for (let i = 0; i < 3; i++) y = matmul(y, x);
  const inner = await stopInner(); // other commands are handed over meanwhile
  for (let i = 0; i < 300; i++) add(tensor([1, 2], { backend }), 1).dispose(); // more than a list
  const outer = await stopAll();
  assert(inner > 0 && outer > 0, `${inner}, ${outer}`);
  const nothing = await backend.timeKernels()();
  assertEquals(nothing, 0);
}));

Deno.test(webgpuTest("webgpu: times of a device that is gone are refused", async () => {
  const backend = await webgpuBackend();
  if (backend.timeKernels === undefined) return backend.close(); // this adapter takes no times
  const x = ones([3, 5], { backend });
  const stop = backend.timeKernels();
  tanh(x);
  const taken = stop();
  backend.close();
  await assertRejects(() => taken, Error, "Cannot compute on webgpu: the device must answer");
}));
