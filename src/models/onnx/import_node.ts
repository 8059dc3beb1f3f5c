/**
 * A node of an ONNX file as the operators of the library read it: settings checked by kind, inputs
 * that are tensors or, where shapes are computed, lists of numbers on the host.
 *
 * @module
 */
import { tensor } from "../../core/create.ts";
import { ShapeError } from "../../core/errors.ts";
import { Tensor } from "../../core/tensor.ts";
import type { Refuse } from "./message_reader.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./model.ts";
import { shown } from "./read_tensor.ts";

/** Integers on the host: shapes, axes, positions. */
export interface HostInts {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A value that nodes read and make. */
export type NodeValue = Tensor | HostInts;

/** Applies a node to its inputs; undefined are those that are absent. A list is of all results. */
export type Run = (
  inputs: readonly (NodeValue | undefined)[],
) => NodeValue | readonly NodeValue[];

/** Reads a node; throws a SyntaxError where it is not one that the library can apply. */
export type Operator = (node: NodeReader) => Run;

/** A node while it is read. */
export class NodeReader {
  /** Version of the operators. */
  readonly opset: number;
  readonly #node: OnnxNode;
  readonly #constants: ReadonlyMap<string, OnnxTensor>;
  readonly #refuse: Refuse;

  constructor(
    node: OnnxNode,
    opset: number,
    constants: ReadonlyMap<string, OnnxTensor>,
    refuse: Refuse,
  ) {
    this.#node = node;
    this.opset = opset;
    this.#constants = constants;
    this.#refuse = refuse;
  }

  /** The operator. */
  get operator(): string {
    return this.#node.operator;
  }

  /** Number of results. */
  get resultCount(): number {
    return this.#node.outputs.length;
  }

  /** Number of inputs. */
  get count(): number {
    return this.#node.inputs.length;
  }

  /** Refuses it. */
  refuse(rule: string, found: string): never {
    const { operator, outputs } = this.#node;
    return this.#refuse(`${operator} must ${rule}`, `${shown(outputs[0])} has ${found}`);
  }

  /** Refuses another number of inputs. */
  checkCount(least: number, most: number): void {
    if (this.count >= least && this.count <= most) return;
    this.refuse(`have ${least} to ${most} inputs`, `${this.count}`);
  }

  /** Reads a whole number. */
  int<Fallback extends number | undefined>(name: string, fallback: Fallback): number | Fallback {
    const value = this.#attribute(name, "int");
    return value === undefined ? fallback : this.#whole(name, value.value as number);
  }

  /** Reads a number. */
  float<Fallback extends number | undefined>(name: string, fallback: Fallback): number | Fallback {
    const value = this.#attribute(name, "float");
    return value === undefined ? fallback : value.value as number;
  }

  /** Reads a list of whole numbers. */
  ints(name: string): readonly number[] | undefined {
    const list = this.#attribute(name, "ints")?.value as readonly number[] | undefined;
    return list?.map((value) => this.#whole(name, value));
  }

  /** Reads a list of numbers. */
  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, "floats")?.value as readonly number[] | undefined;
  }

  /** Reads a text. */
  text(name: string, fallback: string): string {
    return (this.#attribute(name, "text")?.value as string | undefined) ?? fallback;
  }

  /** Reads a constant in an attribute. */
  tensor(name: string): OnnxTensor | undefined {
    return this.#attribute(name, "tensor")?.value as OnnxTensor | undefined;
  }

  /** Refuses a setting other than the one that the library has. */
  expect(name: string, value: number): void {
    const found = this.int(name, value);
    if (found !== value) this.refuse(`have ${name} ${value}`, `${found}`);
  }

  /** Returns the constant that input `i` is; undefined where it is computed or absent. */
  constant(i: number): OnnxTensor | undefined {
    return this.#constants.get(this.#node.inputs[i] ?? "");
  }

  /** Returns true if input `i` is there. */
  has(i: number): boolean {
    return (this.#node.inputs[i] ?? "") !== "";
  }

  /**
   * Returns the number that input `i` is, which must be a constant; undefined where it is absent.
   */
  number(i: number): number | undefined {
    if (!this.has(i)) return undefined;
    const found = this.constant(i);
    if (found === undefined || found.data.length !== 1) {
      return this.refuse(`have a constant number as input ${i}`, "another one");
    }
    return found.data[0];
  }

  #attribute(name: string, type: OnnxAttribute["type"]): OnnxAttribute | undefined {
    const found = this.#node.attributes.get(name);
    if (found !== undefined && found.type !== type) {
      this.refuse(`have ${name} of kind ${type}`, found.type);
    }
    return found;
  }

  #whole(name: string, value: number): number {
    return Number.isSafeInteger(value)
      ? value
      : this.refuse(`have whole numbers up to 2^53 as ${name}`, `${value}`);
  }
}

/** Reads a value as a tensor; integers of the host as int32. */
export function asTensor(value: NodeValue | undefined): Tensor {
  if (value instanceof Tensor) return value;
  if (value === undefined) throw new ShapeError("Cannot apply ONNX: an input is absent: none");
  return tensor(Int32Array.from(value.data), { shape: value.shape });
}

/** Reads a value as a list of numbers of the host; those of a tensor are read. */
export function asInts(value: NodeValue | undefined): readonly number[] {
  if (value === undefined) return [];
  return value instanceof Tensor ? Array.from(value.dataSync()) : value.data;
}

/** Makes a value of a list of numbers. */
export function hostInts(data: readonly number[], shape: readonly number[] = [data.length]) {
  return { data, shape } satisfies HostInts;
}

/** Returns true if a value is on the host. */
export function isHost(value: NodeValue | undefined): value is HostInts {
  return value !== undefined && !(value instanceof Tensor);
}

/** Counts an axis from 0. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
