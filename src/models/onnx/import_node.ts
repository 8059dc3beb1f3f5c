/**
 * A node of an ONNX file as the operators of the library read it: settings checked by kind, inputs
 * that are tensors or, where shapes are computed, integers on the host.
 *
 * @module
 */
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import { type IntKind, isIntKind } from "./int_kinds.ts";
import { checkRank, type Home } from "./host_ints.ts";
import type { Refuse } from "./message_reader.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./model.ts";
import { shown } from "./read_tensor.ts";
import type { ElementKind } from "./schema.ts";
import type { NodeValue } from "./values.ts";

/** Applies a node to its inputs; undefined are those that are absent. A list is of all results. */
export type Run = (
  inputs: readonly (NodeValue | undefined)[],
) => NodeValue | readonly NodeValue[];

/** Reads a node; throws a SyntaxError where it is not one that the library can apply. */
export type Operator = (node: NodeReader) => Run;

/** The graph around a node that is read. */
export interface GraphContext {
  /** Version of the operators. */
  readonly opset: number;
  /** Constants by their names. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** Kinds of elements of the values made so far, by name. */
  readonly kinds: ReadonlyMap<string, ElementKind>;
  /** The most elements that a node may make more of. */
  readonly maxElements: number;
  /** Place of constants. */
  readonly home: Home;
  /** Refuses the file. */
  readonly refuse: Refuse;
}

/** A node while it is read. */
export class NodeReader {
  /** Version of the operators. */
  readonly opset: number;
  /** Place of constants. */
  readonly home: Home;
  readonly #asked = new Set<string>();
  readonly #node: OnnxNode;
  readonly #context: GraphContext;

  constructor(node: OnnxNode, context: GraphContext) {
    this.#node = node;
    this.#context = context;
    this.opset = context.opset;
    this.home = context.home;
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
    return this.#context.refuse(`${operator} must ${rule}`, `${shown(outputs[0])} has ${found}`);
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

  /** Returns the kind of the elements of input `i`; undefined where it is absent. */
  kind(i: number): ElementKind | undefined {
    return this.#context.kinds.get(this.#node.inputs[i] ?? "");
  }

  /** Returns the kind of the integers that input `i` has; undefined where it has none. */
  intKind(i: number): IntKind | undefined {
    const kind = this.kind(i);
    return isIntKind(kind) ? kind : undefined;
  }

  /** Refuses, while it is applied, to make a result with more elements than may be. */
  checkSize(shape: Shape): void {
    checkRank(shape.length);
    const { maxElements } = this.#context;
    if (shape.every((n) => Number.isSafeInteger(n) && n >= 0) && sizeOf(shape) <= maxElements) {
      return;
    }
    throw new RangeError(
      `Cannot apply ONNX model: a result must have at most maxElements = ${maxElements} elements: ` +
        `it would be ${formatShape(shape)}`,
    );
  }

  /** Reads one of some texts. */
  choice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.text(name, choices[0]);
    const found = choices.find((choice) => choice === value);
    return found ?? this.refuse(`have ${name} ${choices.join(" or ")}`, value);
  }

  /** Reads a list of ends of ranges, which may be as far away as 64 bits reach. */
  ends(name: string): readonly number[] | undefined {
    return this.#attribute(name, "ints")?.value as readonly number[] | undefined;
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

  /** Refuses a setting that was not read, and is not one of those that change no result. */
  checkAllRead(harmless: readonly string[]): void {
    const isRead = (name: string) => this.#asked.has(name) || harmless.includes(name);
    const ignored = [...this.#node.attributes.keys()].find((name) => !isRead(name));
    if (ignored !== undefined) this.refuse("have settings that are known", shown(ignored));
  }

  /** Returns the constant that input `i` is; undefined where it is computed or absent. */
  constant(i: number): OnnxTensor | undefined {
    return this.#context.constants.get(this.#node.inputs[i] ?? "");
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
    this.#asked.add(name);
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
