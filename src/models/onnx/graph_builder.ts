/**
 * A graph of ONNX nodes that grows while ops are mapped to it, and the orders of dimensions in which
 * its values are there.
 *
 * Images are `[N, H, W, C]` here and `[N, C, H, W]` in ONNX. A value is kept in the order in which
 * it was made, and transposed when a node asks for another one, once. So a network of convolutions
 * is transposed where it begins and where it ends, and constants are transposed when they are
 * written.
 *
 * @module
 */
import type { DType, TypedArray } from "../../core/dtype.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./model.ts";
import type { ElementKind } from "./schema.ts";
import { fixedShape, isFixed, type Size } from "./sizes.ts";
import { transposeHost } from "./host_transpose.ts";

/**
 * The order of dimensions of a value in the file: `plain` as it is here; `first`, images as
 * `[N, C, H, W]`; `flat`, rows `[N, H W C]` whose elements are in the order C, H, W.
 */
export type Order = "plain" | "first" | "flat";

/** Dimensions of images with channels first, by their places here. */
export const CHANNELS_FIRST: readonly number[] = [0, 3, 1, 2];
/** Dimensions of images with channels last, by their places in ONNX. */
const CHANNELS_LAST: readonly number[] = [0, 2, 3, 1];

/** Something that ops read or write. */
export interface Value {
  readonly shape: readonly Size[];
  /** Its shapes for the two batches that were traced; the same one twice where the batch is fixed. */
  readonly traced: readonly [Shape, Shape];
  readonly dtype: DType;
  /** The elements of a constant. */
  readonly data?: TypedArray;
  /** Name for a constant. */
  readonly name?: string;
  /** Names in the file by the order of dimensions; a constant may have none yet. */
  readonly names: Map<Order, string>;
  /** The order in which it was made. */
  order: Order;
  /** Height, width and channels of what `flat` rows were. */
  image?: readonly number[];
}

/** Attributes of a node as they are written in mappings: integers, or told apart by a wrapper. */
export type Attributes = Readonly<Record<string, OnnxAttribute | number | readonly number[]>>;

/** Makes a float attribute. */
export function float(value: number): OnnxAttribute {
  return { type: "float", value };
}

/** Makes a text attribute. */
export function text(value: string): OnnxAttribute {
  return { type: "text", value };
}

/** Nodes and constants, and names for them. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly #taken: Set<string>;
  readonly #shared = new Map<string, string>();
  /** The name of an input whose first size is the batch. */
  readonly #batchOf: string | undefined;

  constructor(taken: readonly string[], batchOf: string | undefined) {
    this.#taken = new Set(taken);
    this.#batchOf = batchOf;
  }

  /** Appends a node; returns the name of its result. */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#fresh(operator.toLowerCase());
    const list = Object.entries(attributes).map(([name, value]) => [name, written(value)] as const);
    this.nodes.push({ operator, inputs, outputs: [output], attributes: new Map(list) });
    return output;
  }

  /** Adds a constant; returns its name. */
  constant(
    data: OnnxTensor["data"],
    shape: readonly number[],
    elements: ElementKind,
    hint = "constant",
  ): string {
    const name = this.#fresh(hint);
    this.constants.push({ name, elements, shape, data });
    return name;
  }

  /** Names a list of whole numbers; equal ones are one constant. */
  ints(values: readonly number[]): string {
    return this.#once(
      `ints ${values}`,
      () => this.constant(Float64Array.from(values), [values.length], "int64", "sizes"),
    );
  }

  /** Names a number of a dtype, without dimensions. */
  scalar(value: number, dtype: DType): string {
    const make = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
    const data = dtype === "uint8" ? Uint8Array.of(value) : make[dtype].of(value);
    return this.#once(`${dtype} ${value}`, () => this.constant(data, [], dtype, "number"));
  }

  /** Names a shape: of whole numbers, or computed where more than a reshape can infer. */
  shape(sizes: readonly Size[]): string {
    const fixed = fixedShape(sizes);
    if (fixed !== undefined) return this.ints(fixed);
    const parts = sizes.map((size) => isFixed(size) ? this.ints([size]) : this.#batch(size));
    return parts.length === 1 ? parts[0] : this.node("Concat", parts, { axis: 0 });
  }

  /** Names a value in another shape of as many elements. */
  reshape(name: string, sizes: readonly Size[]): string {
    const growing = sizes.filter((size) => !isFixed(size)).length;
    const isInferred = growing === 1 && !sizes.includes(0);
    const shape = isInferred
      ? this.ints(sizes.map((size) => isFixed(size) ? size : -1))
      : this.shape(sizes);
    return this.node("Reshape", [name, shape], sizes.includes(0) ? { allowzero: 1 } : {});
  }

  /** Names a value in an order of dimensions; transposed where it is not there yet. */
  in(order: Order, value: Value): string {
    const known = value.names.get(order);
    if (known !== undefined) return known;
    const name = this.#turned(order, value);
    value.names.set(order, name);
    return name;
  }

  /** Names a value as it is here. */
  plain(value: Value): string {
    return this.in("plain", value);
  }

  /** Notes the name of a value, and the order of its dimensions. */
  set(value: Value, name: string, order: Order = "plain"): void {
    value.order = order;
    value.names.set(order, name);
  }

  /** Names a transposed value. */
  transpose(name: string, axes: readonly number[]): string {
    return this.node("Transpose", [name], { perm: axes });
  }

  #turned(order: Order, value: Value): string {
    const { data, dtype, shape, name: hint } = value;
    if (data !== undefined) {
      const axes = order === "first" ? CHANNELS_FIRST : shape.map((_, i) => i);
      const array = transposeHost({ shape: shape as number[], dtype, data }, axes);
      return this.constant(array.data, array.shape, dtype, hint);
    }
    if (order === "first") return this.transpose(this.plain(value), CHANNELS_FIRST);
    if (value.order === "first") {
      return this.transpose(this.in("first", value), CHANNELS_LAST);
    }
    const [height, width, channels] = value.image!;
    const images = [value.shape[0], channels, height, width];
    const first = this.reshape(this.in("flat", value), images);
    return this.reshape(this.transpose(first, CHANNELS_LAST), value.shape);
  }

  /** Names a size that grows with the batch, as a list of one. */
  #batch({ perExample }: { readonly perExample: number }): string {
    return this.#once(`batch ${perExample}`, () => {
      const shape = this.node("Shape", [this.#batchOf!], { start: 0, end: 1 });
      return perExample === 1 ? shape : this.node("Mul", [shape, this.ints([perExample])]);
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#shared.set(key, name);
    return name;
  }

  #fresh(hint: string): string {
    let name = hint;
    for (let i = 2; this.#taken.has(name); i++) name = `${hint}_${i}`;
    this.#taken.add(name);
    return name;
  }
}

function written(value: OnnxAttribute | number | readonly number[]): OnnxAttribute {
  if (typeof value === "number") return { type: "int", value };
  return "type" in value ? value : { type: "ints", value };
}

/** Returns true if a value is a constant with one element. */
export function isScalar({ data, shape }: Value): boolean {
  return data !== undefined && sizeOf(shape as number[]) === 1;
}
