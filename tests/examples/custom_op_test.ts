// The example of an operation of one's own: it is right, the wrong one is found, and it learns.

import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { checkBoth, learnSine, swish } from "../../examples/custom_op.ts";
import { tensor } from "../../mod.ts";
import { ifPossible } from "../support/permissions.ts";
import { runExample } from "./run_example.ts";

Deno.test("custom op example: swish is what it says", () => {
  const y = swish(tensor([-30, -1, 0, 2], { dtype: "float64" })).dataSync();
  [-30, -1, 0, 2].forEach((x, i) => assertAlmostEquals(y[i], x / (1 + Math.exp(-x)), 1e-15));
  assertEquals(swish(tensor([NaN])).item(), NaN);
});

Deno.test("custom op example: the right gradient passes, the wrong one is named", () => {
  const [right, wrong] = checkBoth();
  assertEquals(right, { name: "swish", fault: undefined });
  assertStringIncludes(wrong.fault!, "Cannot accept gradient: the analytic value must be");
});

Deno.test("custom op example: it learns", () => {
  const losses = learnSine(300);
  assert(losses[299] < 0.01 * losses[0], `${losses[0]} -> ${losses[299]}`);
});

Deno.test(ifPossible({
  name: "custom op example: runs without permission, explains itself, refuses other arguments",
  needs: { run: true, read: true },
  async fn() {
    const plain = await runExample("custom_op.ts");
    assertEquals([plain.code, plain.stderr], [0, ""]);
    assertStringIncludes(plain.stdout, "swish: the gradient is right, to the second order");
    assertStringIncludes((await runExample("custom_op.ts", "--help")).stdout, "Usage: deno run");
    const wrong = await runExample("custom_op.ts", "x");
    assertEquals([wrong.code, wrong.stderr], [
      1,
      "Cannot read arguments: --help is the only one: got x\n",
    ]);
  },
}));
