// The allocator of backends: blocks never overlap, memory is reused and merged, and a full
// memory is refused with all the numbers, and usable afterwards.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Allocator, type Growable } from "../../src/backends/allocator/allocator.ts";
import { PagedIntegers } from "../../src/backends/allocator/paged_integers.ts";
import { callsDuring, type CountedMethods } from "../support/work.ts";

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

Deno.test("allocator: of free blocks the smallest that fits is taken", () => {
  const allocator = new Allocator(growable(MEGA), 0, 64 * MEGA);
  const sizes = [600, 17, 100, 39, 38, 5];
  const blocks = sizes.map((lines) => {
    const start = allocator.allocate(lines * 64);
    allocator.allocate(1);
    return start;
  });
  for (const start of blocks) allocator.release(start);
  for (const [lines, block] of [[4, 5], [16, 1], [30, 4], [39, 3], [90, 2], [101, 0]]) {
    assertEquals(allocator.allocate(lines * 64), blocks[block], `${lines} lines`);
  }
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
      "1048576 bytes asked for, 1572864 bytes live, maximum 2097152; the garbage collector " +
      "frees forgotten tensors between turns of the event loop, never within a loop without " +
      "timers: begin its body with `using arena = new Arena()` or run it in " +
      "scoped(new Arena(), …), which frees results at its end, as a tape does; or raise " +
      "wasmBackend({ maxBytes })",
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

/** Reads and writes of tables, whichever kind of table it is. */
const TABLES: readonly CountedMethods[] = [
  { of: PagedIntegers.prototype, names: ["get", "set"] },
  { of: Map.prototype, names: ["get", "set", "has", "delete"] },
  { of: Set.prototype, names: ["add", "has", "delete"] },
];

/** An allocator with so many free blocks, of one size each of which is between blocks in use. */
function scattered(free: number, bytes: number): { allocator: Allocator; blocks: number[] } {
  const allocator = new Allocator(growable(MEGA), 0, 2 ** 32);
  const blocks = Array.from({ length: 2 * free }, () => allocator.allocate(bytes));
  blocks.forEach((start, i) => {
    if (i % 2 === 0) allocator.release(start);
  });
  return { allocator, blocks: blocks.filter((_, i) => i % 2 === 1) };
}

Deno.test("allocator: a call looks up as much among 100,000 blocks as among 1,000", () => {
  // Blocks of 38 lines are in one list with those of 39: they are looked at, and none fits.
  for (const bytes of [64, 38 * 64, 100 * 64]) {
    const counts = [1_000, 10_000, 100_000].map((free) => {
      const { allocator, blocks } = scattered(free, bytes);
      const worst = Math.max(...[1, 64, 65, 39 * 64, 100 * 64, MEGA].map((asked) => {
        let start = 0;
        const took = callsDuring(() => start = allocator.allocate(asked), ...TABLES);
        return took + callsDuring(() => allocator.release(start), ...TABLES);
      }));
      const freeing = callsDuring(() => allocator.release(blocks[free >> 1]), ...TABLES);
      return [worst, freeing];
    });
    assert(counts[0][0] < 100 && counts[0][1] < 50, `${counts[0]} for blocks of ${bytes} bytes`);
    assertEquals(counts[1], counts[0]);
    assertEquals(counts[2], counts[0]);
  }
});

Deno.test("allocator: no key of a hash table is deleted, which would be set again", () => {
  // V8 leaves deleted keys in the chain of their hash until it makes the table anew: among 100,000
  // keys, to delete one and set it again took 100 times longer than among 1,000.
  const { allocator } = scattered(1_000, 64);
  const deletions = callsDuring(
    () => {
      for (let i = 0; i < 100; i++) allocator.release(allocator.allocate(200));
    },
    { of: Map.prototype, names: ["delete"] },
    { of: Set.prototype, names: ["delete"] },
  );
  assertEquals(deletions, 0);
});

Deno.test("allocator: before it refuses it looks at every free block that might fit", () => {
  // 100 blocks of 38 lines before one of 39 in the list of their class; no larger one is free.
  const allocator = new Allocator(growable(MEGA), 0, MEGA);
  const blocks = [39, ...Array.from({ length: 100 }, () => 38)].map((lines) => {
    const start = allocator.allocate(lines * 64);
    allocator.allocate(1);
    return start;
  });
  const rest = MEGA - (39 + 100 * 38 + 101) * 64;
  allocator.allocate(rest);
  for (const start of blocks) allocator.release(start);
  assertEquals(allocator.allocate(39 * 64), blocks[0]);
  assertThrows(() => allocator.allocate(39 * 64), RangeError, "Cannot allocate memory");
});

Deno.test("allocator: an address where no block begins is left alone", () => {
  const allocator = new Allocator(growable(MEGA), 0, MEGA);
  const start = allocator.allocate(1000);
  for (const other of [start + 4, start + 64, start + 1024, 2 ** 31, -64]) allocator.release(other);
  assertEquals(allocator.liveBytes, 1000);
  allocator.release(start);
  allocator.release(start);
  assertEquals(allocator.liveBytes, 0);
});
