/**
 * A test of the device that is at hand, when a backend is made: whether its driver keeps what
 * programs rely on. WGSL lets drivers assume that there are no NaN and no infinities, and some end
 * long loops, or sum in another order than they are told.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { NdArray } from "../kernels.ts";
import type { Programs } from "./programs.ts";

/** Something that must hold: WGSL of a float, and the value that it must have. */
interface Requirement {
  readonly name: string;
  /** Computes `y`; inputs are `nan_`, `inf`, `one`, `zero`, `big`, `below`, which no compiler knows. */
  readonly code: string;
  readonly value: number;
  /** Error allowed, relative; none by default. */
  readonly within?: number;
}

const sameBits = (name: string, code: string, value: number): Requirement => ({
  name,
  code,
  value,
});

/** Iterations of the loop that must not end early: as many as programs have. */
const LOOP = 60000;

/** Requirements, by the names that errors state. */
const REQUIREMENTS: readonly Requirement[] = [
  sameBits("NaN in memory", "y = nan_;", NaN),
  sameBits("sums with NaN", "y = nan_ + one;", NaN),
  sameBits("products of NaN and 0", "y = nan_ * zero;", NaN),
  sameBits("comparisons with NaN", "y = select(0.0, 1.0, nan_ < one || nan_ > one);", 0),
  sameBits("recognising NaN", "y = select(0.0, 1.0, isNan(nan_) && !isNan(inf));", 1),
  sameBits("maxima of NaN and a number", "y = larger(one, nan_);", NaN),
  sameBits("minima of NaN and a number", "y = smaller(nan_, one);", NaN),
  sameBits("relu of NaN", "y = relu(nan_);", NaN),
  sameBits("sums of infinities", "y = inf + below;", NaN),
  sameBits("division by 0", "y = one / zero;", Infinity),
  sameBits("recognising infinity", "y = select(0.0, 1.0, isFinite(big) && !isFinite(inf));", 1),
  sameBits("overflow", "y = big * big;", Infinity),
  sameBits("the sign of 0", "y = one / (-zero);", -Infinity),
  sameBits("exp of infinity", "y = expOf(-inf);", 0),
  sameBits("log of 0", "y = logOf(zero);", -Infinity),
  sameBits("rounding halves to even", "y = roundOf(2.5 * one) + roundOf(-3.5 * one);", -2),
  sameBits("integers that wrap", "y = f32(i32(one * 65536.0) * 65537);", 65536),
  sameBits("cut off casts", "y = f32(i32(-1.9 * one));", -1),
  sameBits(
    "loops",
    `var count = 0u;
for (var k = 0u; k < ${LOOP}u * u32(one); k++) { count += 1u; }
y = f32(count);`,
    LOOP,
  ),
  sameBits("the order of sums", "y = exactly(big + one) - big;", 0),
  { name: "exp", code: "y = expOf(-72.09375 * one);", value: 4.898715244852705e-32, within: 1e-6 },
  { name: "log", code: "y = logOf(2.8046875 * one);", value: 1.0312921245686617, within: 1e-6 },
  { name: "sine", code: "y = sinOf(512.0 * one);", value: 0.07951849401287635, within: 1e-5 },
  { name: "tanh", code: "y = tanhOf(0.25 * one);", value: 0.24491866240370913, within: 1e-6 },
  {
    name: "powers",
    code: "y = powOf(1.5 * one, 2.5 * one);",
    value: 2.7556759606310752,
    within: 1e-5,
  },
  { name: "roots", code: "y = rootOf(2.0 * one);", value: 1.4142135623730951, within: 1e-6 },
];

/** Numbers that compilers must not know. */
const INPUTS = Float32Array.of(NaN, Infinity, 1, 0, 3e38, -Infinity);

/** Records the test, one invocation a requirement; the result is to be read. */
export function recordSelfTest(g: Programs): NdArray {
  const { memory } = g;
  const x = memory.create([INPUTS.length], "float32", INPUTS);
  const y = memory.reserve([REQUIREMENTS.length], "float32");
  g.each({
    key: "selfTest",
    count: REQUIREMENTS.length,
    numbers: { wordX: memory.word(x), wordY: memory.word(y) },
    body: () =>
      `let nan_ = f(wordX);
let inf = f(wordX + 1u);
let one = f(wordX + 2u);
let zero = f(wordX + 3u);
let big = f(wordX + 4u);
let below = f(wordX + 5u);
var y = 0.0;
switch (i) {
${REQUIREMENTS.map(({ code }, i) => `case ${i}u: { ${code} }`).join("\n")}
default: {}
}
put(wordY + i, y);`,
  });
  memory.free(x);
  return y;
}

/** Names everything that must hold. */
export function requirementNames(): string[] {
  return REQUIREMENTS.map(({ name }) => name);
}

/** Names what does not hold. */
export function unmetRequirements(results: TypedArray): string[] {
  return REQUIREMENTS.filter(({ value, within = 0 }, i) =>
    !(Object.is(results[i], value) || Math.abs(results[i] - value) <= within * Math.abs(value))
  ).map(({ name }) => name);
}
