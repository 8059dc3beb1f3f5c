// The allocator of the WASM backend: blocks never overlap, memory is reused and merged, and a full
// memory is refused with all the numbers, and usable afterwards.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Allocator, type Growable } from "../../../src/backends/wasm/allocator.ts";

const MEGA = 2 ** 20;

function growable(size: number): Growable {
  return {
    get size() {
      return size;
    },
    growTo(wanted) {
      size = wanted;
      return true;
    },
  };
}

Deno.test("allocator: blocks are aligned, inside the memory, and never overlap", () => {
  const action = fc.record({ bytes: fc.integer({ min: 0, max: 5000 }), release: fc.nat(20) });
  fc.assert(fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
    const memory = growable(4096);
    const allocator = new Allocator(memory, 1024, 64 * MEGA);
    const blocks: { start: number; bytes: number }[] = [];
    for (const { bytes, release } of actions) {
      if (release < blocks.length) {
        const [block] = blocks.splice(release, 1);
        allocator.release(block.start);
      } else {
        blocks.push({ start: allocator.allocate(bytes), bytes });
      }
      const sorted = blocks.toSorted((a, b) => a.start - b.start);
      sorted.forEach(({ start, bytes }, i) => {
        assertEquals(start % 64, 0);
        assert(start >= 1024 && start + bytes <= memory.size);
        if (i > 0) assert(sorted[i - 1].start + sorted[i - 1].bytes <= start);
      });
      assertEquals(allocator.liveBytes, blocks.reduce((sum, b) => sum + b.bytes, 0));
    }
  }));
});

Deno.test("allocator: what is given back is used again, merged with its neighbours", () => {
  const memory = growable(MEGA);
  const allocator = new Allocator(memory, 0, 64 * MEGA);
  const blocks = Array.from({ length: 10 }, () => allocator.allocate(64 * 1024));
  const last = allocator.allocate(64);
  for (const start of blocks) allocator.release(start);
  assertEquals(allocator.allocate(640 * 1024), blocks[0]);
  allocator.release(last);
  assertEquals(memory.size, MEGA);
});

Deno.test("allocator: a loop of the same blocks does not grow the memory", () => {
  const memory = growable(MEGA);
  const allocator = new Allocator(memory, 0, 1024 * MEGA);
  const sizes = [100, 5_000_000, 70_000, 3, 900_000];
  const loop = () => {
    const blocks = sizes.map((bytes) => allocator.allocate(bytes));
    for (const start of blocks) allocator.release(start);
  };
  loop();
  const { size } = memory;
  for (let i = 0; i < 1000; i++) loop();
  assertEquals([memory.size, allocator.liveBytes], [size, 0]);
});

Deno.test("allocator: a full memory is refused with its numbers and stays usable", () => {
  const allocator = new Allocator(growable(MEGA), 0, 2 * MEGA);
  const start = allocator.allocate(1.5 * MEGA);
  const error = assertThrows(() => allocator.allocate(MEGA), RangeError);
  assertEquals(
    error.message,
    "Cannot allocate memory: live tensors and new ones must fit the backend's maximum: " +
      "1048576 bytes asked for, 1572864 bytes live, maximum 2097152; free tensors (a tape frees " +
      "its own at its end) or raise wasmBackend({ maxBytes })",
  );
  assertEquals(allocator.liveBytes, 1.5 * MEGA);
  allocator.release(start);
  allocator.release(allocator.allocate(2 * MEGA));
});

Deno.test("allocator: memory that does not grow is refused like a full one", () => {
  const memory: Growable = { size: MEGA, growTo: () => false };
  const allocator = new Allocator(memory, 0, 64 * MEGA);
  assertThrows(
    () => allocator.allocate(2 * MEGA),
    RangeError,
    "2097152 bytes asked for, 0 bytes live",
  );
  allocator.release(allocator.allocate(MEGA / 2));
});

Deno.test("allocator: sizes beyond 32 bits are refused before a size class is looked for", () => {
  const allocator = new Allocator(growable(MEGA), 0, 64 * MEGA);
  for (const bytes of [2 ** 32, 2 ** 33, 2 ** 53, Infinity, NaN]) {
    assertThrows(() => allocator.allocate(bytes), RangeError, `${bytes} bytes asked for`);
  }
  assertEquals(allocator.liveBytes, 0);
});
