/**
 * Convolutions and their gradients as plans.
 *
 * @module
 */
import type { Conv2dGeometry } from "../../../core/geometry/mod.ts";
import { ARGUMENT } from "./constants.ts";
import { type ConvolutionKind, sizeList, type WindowLists } from "./descriptors.ts";
import type { Onednn } from "./library.ts";
import { build, type Memories, place, type Plan, type PlanBuilder } from "./plan.ts";

/** A convolution to be planned. */
export interface ConvolutionRequest {
  readonly kind: ConvolutionKind;
  readonly geometry: Conv2dGeometry;
  /** Add a bias to each result. */
  readonly hasBias: boolean;
  /** Make negative results 0. */
  readonly relu: boolean;
}

/** Plans a convolution; undefined where the library has none for it. */
export function planConvolution(library: Onednn, request: ConvolutionRequest): Plan | undefined {
  return build(library, (builder) => make(library, builder, request));
}

function make(
  library: Onednn,
  builder: PlanBuilder,
  { kind, geometry: g, hasBias, relu }: ConvolutionRequest,
): Omit<Plan, "close"> | undefined {
  const x = builder.array(images(g.batch, g.height, g.width, g.channels));
  const y = builder.array(images(g.batch, g.outHeight, g.outWidth, g.outChannels));
  const plain = builder.array(filters(g));
  const w = builder.array({ sizes: filters(g).sizes });
  const bias = hasBias ? builder.array({ sizes: [g.outChannels], strides: [1] }) : undefined;
  const description = { x, w, y, window: windowOf(g), attributes: builder.attributes(relu) };
  const { descriptors } = library;
  let primitive = builder.keep(
    descriptors.convolution({ ...description, kind: "forward", bias }, 0),
  );
  if (kind !== "forward" && primitive !== 0) {
    primitive = builder.keep(descriptors.convolution({ ...description, kind }, primitive));
  }
  if (primitive === 0) return undefined;

  const memories = {
    x: builder.memory(x.at),
    y: builder.memory(y.at),
    w: builder.memory(plain.at),
    bias: bias === undefined ? 0 : builder.memory(bias.at),
  };
  const isResult = kind === "gradW";
  const wanted = builder.filters(primitive, isResult);
  const isPlain = library.c.dnnl_memory_desc_equal(wanted, plain.at) !== 0;
  const inner = isPlain ? memories.w : builder.memory(wanted);
  const [source, target] = [[plain.at, memories.w], [wanted, inner]] as const;
  const reorder = isPlain
    ? undefined
    : isResult
    ? builder.reorder(target, source)
    : builder.reorder(source, target);
  const main = builder.primitive(primitive, argumentsOf(kind, { ...memories, w: inner }));
  const [first, second] = isResult ? [main, reorder] : [reorder, main];
  return {
    implementation: builder.implementation(primitive),
    scratchBytes: isPlain ? 0 : library.c.dnnl_memory_desc_get_size(wanted),
    run(at) {
      place(library, memories, at);
      if (!isPlain) library.c.dnnl_memory_set_data_handle(inner, at.scratch);
      first?.();
      second?.();
      library.c.dnnl_stream_wait(library.stream);
    },
  };
}

function argumentsOf(
  kind: ConvolutionKind,
  { x, w, y, bias }: Memories,
): (readonly [number, number])[] {
  switch (kind) {
    case "gradX":
      return [[ARGUMENT.diffDst, y], [ARGUMENT.weights, w], [ARGUMENT.diffSrc, x]];
    case "gradW":
      return [[ARGUMENT.src, x], [ARGUMENT.diffDst, y], [ARGUMENT.diffWeights, w]];
    case "forward": {
      const plain = [[ARGUMENT.src, x], [ARGUMENT.weights, w], [ARGUMENT.dst, y]] as const;
      return bias === 0 ? [...plain] : [...plain, [ARGUMENT.bias, bias]];
    }
  }
}

/** Images in the order of oneDNN's names, N C H W, as they lie here, N H W C. */
function images(batch: number, height: number, width: number, channels: number) {
  return {
    sizes: [batch, channels, height, width],
    strides: [height * width * channels, 1, width * channels, channels],
  };
}

/** Filters in the order O C H W, groups before them where there are some, as they lie here. */
function filters(g: Conv2dGeometry) {
  const { outChannels, windowHeight, windowWidth, groups } = g;
  const [perGroup, results] = [g.channels / groups, outChannels / groups];
  const sizes = [results, perGroup, windowHeight, windowWidth];
  const tap = perGroup * outChannels;
  const strides = [1, outChannels, windowWidth * tap, tap];
  return groups === 1
    ? { sizes, strides }
    : { sizes: [groups, ...sizes], strides: [results, ...strides] };
}

function windowOf(g: Conv2dGeometry): WindowLists {
  const [after, right] = [
    zerosAfter(g.outHeight, g.strideHeight, g.windowHeight, g.dilationHeight, g.height, g.padTop),
    zerosAfter(g.outWidth, g.strideWidth, g.windowWidth, g.dilationWidth, g.width, g.padLeft),
  ];
  return {
    strides: sizeList(g.strideHeight, g.strideWidth),
    gaps: sizeList(g.dilationHeight - 1, g.dilationWidth - 1),
    before: sizeList(g.padTop, g.padLeft),
    after: sizeList(after, right),
  };
}

/** Zeros that the last window reaches beyond the image. */
function zerosAfter(
  count: number,
  stride: number,
  taps: number,
  dilation: number,
  size: number,
  before: number,
): number {
  const reach = (taps - 1) * dilation + 1;
  return Math.max((count - 1) * stride + reach - before - size, 0);
}
