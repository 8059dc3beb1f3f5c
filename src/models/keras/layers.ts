/**
 * Layers of this library as Keras has them: names of its classes and of their weights.
 *
 * @module
 */

/** A layer with weights, as Keras has it. */
export interface KerasLayer {
  /** Its class in Keras. */
  readonly className: string;
  /** Name in Keras 3 of the first of its class in a file; others get a number: `conv2d_1`. */
  readonly group: string;
  /** Parameters in the order of Keras's weights, with the names that the weights may have. */
  readonly weights: readonly (readonly [param: string, ...names: string[]])[];
}

const KERNEL = [["w", "kernel"], ["bias", "bias"]] as const;
const NORM = [["scale", "gamma"], ["bias", "beta"]] as const;
const MOMENTS = [["mean", "moving_mean"], ["variance", "moving_variance"]] as const;

/** Layers with weights by their types. */
export const KERAS_LAYERS: ReadonlyMap<string, KerasLayer> = new Map<string, KerasLayer>([
  ["BatchNorm", {
    className: "BatchNormalization",
    group: "batch_normalization",
    weights: [...NORM, ...MOMENTS],
  }],
  ["Conv2d", { className: "Conv2D", group: "conv2d", weights: KERNEL }],
  ["Conv2dTranspose", { className: "Conv2DTranspose", group: "conv2d_transpose", weights: KERNEL }],
  ["Dense", { className: "Dense", group: "dense", weights: KERNEL }],
  ["DepthwiseConv2d", {
    className: "DepthwiseConv2D",
    group: "depthwise_conv2d",
    weights: [["w", "depthwise_kernel", "kernel"], ["bias", "bias"]],
  }],
  ["Embedding", { className: "Embedding", group: "embedding", weights: [["w", "embeddings"]] }],
  ["GroupNorm", {
    className: "GroupNormalization",
    group: "group_normalization",
    weights: NORM,
  }],
  ["LayerNorm", {
    className: "LayerNormalization",
    group: "layer_normalization",
    weights: NORM,
  }],
]);

/** The part of a model that is read here: its layers in their order, as `Sequential` has them. */
export interface LayeredModel {
  /** The layers it is made of. */
  readonly children?: readonly NamedModelLayer[];
}

/** The part of a layer that is read here. */
export interface ModelLayer extends LayeredModel {
  /** Kind of the layer. */
  readonly type: string;
  /** Options that it was made with. */
  readonly options?: object;
}

/** A layer with its name in the parameters. */
export interface NamedModelLayer {
  /** Its name. */
  readonly name: string;
  /** The layer. */
  readonly layer: ModelLayer;
}
