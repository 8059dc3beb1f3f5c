/**
 * Products of matrices as plans.
 *
 * @module
 */
import type { MatmulGeometry } from "../../../core/geometry/mod.ts";
import { ARGUMENT } from "./constants.ts";
import type { Onednn } from "./library.ts";
import { build, place, type Plan, type PlanBuilder } from "./plan.ts";

/** A product to be planned. */
export interface ProductRequest {
  readonly geometry: MatmulGeometry;
  /** Number of products, of matrices that follow each other. */
  readonly count: number;
  /** Multiply each matrix by the same one. */
  readonly sharesB: boolean;
  readonly hasBias: boolean;
  readonly relu: boolean;
}

/** Plans a product; undefined where the library has none for it. */
export function planProduct(library: Onednn, request: ProductRequest): Plan | undefined {
  return build(library, (builder) => make(library, builder, request));
}

function make(
  library: Onednn,
  builder: PlanBuilder,
  { geometry: g, count, sharesB, hasBias, relu }: ProductRequest,
): Omit<Plan, "close"> | undefined {
  const { rows, inner, columns } = g;
  const isBatch = count > 1;
  const matrix = (matrices: number, height: number, width: number, isTurned: boolean) => {
    const strides = isTurned ? [1, height] : [width, 1];
    return builder.array(
      isBatch
        ? { sizes: [matrices, height, width], strides: [height * width, ...strides] }
        : { sizes: [height, width], strides },
    );
  };
  const a = matrix(count, rows, inner, g.transposeA);
  const b = matrix(sharesB ? 1 : count, inner, columns, g.transposeB);
  const y = matrix(count, rows, columns, false);
  const bias = hasBias ? matrix(1, 1, columns, false) : undefined;
  const attributes = builder.attributes(relu);
  const primitive = builder.keep(library.descriptors.product({ a, b, y, bias, attributes }));
  if (primitive === 0) return undefined;

  const memories = {
    x: builder.memory(a.at),
    w: builder.memory(b.at),
    y: builder.memory(y.at),
    bias: bias === undefined ? 0 : builder.memory(bias.at),
  };
  const plain = [
    [ARGUMENT.src, memories.x],
    [ARGUMENT.weights, memories.w],
    [ARGUMENT.dst, memories.y],
  ] as const;
  const run = builder.primitive(
    primitive,
    hasBias ? [...plain, [ARGUMENT.bias, memories.bias]] : plain,
  );
  return {
    implementation: builder.implementation(primitive),
    scratchBytes: 0,
    run(at) {
      place(library, memories, at);
      run();
      library.c.dnnl_stream_wait(library.stream);
    },
  };
}
