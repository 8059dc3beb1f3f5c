// Nothing grows in a long training, whoever writes the loop. `deno task soak` makes 30,000 steps,
// every night, and prints what was held.

import { assertThrows } from "@std/assert";
import { scaled } from "../support/effort.ts";
import { assertNothingGrew, soak, type SoakFigures } from "../support/soak.ts";

for (const way of ["by hand", "fit"] as const) {
  for (const threads of [1, 2]) {
    Deno.test(`soak: nothing grows in a training ${way === "fit" ? "with " : ""}${way}, ${threads} threads`, async () => {
      assertNothingGrew(await soak({ way, threads, steps: scaled(600) }));
    });
  }
}

Deno.test("soak: what grows is found", () => {
  const figures: SoakFigures = {
    steps: 100,
    milliseconds: [1, 1],
    loss: [1, 0],
    liveBytes: [500],
    memory: [2 ** 20, 2 ** 20],
    heap: [1e7, 1e7],
  };
  assertNothingGrew(figures);
  assertThrows(() => assertNothingGrew({ ...figures, liveBytes: [500, 504] }), Error, "of arrays");
  const memory = [2 ** 20, 2 ** 21] as const;
  assertThrows(() => assertNothingGrew({ ...figures, memory }), Error, "backend's memory");
  const heap = [1e7, 2e7] as const;
  assertThrows(() => assertNothingGrew({ ...figures, heap }), Error, "the heap has grown");
});
