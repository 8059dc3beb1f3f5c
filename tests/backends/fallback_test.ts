// Fallback to the reference's loops: calls that a backend lacks, does not compute, or declines run
// there, and are counted.

import { assert, assertEquals } from "@std/assert";
import { conv2d, mul, referenceBackend, sum, Tape, tensor, wasmBackend, zeros } from "../../mod.ts";
import {
  DECLINED,
  Fallbacks,
  type FastKernels,
  type FastTable,
  withFallback,
} from "../../src/backends/fallback.ts";
import type { Kernels, NdArray, StepRule } from "../../src/backends/kernels.ts";
import type { DType } from "../../src/core/dtype.ts";
import {
  broadcastGeometry,
  concatGeometry,
  cumsumGeometry,
  reduceGeometry,
} from "../../src/core/geometry/mod.ts";

/** Function that makes a table of a reference and of fast kernels. */
type Make = (reference: Kernels, fast: FastTable, fallbacks: Fallbacks) => Kernels;

const make: Make = (reference, fast, fallbacks) =>
  withFallback(fallbacks.counting(reference), fast);

/** Makes fast kernels that note what they are called with; `neg` and sums in place are declined. */
function notingKernels(k: Kernels, seen: string[]): Partial<FastKernels> {
  const note = (name: string, ...arrays: readonly NdArray[]) =>
    seen.push([name, ...arrays.map(({ dtype, shape }) => `${dtype}[${shape}]`)].join(" "));
  return {
    fill: (shape, dtype, value) => {
      seen.push(`fill ${dtype}`);
      return k.fill(shape, dtype, value);
    },
    copy: (x) => {
      note("copy", x);
      return k.copy(x);
    },
    unary: (kind, x) => {
      note(kind, x);
      return kind === "neg" ? DECLINED : k.unary(kind, x);
    },
    binary: (kind, a, b, g) => {
      note(kind, a, b);
      return k.binary(kind, a, b, g);
    },
    concat: (parts, g) => {
      note("concat", ...parts);
      return k.concat(parts, g);
    },
    oneHot: (labels, classes, dtype) => {
      seen.push(`oneHot ${dtype}`);
      return k.oneHot(labels, classes, dtype);
    },
    matmul: (a, b, bias, g, activation) => {
      note(`matmul ${activation}`, a, b);
      return k.matmul(a, b, bias, g, activation);
    },
    reduce: (kind, x, g) => {
      note(kind, x);
      return k.reduce(kind, x, g);
    },
    addInPlace: () => DECLINED,
    stepInPlace: (rule, arrays) => {
      note(rule.kind, arrays.w, arrays.dw);
      k.stepInPlace(rule, arrays);
    },
  };
}

interface Call {
  readonly label: string;
  readonly run: (k: Kernels) => NdArray;
  readonly y: readonly number[];
  /** The fast kernel that sees the call, and with what. */
  readonly seen?: string;
  /** The kernel that is counted as having run in loops. */
  readonly counted?: string;
}

/** Arrays that calls are made on. */
interface Arrays {
  readonly x: NdArray;
  readonly one: NdArray;
  readonly empty: NdArray;
  /** The values of `x` in float64. */
  readonly d: NdArray;
  readonly labels: NdArray;
}

function arraysOn({ create }: Kernels): Arrays {
  const array = (data: Float32Array | Float64Array | Int32Array, dtype: DType) =>
    create({ shape: [data.length], dtype, data });
  const [x, empty, one] = [[1, -2], [], [1]].map((v) => array(Float32Array.from(v), "float32"));
  const d = array(Float64Array.of(1, -2), "float64");
  return { x, empty, one, d, labels: array(Int32Array.of(1, 0), "int32") };
}

/** Calls on arrays of a backend, and what must become of them. */
function callsOn(k: Kernels): Call[] {
  const arrays = arraysOn(k);
  return [ofOne, ofTwo, ofDtypes, ofShapes, inPlace].flatMap((calls) => calls(arrays));
}

function ofOne({ x, d, empty }: Arrays): Call[] {
  const running = cumsumGeometry("cumsum", [2], { axis: 0, exclusive: false, reverse: false });
  return [
    { label: "fast", run: (k) => k.unary("abs", x), y: [1, 2], seen: "abs float32[2]" },
    { label: "another dtype", run: (k) => k.unary("abs", d), y: [1, 2], counted: "unary" },
    {
      label: "declined",
      run: (k) => k.unary("neg", x),
      y: [-1, 2],
      seen: "neg float32[2]",
      counted: "unary",
    },
    { label: "empty", run: (k) => k.unary("abs", empty), y: [] },
    { label: "missing", run: (k) => k.cumsum(x, running), y: [1, -1], counted: "cumsum" },
  ];
}

function ofTwo({ x, d, one, empty }: Arrays): Call[] {
  const [g, gEmpty] = [[2, 2], [1, 0]].map(([a, b]) => broadcastGeometry("sub", [a], [b]));
  return [
    {
      label: "two arrays",
      run: (k) => k.binary("sub", x, x, g),
      y: [0, 0],
      seen: "sub float32[2] float32[2]",
    },
    {
      label: "two of another dtype",
      run: (k) => k.binary("sub", d, d, g),
      y: [0, 0],
      counted: "binary",
    },
    { label: "the second is empty", run: (k) => k.binary("sub", one, empty, gEmpty), y: [] },
  ];
}

/** Calls in which another argument than an array names the dtype, or a kernel has more of them. */
function ofDtypes({ labels }: Arrays): Call[] {
  return [
    {
      label: "a dtype of one kernel",
      run: (k) => k.copy(labels),
      y: [1, 0],
      seen: "copy int32[2]",
    },
    { label: "a dtype", run: (k) => k.fill([2], "float32", 3), y: [3, 3], seen: "fill float32" },
    { label: "memory is not counted", run: (k) => k.fill([2], "float64", 3), y: [3, 3] },
    {
      label: "the third is a dtype",
      run: (k) => k.oneHot(labels, 2, "float32"),
      y: [0, 1, 1, 0],
      seen: "oneHot float32",
    },
    {
      label: "the third is another dtype",
      run: (k) => k.oneHot(labels, 2, "float64"),
      y: [0, 1, 1, 0],
      counted: "oneHot",
    },
  ];
}

function ofShapes({ x, empty }: Arrays): Call[] {
  const row = { ...x, shape: [1, 2] };
  const flags = { transposeA: false, transposeB: true, batch: null };
  const product = { rows: 1, inner: 2, columns: 1, shape: [1, 1], ...flags };
  const joined = concatGeometry([[0], [2]], 0);
  const sums = (size: number) => reduceGeometry("sum", [size]);
  return [
    {
      label: "a list, its first one empty",
      run: (k) => k.concat([empty, x], joined),
      y: [1, -2],
      seen: "concat float32[0] float32[2]",
    },
    {
      label: "every argument",
      run: (k) => k.matmul(row, row, null, product, "relu"),
      y: [5],
      seen: "matmul relu float32[1,2] float32[1,2]",
    },
    { label: "reduced", run: (k) => k.reduce("sum", x, sums(2)), y: [-1], seen: "sum float32[2]" },
    {
      label: "nothing reduced",
      run: (k) => k.reduce("sum", empty, sums(0)),
      y: [0],
      counted: "reduce",
    },
  ];
}

function inPlace({ x, d, labels }: Arrays): Call[] {
  const rates = { learningRate: 0.5, momentum: 0, weightDecay: 0 };
  const rule: StepRule = { kind: "sgd", ...rates, nesterov: false };
  return [
    ...[{ from: x, seen: "sgd float32[2] float32[2]" }, { from: d, counted: "stepInPlace" }].map(
      ({ from, ...rest }): Call => ({
        label: `a step of ${from.dtype}`,
        run: (k) => {
          const w = { ...from, storage: { ...from.storage } };
          k.stepInPlace(rule, { w, dw: w });
          return w;
        },
        y: [0.5, -1],
        ...rest,
      }),
    ),
    {
      label: "declined in place",
      run: (k) => {
        const target = k.copy(labels);
        k.addInPlace(target, labels);
        return target;
      },
      y: [2, 0],
      seen: "copy int32[2]",
      counted: "addInPlace",
    },
  ];
}

/** Describes the faults of tables that are made so. */
function faultsOf(make: Make): string[] {
  const { kernels } = referenceBackend();
  const [seen, fallbacks] = [[] as string[], new Fallbacks()];
  const fast: FastTable = {
    dtypes: ["float32"],
    dtypesOf: { copy: ["float32", "int32"] },
    kernels: notingKernels(kernels, seen),
  };
  const table = make(kernels, fast, fallbacks);
  const faults = callsOn(kernels).flatMap(({ label, run, y, seen: by = "", counted = "" }) => {
    seen.length = 0;
    const before = new Map(fallbacks.calls);
    const result = run(table);
    const found = typeof result === "symbol" ? "a symbol" : [...kernels.read(result)].join();
    const more = [...fallbacks.calls].filter(([name, n]) => n !== (before.get(name) ?? 0));
    const names = more.map(([name]) => name).join();
    return [
      ...found === y.join() ? [] : [`${label}: gives ${found}`],
      ...seen.join() === by ? [] : [`${label}: seen by ${seen}`],
      ...names === counted ? [] : [`${label}: counted ${names}`],
    ];
  });
  const sumOfCalls = [...fallbacks.calls.values()].reduce((sum, n) => sum + n, 0);
  return fallbacks.total === sumOfCalls ? faults : [...faults, `total ${fallbacks.total}`];
}

Deno.test("fallback: what is missing, of another dtype, empty or declined runs in loops", () => {
  assertEquals(faultsOf(make), []);
});

/** Tables made wrongly, with a label of a call that shows it. */
const PLANTED: readonly { fault: string; make: Make; foundBy: string }[] = [
  {
    fault: "every dtype is taken for one that is computed",
    make: (k, fast, counts) =>
      make(k, { ...fast, dtypes: ["float32", "float64", "int32", "uint8"] }, counts),
    foundBy: "another dtype",
  },
  {
    fault: "dtypes of single kernels are ignored",
    make: (k, fast, counts) => make(k, { ...fast, dtypesOf: {} }, counts),
    foundBy: "a dtype of one kernel",
  },
  {
    fault: "what was declined is returned",
    make: (k, fast, counts) => ({ ...make(k, fast, counts), ...fast.kernels } as Kernels),
    foundBy: "declined",
  },
  {
    fault: "nothing is counted",
    make: (k, fast) => withFallback(k, fast),
    foundBy: "missing",
  },
  {
    fault: "what is missing is not there at all, but another kernel",
    make: (k, fast, counts) => ({ ...make(k, fast, counts), cumsum: (x) => k.copy(x) }),
    foundBy: "missing",
  },
  {
    fault: "the last argument is dropped",
    make: (k, fast, counts) => {
      const table = make(k, fast, counts);
      return { ...table, matmul: (a, b, bias, g) => table.matmul(a, b, bias, g) };
    },
    foundBy: "every argument",
  },
  {
    fault: "empty arrays reach fast kernels",
    make: (k, fast, counts) => {
      const { unary, ...table } = make(k, fast, counts);
      const fastUnary = fast.kernels.unary as Kernels["unary"];
      return {
        ...table,
        unary: (kind, x, parameters) => (x.shape[0] === 0 ? fastUnary : unary)(kind, x, parameters),
      };
    },
    foundBy: "empty",
  },
];

for (const { fault, make, foundBy } of PLANTED) {
  Deno.test(`fallback: the calls above show that ${fault}`, () => {
    const faults = faultsOf(make);
    assert(faults.some((found) => found.startsWith(`${foundBy}: `)), faults.join("; "));
  });
}

Deno.test("fallback: the profile of a tape counts kernels in loops, and only those", () => {
  using backend = wasmBackend({ threads: 1 });
  using tape = new Tape({ profile: true });
  const single = tape.watch(tensor([1, 2, 3], { backend }));
  tape.gradient(sum(mul(single, single)), single);
  assert(tape.profiler!.rows.every(({ fallbacks }) => fallbacks === 0));
  assertEquals(tape.profile().includes("in loops"), false);
  const double = tape.watch(tensor([1, 2, 3], { dtype: "float64", backend }));
  mul(double, double);
  mul(single, single);
  const row = tape.profiler!.rows.find(({ op }) => op === "mul");
  assertEquals(row?.fallbacks, 1);
  const lines = tape.profile().trimEnd().split("\n");
  assert(/rate +in loops$/.test(lines[0]), lines[0]);
  assert(/^mul +\d.* 1$/.test(lines.find((line) => line.startsWith("mul"))!), lines.join("\n"));
  assert(/^total .* 1$/.test(lines.at(-1)!), lines.at(-1));
});

Deno.test("fallback: an image too large for scratch memory is counted on WASM", () => {
  using backend = wasmBackend({ threads: 1 });
  const counts = () => backend.fallbacks!.calls.get("conv2d") ?? 0;
  const w = zeros([3, 3, 8, 2], { backend });
  conv2d(zeros([1, 4, 5, 8], { backend }), w, { padding: "same" });
  assertEquals(counts(), 0);
  conv2d(zeros([1, 2, 100_000, 8], { backend }), w, { padding: "same" });
  assertEquals(counts(), 1);
});
