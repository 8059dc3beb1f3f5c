/**
 * Descriptions in oneDNN 2: structures that are filled in and copied. Their sizes are those of its
 * header, and are checked against the library when it is opened: it writes as much as it likes.
 *
 * @module
 */
import type { Symbols } from "../../../ffi/signatures.ts";
import type { System } from "../../../ffi/system.ts";
import {
  ANY_LAYOUT,
  DIRECT_CONVOLUTION,
  F32,
  FORWARD_TRAINING,
  RELU,
  SUCCESS,
} from "./constants.ts";
import {
  type ArrayDescriptor,
  type ArrayLayout,
  type ConvolutionDescription,
  type Descriptors,
  type ProductDescription,
  sizeList,
} from "./descriptors.ts";
import type { VERSION_2 } from "./symbols.ts";

type Library = Symbols<typeof VERSION_2>;

/** Bytes of the structures. */
const ARRAY_BYTES = 696;
const CONVOLUTION_BYTES = 5976;
const PRODUCT_BYTES = 2800;

/** Bytes at the end of a structure that may be left as they are: its padding. */
const PADDING = 16;
/** A byte that no structure is full of. */
const CANARY = 0xa5;

/** Descriptions as structures. */
export class Structures implements Descriptors {
  readonly #c: Library;
  readonly #system: System;
  readonly #engine: number;

  constructor(c: Library, system: System, engine: number) {
    this.#c = c;
    this.#system = system;
    this.#engine = engine;
  }

  array(layout: ArrayLayout): ArrayDescriptor {
    const memory = new Uint8Array(ARRAY_BYTES);
    const status = this.#fillArray(memory, layout);
    return { at: status === SUCCESS ? this.#system.addressOf(memory) : 0, memory };
  }

  free(_descriptor: ArrayDescriptor): void {
    // Our memory, which is collected.
  }

  convolution(description: ConvolutionDescription, hint: number): number {
    const structure = new Uint8Array(CONVOLUTION_BYTES);
    const status = this.#fillConvolution(structure, description);
    return status === SUCCESS ? this.#primitive(structure, description.attributes, hint) : 0;
  }

  product(description: ProductDescription): number {
    const structure = new Uint8Array(PRODUCT_BYTES);
    const status = this.#fillProduct(structure, description);
    return status === SUCCESS ? this.#primitive(structure, description.attributes, 0) : 0;
  }

  appendRelu(postOps: number): number {
    return this.#c.dnnl_post_ops_append_eltwise(postOps, 1, RELU[2], 0, 0);
  }

  /** Says which structure has another size in this library; undefined if none has. */
  misfit(): string | undefined {
    const layout: ArrayLayout = { sizes: [1, 1, 1, 1], strides: [1, 1, 1, 1] };
    const isArray = fits(ARRAY_BYTES, (bytes) => this.#fillArray(bytes, layout));
    if (!isArray) return "dnnl_memory_desc_t";
    const x = this.array(layout);
    const [one, zero] = [sizeList(1, 1), sizeList(0, 0)];
    const window = { strides: one, gaps: zero, before: zero, after: zero };
    const convolution = { kind: "forward", x, w: x, y: x, window, attributes: 0 } as const;
    if (!fits(CONVOLUTION_BYTES, (bytes) => this.#fillConvolution(bytes, convolution))) {
      return "dnnl_convolution_desc_t";
    }
    const product = { a: x, b: x, y: x, attributes: 0 };
    const isProduct = fits(PRODUCT_BYTES, (bytes) => this.#fillProduct(bytes, product));
    return isProduct ? undefined : "dnnl_matmul_desc_t";
  }

  #fillArray(to: Uint8Array, { sizes, strides }: ArrayLayout): number {
    const list = sizeList(...sizes);
    return strides === undefined
      ? this.#c.dnnl_memory_desc_init_by_tag(to, sizes.length, list, F32, ANY_LAYOUT)
      : this.#c.dnnl_memory_desc_init_by_strides(
        to,
        sizes.length,
        list,
        F32,
        sizeList(...strides),
      );
  }

  #fillConvolution(to: Uint8Array, d: ConvolutionDescription): number {
    const [x, w, y, bias] = [d.x.at, d.w.at, d.y.at, d.bias?.at ?? 0];
    const { strides, gaps, before, after } = d.window;
    const c = this.#c;
    switch (d.kind) {
      case "forward":
        return c.dnnl_dilated_convolution_forward_desc_init(
          to,
          FORWARD_TRAINING,
          DIRECT_CONVOLUTION,
          x,
          w,
          bias,
          y,
          strides,
          gaps,
          before,
          after,
        );
      case "gradX":
        return c.dnnl_dilated_convolution_backward_data_desc_init(
          to,
          DIRECT_CONVOLUTION,
          x,
          w,
          y,
          strides,
          gaps,
          before,
          after,
        );
      case "gradW":
        return c.dnnl_dilated_convolution_backward_weights_desc_init(
          to,
          DIRECT_CONVOLUTION,
          x,
          w,
          0,
          y,
          strides,
          gaps,
          before,
          after,
        );
    }
  }

  #fillProduct(to: Uint8Array, { a, b, bias, y }: ProductDescription): number {
    return this.#c.dnnl_matmul_desc_init(to, a.at, b.at, bias?.at ?? 0, y.at);
  }

  #primitive(structure: Uint8Array, attributes: number, hint: number): number {
    const made = new BigUint64Array(1);
    const engine = this.#engine;
    const status = this.#c.dnnl_primitive_desc_create(made, structure, attributes, engine, hint);
    return status === SUCCESS ? Number(made[0]) : 0;
  }
}

/** Fills a structure with room behind it; tells whether it was written to its end and not beyond. */
function fits(bytes: number, fill: (structure: Uint8Array) => number): boolean {
  const room = new Uint8Array(2 * bytes).fill(CANARY);
  if (fill(room) !== SUCCESS) return false;
  const isWritten = room.subarray(bytes - PADDING, bytes).some((byte) => byte !== CANARY);
  return isWritten && room.subarray(bytes).every((byte) => byte === CANARY);
}
