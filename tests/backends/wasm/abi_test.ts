// The generated calls of kernels: they take typed arguments alone, and refuse numbers that would wrap.

import { assertEquals, assertThrows } from "@std/assert";
import * as abi from "../../../src/backends/wasm/abi.ts";
import { int32, type Job, uint32, writeList } from "../../../src/backends/wasm/arguments.ts";
import { Engine } from "../../../src/backends/wasm/engine.ts";
import { PARAMS } from "../../../src/backends/wasm/layout.ts";

/** A job that notes what was started; its memory ends where arguments do. */
function note(): Job & { started: number[][] } {
  const memory = new ArrayBuffer(PARAMS + 256);
  const started: number[][] = [];
  return {
    ints: new Int32Array(memory),
    floats: new Float32Array(memory),
    octets: new Uint8Array(memory),
    started,
    start: (kernel, chunks) => started.push([kernel, chunks]),
  };
}

const FILL: abi.FillArgs = { y: 4096, size: 5, block: 3, value: 1.5 };

Deno.test("abi: an argument that is missing, too many or of another type does not compile", () => {
  const { value: _value, ...others } = FILL;
  const never = () => {
    // @ts-expect-error: a kernel's arguments are all required
    abi.fill(note(), 2, others);
    // @ts-expect-error: a kernel has no arguments but those that it declares
    abi.fill(note(), 2, { ...FILL, padding: 1 });
    // @ts-expect-error: a number is no answer
    abi.where(note(), 2, { ...WHERE, aRepeats: 1 });
    // @ts-expect-error: kernels are called by name
    abi.filll(note(), 2, FILL);
  };
  assertEquals(typeof never, "function");
});

const WHERE: abi.WhereArgs = {
  condition: 4096,
  a: 8192,
  b: 12288,
  y: 2 ** 32 - 4,
  size: 7,
  block: 2 ** 31 - 1,
  aRepeats: false,
  bRepeats: true,
};

Deno.test("abi: a writer puts arguments where the kernel's class has them", () => {
  const job = note(), at = PARAMS / 4;
  abi.fill(job, 2, FILL);
  assertEquals([...job.ints.subarray(at, at + 3), job.floats[at + 3]], [4096, 5, 3, 1.5]);
  job.octets.fill(7);
  abi.where(job, 3, WHERE);
  assertEquals([...job.ints.subarray(at, at + 6)], [4096, 8192, 12288, -4, 7, 2 ** 31 - 1]);
  assertEquals([...job.octets.subarray(PARAMS + 24, PARAMS + 27)], [0, 1, 7]);
  assertEquals(job.started.map(([, chunks]) => chunks), [2, 3]);
});

Deno.test("abi: a number that would wrap is refused by its name, and nothing runs", () => {
  const job = note();
  const refused = (change: Partial<abi.FillArgs>) =>
    assertThrows(() => abi.fill(job, 1, { ...FILL, ...change }), RangeError).message;
  assertEquals(
    refused({ size: 2 ** 31 }),
    "Cannot run kernel: size must be an integer from -2147483648 to 2147483647: got 2147483648; " +
      "take smaller arrays",
  );
  assertEquals(
    refused({ y: 2 ** 32 }),
    "Cannot run kernel: y must be an integer from 0 to 4294967295: got 4294967296; " +
      "take smaller arrays",
  );
  for (const wrong of [0.5, NaN, Infinity, -(2 ** 31) - 1, 2 ** 53]) {
    assertThrows(() => abi.fill(job, 1, { ...FILL, block: wrong }), RangeError, `got ${wrong}`);
  }
  assertThrows(() => abi.fill(job, 1, { ...FILL, y: -4 }), RangeError, "y must be");
  assertEquals(job.started, []);
});

Deno.test("abi: the bounds of integers themselves are taken", () => {
  assertEquals([-(2 ** 31), -1, 2 ** 31 - 1].map((n) => int32(n, {})), [
    -(2 ** 31),
    -1,
    2 ** 31 - 1,
  ]);
  assertEquals([0, 2 ** 31, 2 ** 32 - 1].map((n) => uint32(n, {})), [0, 2 ** 31, 2 ** 32 - 1]);
});

Deno.test("abi: distances are taken modulo 2³², in arguments and in lists, and no further", () => {
  const ints = new Int32Array(4);
  writeList([5, -8, 2 ** 32 - 8], ints, 1);
  assertEquals([...ints], [0, 5, -8, -8]);
  for (const wrong of [2 ** 32, -(2 ** 31) - 1, 0.25]) {
    const { message } = assertThrows(() => writeList([1, wrong], ints, 0), RangeError);
    assertEquals(
      message,
      "Cannot run kernel: each listed size and distance must be an integer from -2147483648 to " +
        `4294967295: got ${wrong}; take smaller arrays`,
    );
  }
});

Deno.test("abi: an engine refuses a number of chunks that would wrap", () => {
  const engine = new Engine({ threads: 1, simd: "plain", maxBytes: 2 ** 24 });
  try {
    const y = engine.allocator.allocate(64);
    const chunks = 2 ** 31;
    assertThrows(() => abi.fill(engine, chunks, { ...FILL, y }), RangeError, "chunks must be");
    abi.fill(engine, 2, { ...FILL, y });
    assertEquals([...engine.floats.subarray(y / 4, y / 4 + 5)], Array(5).fill(1.5));
  } finally {
    engine.close();
  }
});
