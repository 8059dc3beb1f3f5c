// A program: random convolutions and products by the native kernels, between canaries, each compared
// with the reference bit for bit. Run by a test, as a wrong call of a library ends the process.
//
//   deno run --allow-ffi --allow-env native_fuzz.ts SEED CALLS THREADS
//
// It prints each call before it is made, and at the end how many there were.

import { assert } from "@std/assert";
import { Random } from "../../src/random/random.ts";
import type { Kernels, NdArray } from "../../src/backends/kernels.ts";
import { DECLINED, type FastTable, withFallback } from "../../src/backends/fallback.ts";
import { nativeKernels } from "../../src/backends/native/backend.ts";
import { openBlas } from "../../src/backends/native/blas.ts";
import { letThreadsSleep, ONEDNN } from "../../src/backends/native/libraries.ts";
import { Machine } from "../../src/backends/native/machine.ts";
import { openOnednn } from "../../src/backends/native/onednn/library.ts";
import { wasmBackend, wasmKernels } from "../../src/backends/wasm/mod.ts";
import { requireHost } from "../../src/ffi/open_library.ts";
import { systemOf } from "../../src/ffi/system.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { conv2dGeometry, type MatmulGeometry } from "../../src/core/geometry/mod.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { guardedBackend } from "./guarded_backend.ts";

const [seed, calls, threads] = Deno.args.map(Number);
/** Memory of the backend; results that do not fit are passed over. */
const MAX_BYTES = 2 ** 26;
/** Largest arrays that are computed. */
const MOST_ELEMENTS = 60_000;
/** Products of a call that the reference is let do. */
const MOST_PRODUCTS = 4_000_000;
/** Sizes at which something wraps. */
const HUGE = [63, 64, 65, 2 ** 15, 2 ** 15 + 1, 2 ** 24, 2 ** 29, 2 ** 30, 2 ** 30 - 1];
/** Channels around the lengths of vectors. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33];

/** A call, to be made on any kernels. */
interface Call {
  readonly what: string;
  readonly shapes: readonly (readonly number[])[];
  readonly products: number;
  run(k: Kernels, arrays: readonly NdArray[]): NdArray;
}

const counts = { native: 0, declined: 0, refused: 0 };

const backend = guardedBackend(threads, MAX_BYTES, (engine, memory) => {
  letThreadsSleep();
  const machine = new Machine({
    engine,
    memory,
    system: systemOf(requireHost("fuzz")),
    onednn: openOnednn(ONEDNN, undefined),
    blas: openBlas(undefined),
    threads: engine.threads,
  });
  return memory.undoing(withFallback(wasmKernels(engine, memory), counted(nativeKernels(machine))));
});
const reference = referenceBackend();
/** Computes otherwise where infinities meet the zeros of a padding. */
const wasm = wasmBackend({ threads: 1, maxBytes: MAX_BYTES });

/** The same kernels, whose answers are counted. */
function counted(table: FastTable): FastTable {
  const entries = Object.entries(table.kernels).map(([name, run]) => [
    name,
    (...args: unknown[]) => {
      const y = (run as (...args: unknown[]) => unknown)(...args);
      counts[y === DECLINED ? "declined" : "native"]++;
      return y;
    },
  ]);
  return { ...table, kernels: Object.fromEntries(entries) };
}

const random = new Random(seed);
const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)];
const upTo = (most: number) => 1 + random.integer(most);
/** A small number, or seldom a huge one. */
const step = (most: number) => random.integer(40) === 0 ? pick(HUGE) : upTo(most);

function drawConvolution(): Call {
  const groups = pick([1, 1, 1, 2, 3, pick(CHANNELS) || 1]);
  const isDepthwise = random.integer(4) === 0;
  const perGroup = isDepthwise ? 1 : pick(CHANNELS);
  const results = isDepthwise ? upTo(2) : pick(CHANNELS);
  const x = [random.integer(4), random.integer(12), random.integer(40), perGroup * groups];
  const w = [upTo(5), upTo(4), perGroup, results * groups];
  const side = () => random.integer(40) === 0 ? pick(HUGE) : random.integer(4);
  const options = {
    stride: [step(3), step(3)] as const,
    dilation: [step(2), step(3)] as const,
    padding: pick([
      ...["valid", "same", "full"] as const,
      [[side(), side()], [side(), side()]] as const,
    ]),
    groups,
  };
  const g = conv2dGeometry(x, w, undefined, options);
  const kind = pick(["conv2d", "conv2dGradX", "conv2dGradW"] as const);
  const [hasBias, activation] = [random.integer(2) === 0, pick(["linear", "relu"] as const)];
  const bias = hasBias ? [[w[3]]] : [];
  const shapes = {
    conv2d: [x, w, ...bias],
    conv2dGradX: [g.yShape, w],
    conv2dGradW: [g.yShape, x],
  };
  return {
    what: `${kind} ${hasBias} ${activation} x [${x}] w [${w}] ${JSON.stringify(options)}`,
    shapes: shapes[kind],
    products: sizeOf(g.yShape) * w[0] * w[1] * w[2],
    run: (k, [a, b, c]) =>
      kind === "conv2d" ? k.conv2d(a, b, c ?? null, g, activation) : k[kind](a, b, g),
  };
}

function drawProduct(): Call {
  const [rows, inner, columns] = [0, 0, 0].map(() => pick([...CHANNELS, 64, 65, 100]));
  const [transposeA, transposeB] = [random.integer(2) === 0, random.integer(2) === 0];
  const batch = pick([
    null,
    { a: [0, 1, 2], b: [0, 1, 2] },
    { a: [0, 1, 2], b: [0, 0, 0] },
    { a: [0, 0, 1], b: [1, 0, 2] },
  ]);
  const lead = batch === null ? [] : [3];
  const g: MatmulGeometry = {
    ...{ rows, inner, columns, transposeA, transposeB, batch },
    shape: [...lead, rows, columns],
  };
  const hasBias = random.integer(2) === 0;
  const activation = pick(["linear", "relu"] as const);
  return {
    what: `matmul ${hasBias} ${activation} ${JSON.stringify(g)}`,
    shapes: [
      [...lead, ...(transposeA ? [inner, rows] : [rows, inner])],
      [...lead, ...(transposeB ? [columns, inner] : [inner, columns])],
      ...(hasBias ? [[columns]] : []),
    ],
    products: rows * inner * columns * 3,
    run: (k, [a, b, c]) => k.matmul(a, b, c ?? null, g, activation),
  };
}

/** Quarters, whose sums of products float32 holds exactly; seldom an element that is no number. */
function drawValues(shape: readonly number[], isSpecial: boolean): Float32Array {
  const values = Float32Array.from({ length: sizeOf(shape) }, () => (random.integer(25) - 12) / 4);
  if (isSpecial && values.length > 0) {
    values[random.integer(values.length)] = pick([NaN, Infinity, -Infinity]);
  }
  return values;
}

/** Results of a call, and whatever it throws. */
function outcome(k: Kernels, call: Call, values: readonly Float32Array[]): Float32Array | string {
  const arrays = values.map((data, i) =>
    k.create({ shape: call.shapes[i], dtype: "float32", data })
  );
  try {
    const y = call.run(k, arrays);
    const result = k.read(y) as Float32Array;
    k.free(y);
    return result;
  } catch (error) {
    return (error as Error).message;
  } finally {
    for (const array of arrays) k.free(array);
  }
}

function draw(): Call | undefined {
  try {
    return random.integer(4) === 0 ? drawProduct() : drawConvolution();
  } catch {
    return undefined; // the options are refused before any kernel
  }
}

/** Compares results, of which 0 may have either sign; or errors. */
function isSame(actual: Float32Array | string, expected: Float32Array | string): boolean {
  if (typeof actual === "string" || typeof expected === "string") return actual === expected;
  return actual.length === expected.length &&
    actual.every((v, i) => v === expected[i] || (isNaN(v) && isNaN(expected[i])));
}

const encoder = new TextEncoder();
for (let i = 0; i < calls; i++) {
  const call = draw();
  const isLarge = call !== undefined &&
    (call.products > MOST_PRODUCTS || call.shapes.some((shape) => sizeOf(shape) > MOST_ELEMENTS));
  if (call === undefined || isLarge) {
    counts.refused++;
    continue;
  }
  Deno.stdout.writeSync(encoder.encode(`${i} ${call.what}\n`));
  const isSpecial = random.integer(5) === 0;
  const values = call.shapes.map((shape) => drawValues(shape, isSpecial));
  const [actual, ...expected] = [backend, reference, ...(isSpecial ? [wasm] : [])]
    .map(({ kernels }) => outcome(kernels, call, values));
  if (typeof actual === "string" && actual.startsWith("Cannot allocate memory")) continue;
  assert(
    expected.some((other) => isSame(actual, other)),
    `${call.what}: ${actual}, not ${expected[0]}`,
  );
  backend.check(call.what);
}
console.log(`done ${JSON.stringify(counts)}`);
