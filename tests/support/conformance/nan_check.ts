// Check of NaN: it must reach everything that depends on the element that is NaN, and nothing else.
// What depends on an element is found out by moving it far up and far down.

import { AssertionError } from "@std/assert";
import type { Backend } from "../../../src/backends/kernels.ts";
import type { FloatDType } from "../../../src/core/dtype.ts";
import { evaluate, type Results, weights } from "../derivatives.ts";
import type { Values } from "../grids.ts";
import type { OpCase } from "../cases/op_case.ts";
import { isLinear, type Sample } from "../samples.ts";

/**
 * Beyond all other values: as a maximum, as the sign of a kink, as a summand. And one between the
 * bounds of functions that end at bounds.
 */
const FAR = [1000, -1000, 1.25];

/** Checks that NaN in each input of a sample, and in the gradient of its output, spreads through output and gradients. */
export function checkNaN(
  sample: Sample,
  { selector, decides = false, padsWithZeros = false, hasFarKinks = false }: OpCase,
  backend: Backend,
  dtype: FloatDType = "float32",
): void {
  if (decides) return;
  const start = withoutZeros(sample);
  const cotangent = weights(shapeOfOutput(start, backend, dtype), 3);
  const inputs = { ...start.variables, ...start.constants };
  for (const [name, values] of Object.entries({ ...inputs, cotangent })) {
    const isLabel = start.constants[name]?.dtype !== undefined;
    const selects = [selector].flat().includes(name);
    const onlySelects = selects && name in start.constants;
    if (values.data.length === 0 || isLabel || onlySelects) continue;
    const at = values.data.length >> 1;
    // An element that a selector selects has no NaN in its gradient.
    const order = selects ? 0 : 1;
    const run = (value: number) => {
      const changed = replace(values, at, value);
      const seed = name === "cotangent" ? changed : cotangent;
      return evaluate(withInput(start, name, changed), backend, { dtype, order, seed });
    };
    const moved = FAR.map(run);
    const usual = run(values.data[at]);
    const nothingElse = isLinear(sample) && !hasFarKinks && !(padsWithZeros && name !== "x");
    compare(`${name}[${at}]`, run(NaN), moved, usual, nothingElse);
  }
}

/** Fails unless what a far value changes is NaN, and (where told) nothing else is. */
function compare(
  source: string,
  withNaN: Results,
  far: readonly Results[],
  usual: Results,
  nothingElse: boolean,
): void {
  for (const [name, values] of withNaN) {
    values.forEach((value, i) => {
      const depends = far.some((results) => !Object.is(results.get(name)![i], usual.get(name)![i]));
      if (depends === Number.isNaN(value) || (!depends && !nothingElse)) return;
      throw new AssertionError(
        `NaN in ${source} must ${depends ? "" : "not "}reach element ${i} of ${name}: ` +
          `it is ${value}`,
      );
    });
  }
}

function shapeOfOutput(sample: Sample, backend: Backend, dtype: FloatDType): readonly number[] {
  let shape: readonly number[] = [];
  const call: Sample["call"] = (inputs) => {
    const y = sample.call(inputs);
    shape = y.shape;
    return y;
  };
  evaluate({ ...sample, call }, backend, { dtype, order: 0 });
  return shape;
}

/**
 * Replaces zeros, which would hide that an element is multiplied by one; a half is no tie of
 * integers.
 */
function withoutZeros(sample: Sample): Sample {
  const fill = ({ data, ...rest }: Values) => ({
    ...rest,
    data: Array.from(data, (value) => value || 0.5),
  });
  const variables = Object.fromEntries(
    Object.entries(sample.variables).map(([name, values]) => [name, fill(values)]),
  );
  return { ...sample, variables };
}

function withInput(sample: Sample, name: string, values: Values): Sample {
  if (name in sample.variables) {
    return { ...sample, variables: { ...sample.variables, [name]: values } };
  }
  if (name in sample.constants) {
    return { ...sample, constants: { ...sample.constants, [name]: values } };
  }
  return sample;
}

function replace({ shape, data }: Values, at: number, value: number): Values {
  return { shape, data: Array.from(data, (old, i) => i === at ? value : old) };
}
