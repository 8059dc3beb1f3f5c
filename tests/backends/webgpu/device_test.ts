// The device behind the WebGPU backend: tested when a backend is made, full, lost, not there.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { add, exp, matmul, mul, sgd, sum, tanh, Tape, tensor, zeros } from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { requirementNames, unmetRequirements } from "../../../src/backends/webgpu/self_test.ts";
import { EFFORT } from "../../support/effort.ts";
import { assertExactError, assertExactRejection } from "../../support/exact_error.ts";
import { webgpuTest } from "../../support/webgpu.ts";

const MEGA = 2 ** 20;

Deno.test("webgpu: the test of a device names what does not hold", () => {
  const names = requirementNames();
  const nothing = new Float32Array(names.length).fill(12345);
  assertEquals(unmetRequirements(nothing), names);
});

Deno.test(webgpuTest("webgpu: what the device holds is read back, of every dtype", async () => {
  using backend = await webgpuBackend();
  const floats = tensor([1.5, -0, NaN, Infinity], { backend });
  assertEquals([...await floats.data()], [1.5, -0, NaN, Infinity]);
  const bytes = tensor(new Uint8Array([1, 200, 255]), { backend });
  assertEquals([...await add(bytes, bytes).data()], [2, 144, 254]);
  const doubles = tensor(Float64Array.of(1 / 3), { backend });
  assertEquals([...await add(doubles, doubles).data()], [2 / 3]);
  assertEquals([...await zeros([2, 0], { backend }).data()], []);
  // A read shows what was there when it was asked for.
  const w = tensor([1, 2], { backend });
  const before = w.data();
  using tape = new Tape();
  tape.watch(w);
  sgd({ learningRate: 1 }).step({ w }, { w: tape.gradient(sum(mul(w, w)), w) });
  assertEquals([[...await before], [...await w.data()]], [[1, 2], [-1, -2]]);
}));

Deno.test(webgpuTest("webgpu: a full device says so, and stays usable", async () => {
  using backend = await webgpuBackend({ maxBytes: 32 * MEGA });
  const first = zeros([4 * MEGA], { backend });
  const second = zeros([3 * MEGA], { backend });
  const error = assertThrows(() => zeros([2 * MEGA], { backend }), RangeError);
  assert(error.message.endsWith("or raise webgpuBackend({ maxBytes })"), error.message);
  first.dispose();
  second.dispose();
  const third = add(zeros([3 * MEGA], { backend }), 1);
  assertEquals((await sum(third).data())[0], 3 * MEGA);
}));

Deno.test(webgpuTest("webgpu: a heap that grows keeps what it holds", async () => {
  using backend = await webgpuBackend();
  const x = tensor(Float32Array.from({ length: 1000 }, (_, i) => i), { backend });
  await sum(x).data();
  const { buffers } = backend.commands;
  const large = zeros([8 * MEGA], { backend });
  assertEquals((await sum(add(large, 1)).data())[0], 8 * MEGA);
  assert(backend.commands.buffers > buffers);
  assertEquals((await sum(x).data())[0], 499500);
}));

Deno.test(webgpuTest("webgpu: many steps hold no memory and create no buffer", async () => {
  using backend = await webgpuBackend();
  const params = { w: tensor([[1, 2], [3, 4]], { backend }), bias: tensor([0, 0], { backend }) };
  const x = tensor([[1, -1]], { backend });
  const optimizer = sgd({ learningRate: 1e-3, momentum: 0.9 });
  const run = async (steps: number) => {
    for (let i = 0; i < steps; i++) {
      using tape = new Tape();
      const { w, bias } = tape.watch(params);
      const loss = sum(mul(add(mul(w, x), bias), w));
      optimizer.step(params, tape.gradient(loss, params));
      if (i % 100 === 99) await loss.data();
    }
  };
  await run(100);
  const [live, before] = [backend.liveBytes, backend.commands];
  await run(EFFORT === "quick" ? 200 : 2000);
  const after = backend.commands;
  assertEquals([backend.liveBytes, after.buffers, after.programs], [
    live,
    before.buffers,
    before.programs,
  ]);
}));

Deno.test(webgpuTest("webgpu: a lost device rejects what waits, and what comes after", async () => {
  // deno-lint-ignore no-explicit-any -- types of WebGPU are not the same everywhere
  const adapter = await (navigator as any).gpu.requestAdapter();
  const device = await adapter.requestDevice();
  const backend = await webgpuBackend({ device });
  const x = tensor([1, 2, 3], { backend });
  assertEquals([...await add(x, 1).data()], [2, 3, 4]);
  device.destroy();
  const error = await assertRejects(() => add(x, 1).data(), Error);
  assert(error.message.startsWith("Cannot compute on webgpu: the device must answer: "));
  assert(error.message.endsWith("make a new backend, and load the last checkpoint there"));
  await assertRejects(() => add(x, 2).data(), Error, "the device must answer");
}));

Deno.test("webgpu: options that contradict each other are refused", async () => {
  await assertExactRejection(
    () => webgpuBackend({ device: {}, synchronousReads: true }),
    TypeError,
    "Cannot make webgpu backend: a device must stay where it is: synchronousReads puts one in a " +
      "worker; leave device or synchronousReads out",
  );
  await assertRejects(() => webgpuBackend({ maxBytes: 5 }), RangeError, "maxBytes");
  await assertRejects(() => webgpuBackend({ threads: 2 } as never), TypeError, "threads");
});

Deno.test("webgpu: without an adapter the error says what to do", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "navigator")!;
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  try {
    assertEquals(await webgpuBackend.isAvailable(), false);
    const error = await assertRejects(() => webgpuBackend(), Error);
    for (const word of ["navigator.gpu is not there", "https", "mesa-vulkan-drivers", "Node"]) {
      assert(error.message.includes(word), error.message);
    }
  } finally {
    Object.defineProperty(globalThis, "navigator", own);
  }
});

Deno.test(
  webgpuTest("webgpu: float64 that depends on the device needs reading at once", async () => {
    using backend = await webgpuBackend();
    const x = add(tensor([1, 2], { backend }), 1);
    assertExactError(
      () => x.toArray(),
      TypeError,
      "Cannot read tensor at once: its backend must answer at once: webgpu takes time; " +
        "await tensor.data() first, then it can",
    );
  }),
);

Deno.test(
  webgpuTest("webgpu: programs are counted as they are compiled, for who asks", async () => {
    using backend = await webgpuBackend();
    const told: number[][] = [];
    const before = backend.commands.programs;
    const stop = backend.watchPrograms!((...counts) => void told.push(counts));
    const x = tensor([[1, 2], [3, 4]], { backend });
    await matmul(x, tanh(x)).data();
    const wanted = before + 2;
    assertEquals(told, [[wanted - 1, wanted], [wanted, wanted]]);
    stop();
    await exp(x).data();
    assertEquals(told.length, 2);
  }),
);
