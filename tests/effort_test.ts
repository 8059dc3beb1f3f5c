// The effort of the tests: what names and permissions make of it, and that checks keep to it.

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { forSamples } from "./support/checks.ts";
import {
  EFFORT,
  effortNamed,
  EFFORTS,
  readVariable,
  scaled,
  SEED,
  seedNamed,
} from "./support/effort.ts";
import { fuzz } from "./support/fuzz.ts";
import { ifPossible } from "./support/permissions.ts";

Deno.test("effort: quick where the environment may not be read, full unless another is named", () => {
  assertEquals(effortNamed(undefined), "quick");
  assertEquals(effortNamed(""), "full");
  for (const name of ["quick", "full", "high"] as const) assertEquals(effortNamed(name), name);
  for (const name of ["fast", "Quick", "toString", "1"]) {
    assertThrows(
      () => effortNamed(name),
      RangeError,
      `Cannot run tests: TAPEGRAD_EFFORT must be one of quick, full, high: ${name}`,
    );
  }
});

Deno.test({
  name: "effort: a variable that may not be read is neither asked for nor an error",
  permissions: { env: false },
  fn() {
    assertEquals(readVariable("TAPEGRAD_EFFORT"), undefined);
  },
});

Deno.test(ifPossible({
  name: "effort: a variable that may be read is",
  needs: { env: ["TAPEGRAD_NONE", "PATH"] },
  fn() {
    assertEquals(readVariable("TAPEGRAD_NONE"), "");
    assertEquals(readVariable("PATH"), Deno.env.get("PATH"));
  },
}));

Deno.test("effort: a seed is a whole number, the same one if none is named", () => {
  assertEquals([seedNamed(undefined), seedNamed(""), seedNamed("1"), seedNamed("-70")], [
    1,
    1,
    1,
    -70,
  ]);
  assertEquals(seedNamed("12345678901"), 12345678901 | 0); // as long as the number of a job
  for (const value of ["x", "1.5", "1e3", " 1", "0x1"]) {
    assertThrows(
      () => seedNamed(value),
      RangeError,
      `Cannot run tests: TAPEGRAD_SEED must be a whole number: ${value}`,
    );
  }
});

Deno.test("effort: no check is scaled down to nothing, or up without order", () => {
  for (const runs of [1, 2, 7, 60, 20_000]) {
    const [quick, full, high] = [
      scaled(runs, "quick"),
      scaled(runs, "full"),
      scaled(runs, "high"),
    ];
    assertEquals([quick >= 1, quick <= full, full, high > full], [true, true, runs, true]);
  }
  assertEquals(scaled(60, "quick"), 10);
  assertEquals(scaled(60), scaled(60, EFFORT));
});

Deno.test("effort: properties, samples of ops and damaged files take their runs from it", async () => {
  let runs = 0;
  const seen: number[] = [];
  fc.assert(fc.property(fc.nat(), (n) => {
    runs++;
    seen.push(n);
  }));
  assertEquals(runs, scaled(100));
  assertEquals(seen.slice(0, 5), fc.sample(fc.nat(), { seed: SEED, numRuns: 5 }));

  runs = 0;
  forSamples("add", {}, () => void runs++);
  assertEquals(runs, scaled(60));

  const damaged = await fuzz({ samples: [Uint8Array.of(1, 2)], read: () => 0, check: () => {} });
  assertEquals([damaged.runs, damaged.read], [scaled(20_000), scaled(20_000)]);
});

Deno.test("effort: the samples that must find a planted fault are as many at any effort", () => {
  let runs = 0;
  forSamples("add", { runs: 37 }, () => void runs++);
  assertEquals(runs, 37);
  assertEquals(Object.values(EFFORTS).includes(1), true);
});
