// Options that a function does not know: refused by every public function that takes any, found in
// the documentation of the entries.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import * as tapegrad from "@tapegrad/tapegrad";
import * as nn from "@tapegrad/tapegrad/nn";
import * as testing from "@tapegrad/tapegrad/testing";
import { conv2d, dense, maxPool, mean, scoped, sum, Tape, zeros } from "@tapegrad/tapegrad";
import { checkOptions } from "../../src/core/options.ts";
import { ifPossible } from "../support/permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** Entries whose functions are tried. */
const ENTRIES = [
  { file: "mod.ts", names: tapegrad },
  { file: "src/testing/mod.ts", names: testing },
  { file: "src/nn/mod.ts", names: nn },
] as { file: string; names: Record<string, unknown> }[];

/** A function as `deno doc --json` describes it. */
interface Described {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly def: { readonly params?: readonly unknown[] };
  }[];
}

async function described(entry: string): Promise<Described[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", entry],
    cwd: ROOT,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes).flatMap((node) => (node as { symbols: Described[] }).symbols);
}

/** Lists functions whose last parameter is options, with the number of parameters before it. */
async function withOptions(entry: string): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for (const { name, declarations } of await described(entry)) {
    for (const { kind, def } of declarations) {
      if (kind !== "function") continue;
      const params = def.params ?? [];
      if (/"typeName":"\w+(Options|Window)"/.test(JSON.stringify(params.at(-1) ?? null))) {
        found.push([name, params.length - 1]);
      }
    }
  }
  return found;
}

Deno.test(ifPossible({
  name: "options: every public function refuses those that it does not know, by name",
  needs: { read: true, run: true },
  async fn() {
    for (const { file, names } of ENTRIES) {
      const found = await withOptions(file);
      assert(found.length > 2, `${found.length} functions of ${file} take options`);
      for (const [name, before] of found) {
        const run = names[name] as (...args: unknown[]) => unknown;
        const args = Array.from({ length: before }, () => zeros([2, 2]));
        for (const given of ["unknownOption", "constructor"]) {
          const error = assertThrows(() => run(...args, { [given]: 1 }), TypeError);
          assertMatch(error.message, new RegExp(`^Cannot .* in .*: got ${given}\\b`), name);
        }
        for (const positional of [0.2, zeros([2]), [1], null]) {
          const error = assertThrows(() => run(...args, positional), TypeError);
          assertMatch(error.message, /^Cannot .*: options must be in \{ /, name);
        }
      }
    }
  },
}));

const x = zeros([1, 4, 4, 2]);

/** Calls as a user of another library writes them, and the name that each is told. */
const MEANT: readonly [call: () => unknown, message: string][] = [
  [
    () => sum(x, { dim: 1 } as never),
    "Cannot apply sum: options must be in { axis, keepDims }: got dim; did you mean axis?",
  ],
  [
    () => mean(x, { keepdims: true } as never),
    "Cannot apply mean: options must be in { axis, keepDims }: got keepdims; did you mean keepDims?",
  ],
  [
    () => maxPool(x, { size: 2, strides: 1 } as never),
    "Cannot apply maxPool: options must be in { size, stride, padding, layout }: got strides; " +
    "did you mean stride?",
  ],
  [
    () => maxPool(x, { kernelSize: 2 } as never),
    "Cannot apply maxPool: options must be in { size, stride, padding, layout }: got kernelSize; " +
    "did you mean size?",
  ],
  [
    () => conv2d(x, zeros([3, 3, 2, 5]), { use_bias: true } as never),
    "Cannot apply conv2d: options must be in { stride, padding, dilation, groups, bias, " +
    "activation, layout }: got use_bias; did you mean bias?",
  ],
  [
    () => dense(zeros([2, 3]), zeros([3, 4]), zeros([4]) as never),
    "Cannot apply dense: options must be in { bias, activation }: got a tensor",
  ],
  [
    () => sum(x, 1 as never),
    "Cannot apply sum: options must be in { axis, keepDims }: got 1",
  ],
  [
    () => nn.Dropout(0.2 as never),
    "Cannot make Dropout: options must be in { rate }: got 0.2",
  ],
  [
    () => new Tape({ profil: true } as never),
    "Cannot make Tape: options must be in { profile }: got profil; did you mean profile?",
  ],
  [
    () => scoped(new Tape(), (tape) => tape.gradient(sum(x), [], zeros([]) as never)),
    "Cannot compute gradient: options must be in { seed }: got a tensor",
  ],
  [
    () => sum(x, { strange: 1 } as never),
    "Cannot apply sum: options must be in { axis, keepDims }: got strange",
  ],
];

Deno.test("options: an unknown one is told the nearest name, if there is one that is near", () => {
  for (const [call, message] of MEANT) assertEquals(assertThrows(call, TypeError).message, message);
});

Deno.test("options: names that differ by case, by underscores or by a letter are near", () => {
  const meant = (name: string) =>
    assertThrows(
      () =>
        checkOptions("fit", { [name]: 1 } as never, "batchSize beta1 beta2 learningRate" as never),
      TypeError,
    ).message
      .match(/did you mean (\w+)\?$/)?.[1];
  for (
    const [given, wanted] of [
      ["batch_size", "batchSize"],
      ["BatchSize", "batchSize"],
      ["batch", "batchSize"],
      ["bathSize", "batchSize"],
      ["batchSise", "batchSize"],
      ["beta_2", "beta2"],
      ["beta_1", "beta1"],
      ["lr", "learningRate"],
      ["learningrate", "learningRate"],
      ["toString", undefined],
      ["momentum", undefined],
    ]
  ) assertEquals(meant(given!), wanted, given);
});
