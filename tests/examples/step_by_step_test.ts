// The step-by-step example: its random numbers are NumPy's, its numbers the exercise's.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sum } from "../../mod.ts";
import { parseNpy } from "../../src/data/mod.ts";
import { agrees, convBackward, poolBackward, steps } from "../../examples/step_by_step.ts";
import { NumpyRandom } from "../../examples/step_by_step/numpy_random.ts";
import { seedCases } from "../golden/seed_cases/goldens.ts";
import { assertWithin } from "../support/compare.ts";
import { ifPossible } from "../support/permissions.ts";
import { runExample } from "./run_example.ts";

function golden(name: keyof typeof seedCases) {
  const bytes = Uint8Array.from(atob(seedCases[name]), (character) => character.charCodeAt(0));
  return parseNpy(bytes, { name });
}

Deno.test("step by step example: random numbers are NumPy's, beyond the first 624 words", () => {
  const random = new NumpyRandom(1);
  for (const name of ["conv_forward.a", "conv_forward.w", "conv_forward.b"] as const) {
    const { shape, data } = golden(name);
    const found = random.randn(...shape);
    assertEquals([found.shape, found.dtype], [shape, "float64"]);
    assertWithin(found.dataSync(), data, () => 1e-15 * 8, name);
  }
});

Deno.test("step by step example: every number is what the exercise expects", () => {
  const results = steps();
  assertEquals(results.filter((result) => !agrees(result)), []);
  const functions = new Set(results.map(({ name }) => name.split(":")[0]));
  assertEquals([...functions], [
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "conv_backward",
    "pool_forward",
    "create_mask_from_window",
    "distribute_value",
    "pool_backward",
  ]);
});

Deno.test("step by step example: a wrong number is seen", () => {
  const result = { name: "", found: [1, 2.00000001], expected: [1, 2] };
  assert(!agrees(result));
  assert(!agrees({ ...result, found: [1] }));
  assert(agrees({ ...result, found: [1, 2 + 4e-9] }));
});

Deno.test("step by step example: gradients where the exercise is wrong", () => {
  const random = new NumpyRandom(2);
  // Padding 0, which the exercise cannot do.
  const inputs = {
    aPrev: random.randn(1, 3, 3, 1),
    w: random.randn(2, 2, 1, 1),
    b: random.randn(1, 1, 1, 1),
  };
  const dz = random.randn(1, 2, 2, 1);
  const { b, aPrev } = convBackward(dz, inputs, { stride: 1, padding: 0 });
  const total = sum(dz).item();
  assertWithin([b.item()], [total], () => 1e-12, "db");
  assertEquals(aPrev.shape, [1, 3, 3, 1]);
  // Stride 2: what goes in comes out.
  const x = random.randn(1, 4, 4, 1);
  for (const mode of ["max", "average"] as const) {
    const dx = poolBackward(dz, x, { f: 2, stride: 2 }, mode);
    const mass = sum(dx).item();
    assertWithin([mass], [total], () => 1e-12, mode);
  }
});

Deno.test(ifPossible({
  name: "step by step example: runs without permission, explains itself, refuses other arguments",
  needs: { run: true, read: true },
  async fn() {
    const plain = await runExample("step_by_step.ts");
    assertEquals([plain.code, plain.stderr], [0, ""]);
    assertStringIncludes(plain.stdout, "ok  conv_single_step: Z\n    found     -6.99908945\n");
    assertStringIncludes(plain.stdout, "\n17 of 17 as the exercise expects\n");
    assertStringIncludes(
      (await runExample("step_by_step.ts", "--help")).stdout,
      "Usage: deno run examples/step_by_step.ts",
    );
    const wrong = await runExample("step_by_step.ts", "--fast");
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertEquals(wrong.stderr, "Cannot read arguments: --help is the only one: got --fast\n");
  },
}));
