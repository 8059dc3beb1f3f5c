/**
 * Descriptions in oneDNN 3: objects of the library, which it makes and destroys.
 *
 * @module
 */
import type { Symbols } from "../../../ffi/signatures.ts";
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
import type { VERSION_3 } from "./symbols.ts";

type Library = Symbols<typeof VERSION_3>;

/** Descriptions as handles. */
export class Handles implements Descriptors {
  readonly #c: Library;
  readonly #engine: number;

  constructor(c: Library, engine: number) {
    this.#c = c;
    this.#engine = engine;
  }

  array({ sizes, strides }: ArrayLayout): ArrayDescriptor {
    const list = sizeList(...sizes);
    const at = made((to) =>
      strides === undefined
        ? this.#c.dnnl_memory_desc_create_with_tag(to, sizes.length, list, F32, ANY_LAYOUT)
        : this.#c.dnnl_memory_desc_create_with_strides(
          to,
          sizes.length,
          list,
          F32,
          sizeList(...strides),
        )
    );
    return { at };
  }

  free({ at }: ArrayDescriptor): void {
    if (at !== 0) this.#c.dnnl_memory_desc_destroy(at);
  }

  convolution(d: ConvolutionDescription, hint: number): number {
    const [x, w, y, bias] = [d.x.at, d.w.at, d.y.at, d.bias?.at ?? 0];
    const { strides, gaps, before, after } = d.window;
    const c = this.#c;
    return made((to) => {
      switch (d.kind) {
        case "forward":
          return c.dnnl_convolution_forward_primitive_desc_create(
            to,
            this.#engine,
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
            d.attributes,
          );
        case "gradX":
          return c.dnnl_convolution_backward_data_primitive_desc_create(
            to,
            this.#engine,
            DIRECT_CONVOLUTION,
            x,
            w,
            y,
            strides,
            gaps,
            before,
            after,
            hint,
            d.attributes,
          );
        case "gradW":
          return c.dnnl_convolution_backward_weights_primitive_desc_create(
            to,
            this.#engine,
            DIRECT_CONVOLUTION,
            x,
            w,
            0,
            y,
            strides,
            gaps,
            before,
            after,
            hint,
            d.attributes,
          );
      }
    });
  }

  product({ a, b, bias, y, attributes }: ProductDescription): number {
    return made((to) =>
      this.#c.dnnl_matmul_primitive_desc_create(
        to,
        this.#engine,
        a.at,
        b.at,
        bias?.at ?? 0,
        y.at,
        attributes,
      )
    );
  }

  appendRelu(postOps: number): number {
    return this.#c.dnnl_post_ops_append_eltwise(postOps, RELU[3], 0, 0);
  }
}

/** The handle that a call makes; 0 where it fails. */
function made(make: (to: BigUint64Array) => number): number {
  const to = new BigUint64Array(1);
  return make(to) === SUCCESS ? Number(to[0]) : 0;
}
