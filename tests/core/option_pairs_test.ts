// Options away from their defaults: each makes a difference, and every two of them, given or left
// out, give the results and gradients of the reference on WASM. The table of calls has every option
// that the types have, which `option_kinds_test.ts` holds.

import { assertEquals } from "@std/assert";
import {
  type Backend,
  mul,
  Random,
  referenceBackend,
  sum,
  Tape,
  Tensor,
  tensor,
  wasmBackend,
} from "../../mod.ts";
import { OPTION_CALLS } from "../support/option_calls.ts";
import { LAYER_CALLS, type OptionCall } from "../support/option_calls_nn.ts";
import { type Place, values, withPlace } from "../support/option_inputs.ts";
import { assertWithin } from "../support/compare.ts";
import { type Choices, pairwise } from "../support/pairwise.ts";

/** Stands for an option that is not given. */
const LEFT_OUT = Symbol("left out");

type Options = Readonly<Record<string, unknown>>;
type Call = (options: Options) => unknown;

const REFERENCE = referenceBackend();

/** Differences from the reference, relative to the largest number: some roundings of float32. */
const TOLERANCE = 2 ** -15;

/** Options that change no number, each with the reason. */
const SILENT: Readonly<Record<string, string>> = {
  "clipByGlobalNorm errorIfNonFinite": "all gradients are finite here",
  "checkpoint name": "it is for tables and errors",
  "customGrad name": "it is for tables and errors",
};

/** Calls whose results are no arrays of a backend. */
const NO_ARRAYS: ReadonlySet<string> = new Set(["checkGrad", "wasmBackend", "movingAverage"]);

/** Calls of functions; layers are made of them. */
const CALLS = Object.entries(OPTION_CALLS).filter(([name]) =>
  !(name in LAYER_CALLS) && !NO_ARRAYS.has(name)
);

/** Copies options for one call: streams of random numbers begin anew, tensors are placed. */
function fresh(options: Options, place: Place): Options {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      if (value instanceof Random) return [name, new Random(1)];
      return [name, value instanceof Tensor ? place(value) : value];
    }),
  );
}

/** Lists the tensors and numbers in what a call has given. */
function leaves(result: unknown): (Tensor | number)[] {
  if (result instanceof Tensor || typeof result === "number") return [result];
  if (typeof result !== "object" || result === null) return [];
  return Object.values(result).flatMap(leaves);
}

function without(options: Options, ...names: readonly string[]): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

/** Tells whether a call is refused without an option. */
function isRequired(call: Call, options: Options, name: string): boolean {
  return computedOn(REFERENCE, call, without(options, name)).error !== undefined;
}

/** Results of a call and gradients of its inputs, or the error that it ended in. */
interface Computed {
  readonly error?: string;
  readonly arrays: readonly { readonly kind: string; readonly data: ArrayLike<number> }[];
}

/** Computes a call on a backend. */
function computedOn(
  backend: Backend,
  call: Call,
  options: Options,
): Computed {
  using tape = new Tape();
  const inputs: Tensor[] = [];
  const place: Place = (x) => {
    const placed = tape.adopt(tensor(x.dataSync(), { shape: x.shape, dtype: x.dtype, backend }));
    if (x.dtype === "float32") inputs.push(tape.watch(placed));
    return placed;
  };
  let result: unknown;
  try {
    result = withPlace(place, () => call(fresh(options, place)));
  } catch (error) {
    return { error: String(error), arrays: [] };
  }
  const found = leaves(result).map((one) => typeof one === "number" ? tensor(one) : one);
  const gradients = found.filter(({ dtype }) => dtype === "float32").flatMap((y) =>
    gradientsOf(tape, y, inputs)
  );
  const arrays = [...found, ...gradients].map((x) => ({
    kind: `${x.dtype}[${x.shape}]`,
    data: Array.from(x.dataSync()),
  }));
  return { arrays };
}

/** Computes the gradients of a weighed sum; none where the result is not made of the inputs. */
function gradientsOf(tape: Tape, y: Tensor, inputs: readonly Tensor[]): Tensor[] {
  try {
    return tape.gradient(sum(mul(y, weightsOf(y))), [...inputs]);
  } catch (error) {
    if (String(error).includes("must be computed from tensors that this tape watches")) return [];
    throw error;
  }
}

/** Makes weights of results, all different. */
function weightsOf({ shape, dtype, backend }: Tensor): Tensor {
  return tensor(values(shape).dataSync(), { shape, dtype, backend });
}

function assertAgree(actual: Computed, expected: Computed, what: string): void {
  assertEquals(actual.error, expected.error, what);
  const kinds = ({ arrays }: Computed) => arrays.map(({ kind }) => kind);
  assertEquals(kinds(actual), kinds(expected), what);
  expected.arrays.forEach(({ data }, i) => {
    const most = Array.from(data).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    assertWithin(actual.arrays[i].data, data, () => TOLERANCE * most, `${what}: array ${i}`);
  });
}

/** Lists options that change neither results nor gradients; a backend is not to change any. */
function silentOptions({ call, options }: OptionCall): string[] {
  const given = (options: Options) => JSON.stringify(computedOn(REFERENCE, call, options));
  const names = Object.keys(options).filter((name) =>
    name !== "backend" && !isRequired(call, options, name)
  );
  const fewest = without(options, ...names);
  return names.filter((name) =>
    given(options) === given(without(options, name)) &&
    given({ ...fewest, [name]: options[name] }) === given(fewest)
  );
}

Deno.test("option pairs: every option makes a difference where it is given", () => {
  const silent = CALLS.flatMap(([name, call]) =>
    silentOptions(call).map((option) => `${name} ${option}`)
  );
  assertEquals(silent, Object.keys(SILENT));
});

for (const threads of [1, 3]) {
  Deno.test(`option pairs: of every op they agree with the reference, ${threads} threads`, () => {
    using wasm = wasmBackend({ threads });
    const refused: string[] = [];
    for (const [name, { call, options }] of CALLS) {
      const choices = Object.entries(options).map(([option, value]) =>
        [option, isRequired(call, options, option) ? [value] : [value, LEFT_OUT]] as const
      );
      const rows = pairwise(Object.fromEntries(choices) as Choices<Options>);
      for (const row of rows) {
        const given = Object.fromEntries(Object.entries(row).filter(([, v]) => v !== LEFT_OUT));
        const what = `${name}({ ${Object.keys(given).join(", ")} })`;
        const expected = computedOn(REFERENCE, call, given);
        if (expected.error !== undefined) refused.push(what);
        assertAgree(computedOn(wasm, call, given), expected, what);
      }
    }
    assertEquals(refused, []);
  });
}
