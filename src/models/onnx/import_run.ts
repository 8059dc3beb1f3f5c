/**
 * An imported ONNX model applied: step after step, with errors that name the node.
 *
 * @module
 */
import { printable } from "../../core/printable.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { castInts } from "./device_ints.ts";
import type { TensorsByName } from "./export.ts";
import { isWide } from "./host_math.ts";
import { type IntKind, isIntKind } from "./int_kinds.ts";
import type { Step } from "./import_steps.ts";
import type { OnnxModel, OnnxValue } from "./model.ts";
import { shown } from "./read_tensor.ts";
import { asTensor, isHost, type NodeValue, place } from "./values.ts";

const ACTION = "Cannot apply ONNX model: ";

/** A model as it is applied. */
export interface Applicable {
  readonly model: OnnxModel;
  readonly steps: readonly Step[];
  /**
   * Constants that are no parameters; results of steps on them alone are added once they are there.
   */
  readonly constants: Map<string, NodeValue>;
  readonly paramNames: readonly string[];
}

/** Applies all steps; returns the results by name. */
export function applySteps(
  { model, steps, constants, paramNames }: Applicable,
  params: Readonly<Record<string, Tensor>>,
  given: TensorsByName,
): Record<string, Tensor> {
  const { inputs, outputs } = model;
  const values = new Map<string, NodeValue>(constants);
  for (const name of paramNames) values.set(name, checkTensor("params", name, params[name]));
  const byName = given instanceof Tensor && inputs.length > 0 ? { [inputs[0].name]: given } : given;
  for (const input of inputs) {
    const { name } = input;
    const x = checkTensor("inputs", name, (byName as Readonly<Record<string, Tensor>>)[name]);
    values.set(name, checkInput(input, x));
  }
  for (const step of steps) {
    if (constants.has(step.outputs[0])) continue;
    const results = resultsOf(step, step.inputs.map((name) => values.get(name)));
    step.outputs.forEach((name, i) => {
      values.set(name, results[i]);
      if (step.isConstant) constants.set(name, results[i]);
    });
  }
  const like = [...values.values()].find((value) => value instanceof Tensor);
  return Object.fromEntries(outputs.map(({ name }) => {
    const value = values.get(name)!;
    return [name, constants.has(name) ? copied(value, like) : asTensor(value)];
  }));
}

/** Copies a constant that is a result: the user may free it. */
function copied(value: NodeValue, like: Tensor | undefined): Tensor {
  const x = asTensor(value);
  const home = isHost(value) ? value.home : { like: x };
  return place(like === undefined ? home : { like }, x.dataSync(), x.shape);
}

function resultsOf({ run, label }: Step, inputs: readonly (NodeValue | undefined)[]) {
  try {
    const made = run(inputs);
    return Array.isArray(made) ? made as readonly NodeValue[] : [made as NodeValue];
  } catch (error) {
    throw named(error, label);
  }
}

/** Puts the name of the node in front of its error. */
function named(error: unknown, label: string): unknown {
  const kind = [ShapeError, RangeError, TypeError].find((kind) => error instanceof kind);
  if (kind === undefined) return error;
  const { message } = error as Error;
  const rule = message.startsWith(ACTION) ? message.slice(ACTION.length) : message;
  return new kind(`${ACTION}${label}: ${rule}`, { cause: error });
}

function checkTensor(what: string, name: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw new TypeError(
    `${ACTION}${what} must have a tensor for every name: nothing for ${shown(name)}`,
  );
}

/** Checks an input, and brings integers of another width to the dtype of their kind. */
function checkInput({ name, shape, elements }: OnnxValue, x: Tensor): Tensor {
  const fits = shape === undefined || shape.length === x.rank &&
      shape.every((size, i) => typeof size === "string" || size === x.shape[i]);
  if (!fits) {
    throw new ShapeError(
      `${ACTION}inputs must have the shapes of the file: ${printable(name)} is ` +
        `${formatShape(x.shape)}, the file has [${printable(shape.join(", "))}]`,
    );
  }
  return isIntKind(elements) ? checkInts(name, elements, x) : x;
}

function checkInts(name: string, kind: IntKind, x: Tensor): Tensor {
  const isByte = kind === "uint8" || kind === "bool";
  const isDouble = x.dtype === "float64" && isWide(kind);
  if (isDouble || x.dtype === (isByte ? "uint8" : "int32")) return x;
  if (x.dtype === "int32" || x.dtype === "uint8") return castInts(x, kind);
  throw new ShapeError(
    `${ACTION}inputs must have the elements of the file, cast(x, dtype) converts: ${
      printable(name)
    } is ` +
      `${x.dtype}, the file has ${kind}, which is ${isByte ? "uint8" : "int32"} here`,
  );
}
