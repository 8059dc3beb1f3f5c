/**
 * The functions that a check of gradients compares with differences: of first and second order.
 *
 * @module
 */
import { tensor } from "../core/create.ts";
import type { FloatDType } from "../core/dtype.ts";
import type { Problem } from "./differences.ts";
import type { Random } from "../random/random.ts";
import { scoped } from "../core/scoped.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { Tape } from "../core/tape.ts";
import { Tensor } from "../core/tensor.ts";
import {
  concatValues,
  hostValues,
  type Values,
  type Variable,
  variablesOf,
  withTensors,
} from "./variables.ts";

/** The gradient of a function, and the parts from which the gradient of that gradient is made. */
export interface FirstOrder extends Problem {
  readonly run: (tensors: readonly Tensor[]) => Tensor;
  readonly cotangent: Variable;
  /** Precision of the gradients, of both orders; outputs are float64. */
  readonly dtype: FloatDType;
}

/** Makes `L = <c, f(inputs)>` of the inputs. */
export function firstOrder(
  f: (inputs: unknown) => Tensor,
  inputs: unknown,
  random: Random,
  dtype: FloatDType,
): FirstOrder {
  const { variables: given, rebuild } = variablesOf("check gradient", inputs);
  // Gradients in float32 and differences in float64 are taken at the same points.
  const round = dtype === "float32" ? Math.fround : Number;
  const variables = given.map((v) => ({ ...v, values: v.values.map(round) }));
  const run = (tensors: readonly Tensor[]) => f(rebuild(tensors));
  const shape = withTensors(variables, variables.map((v) => v.values), (tensors) => {
    const y: unknown = run(tensors);
    if (y instanceof Tensor && y.dtype === "float64") return y.shape;
    const got = y instanceof Tensor ? `a tensor of ${y.dtype}` : typeof y;
    throw new TypeError(`Cannot check gradient: f must return a float64 tensor: got ${got}`);
  });
  const { backend } = variables[0];
  const cotangent = { path: "dy", shape, values: randomWeights(shape, random), backend };
  const outputs = (values: Values) =>
    withTensors(variables, values, (tensors) => hostValues(run(tensors)));
  const analytic = () =>
    withTensors([...variables, cotangent], undefined, (tensors) => {
      const seed = tensors[variables.length];
      return gradients(run, tensors.slice(0, -1), seed).map(hostValues);
    }, dtype);
  return { variables, outputs, weights: cotangent.values, analytic, run, cotangent, dtype };
}

/** Makes `<v, dL/dinputs>` as a function of the inputs and of c. */
export function secondOrder(
  { variables, run, cotangent, dtype }: FirstOrder,
  random: Random,
): Problem {
  const all = [...variables, cotangent];
  const directions = variables.map(({ shape }) => randomWeights(shape, random));
  const innerGradients = (tensors: readonly Tensor[]) =>
    gradients(run, tensors.slice(0, -1), tensors[variables.length]);
  return {
    variables: all,
    weights: concatValues(directions),
    outputs: (values) =>
      withTensors(all, values, (tensors) => concatValues(innerGradients(tensors).map(hostValues))),
    analytic: () =>
      withTensors(all, undefined, (tensors) => {
        return scoped(new Tape(), (tape) => {
          tape.watch(tensors);
          const inner = innerGradients(tensors);
          const totals = all.map(({ values }) => new Float64Array(values.length));
          inner.forEach((dx, i) => {
            // A gradient that depends on nothing watched is constant: it adds nothing.
            if (tape.slotOf(dx) < 0) return;
            const { shape } = variables[i];
            const seed = tape.adopt(tensor(directions[i], { shape, dtype, backend: dx.backend }));
            const outer = tape.gradient(dx, tensors, { seed });
            outer.forEach((d, j) => addTo(totals[j], hostValues(d)));
          });
          return totals;
        });
      }, dtype),
  };
}

/** Computes the gradients of `<seed, f(tensors)>`; an outer tape can differentiate them again. */
function gradients(
  run: (tensors: readonly Tensor[]) => Tensor,
  tensors: readonly Tensor[],
  seed: Tensor,
): readonly Tensor[] {
  return scoped(new Tape(), (tape) => {
    tape.watch(tensors);
    const y = run(tensors);
    if (tape.slotOf(y) < 0) {
      throw new TypeError("Cannot check gradient: the result of f must depend on its inputs");
    }
    if (y.dtype !== seed.dtype) {
      throw new TypeError(
        `Cannot check gradient: f must return a ${seed.dtype} tensor for ${seed.dtype} inputs: ` +
          `got a tensor of ${y.dtype}`,
      );
    }
    return tape.keep(tape.gradient(y, tensors, { seed }));
  });
}

/** Draws multiples of 1/4 from -3 to 3 without 0, which would hide errors. */
function randomWeights(shape: Shape, random: Random): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, () => {
    const sign = random.integer(2) === 0 ? -1 : 1;
    return sign * (1 + random.integer(12)) / 4;
  });
}

function addTo(total: Float64Array, values: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i] += values[i];
}
