// Generated files say what is so: they are written again and compared. And what is read from the
// sources of operations.

import { assertEquals } from "@std/assert";
import { STEPS, stepsNamed } from "../../tools/generate.ts";
import {
  type Declaration,
  declarationsIn,
  firstSentence,
  isPublic,
  opNameOf,
  publicTypes,
} from "../../tools/generate/op_sources.ts";
import { type Output, staleOutputs } from "../../tools/generate/output.ts";
import { assertExactError } from "../support/exact_error.ts";
import { ifPossible } from "../support/permissions.ts";

for (const step of STEPS) {
  Deno.test(ifPossible({
    name: `generate: ${step.name} are up to date`,
    // The compiler of kernels looks at the environment when it is loaded.
    needs: step.name === "kernels" ? { read: true, env: true } : { read: true },
    async fn() {
      const stale = (await Array.fromAsync(staleOutputs(step))).map(({ path }) =>
        `${path} is stale: run deno task generate ${step.name}`
      );
      assertEquals(stale, []);
    },
  }));
}

Deno.test(ifPossible({
  name: "generate: a file that is missing or says something else is stale",
  needs: { read: true },
  async fn() {
    const outputs: Output[] = [
      { path: "deno.json", text: "{}" },
      { path: "deno.json", text: "{}", isSame: (text) => text.startsWith("{") },
      { path: "no_such_file.ts", text: "" },
    ];
    const step = {
      name: "files",
      from: "nothing",
      async *outputs() {
        yield* await Promise.resolve(outputs);
      },
    };
    assertEquals(await Array.fromAsync(staleOutputs(step)), [outputs[0], outputs[2]]);
  },
}));

Deno.test("generate: words name steps, which run in their order", () => {
  const names = (words: string[]) => stepsNamed(words).map(({ name }) => name);
  assertEquals(names([]), STEPS.map(({ name }) => name));
  assertEquals(names(["features", "tables"]), ["tables", "features"]);
  const known = STEPS.map(({ name, from }) => `\n  ${name}: ${from}`).join("");
  assertExactError(
    () => stepsNamed(["tables", "table"]),
    RangeError,
    `Cannot generate: each word must name a step: got table; the steps are${known}`,
  );
});

const SOURCE = `/**
 * Halves, and more.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";

/** Numbers of {@link halve}. */
export interface HalveOptions extends Common {
  readonly times?: number;
}

/** Options that are shared. */
export type Common = { readonly mode: Mode };

export type Mode = "up" | "down";

/** The attributes of the op. */
export interface HalveAttributes {
  readonly times: number;
}

/**
 * Half of each element of {@link Tensor}, or
 * less. Not more.
 *
 * @example
 */
export function halve(
  x: Tensor,
  { times = 1 }: HalveOptions,
): Tensor {
  const attributes: HalveAttributes = { times };
  return apply(halveOp, { x }, attributes);
}

/** A helper. */
export function helper(x: HalveAttributes): void {}

/** Its op. */
export const halveOp: Op = defineOp({});

export const TIMES = 1;
`;

Deno.test("generate: functions with an example are public, with the types that they name", () => {
  const declarations = declarationsIn(SOURCE);
  const names = (some: readonly Declaration[]) => some.map(({ name }) => name);
  assertEquals(names(declarations.filter(isPublic)), ["halve"]);
  const types = publicTypes([{ name: "x", files: [{ file: "halve.ts", declarations }] }]);
  assertEquals([...types], ["HalveOptions", "Common", "Mode"]);
  assertEquals(declarations.flatMap((one) => opNameOf(one) ?? []), ["halve"]);
});

Deno.test("generate: a page says the first sentence of docs", () => {
  const docs = declarationsIn(SOURCE).map(({ doc }) => firstSentence(doc));
  assertEquals(docs, [
    "Numbers of `halve`.",
    "Options that are shared.",
    "",
    "The attributes of the op.",
    "Half of each element of `Tensor`, or less.",
    "A helper.",
    "Its op.",
    "",
  ]);
});
