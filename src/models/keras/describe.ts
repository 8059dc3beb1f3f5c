/**
 * Models of this library described as Keras has them: a list of layers with their settings, their
 * weights, and the layers whose results they take.
 *
 * @module
 */
import { conv2dGeometry } from "../../core/geometry/mod.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { excerpt } from "../../formats/file_limits.ts";
import type { Layer } from "../../nn/layer.ts";
import { KERAS_LAYERS } from "./layers.ts";
import { FUNCTION_NAMES, PLAIN_NAMES } from "./config.ts";

/** A layer as Keras has it. */
export interface DescribedLayer {
  /** A name that no other layer of the model has. */
  readonly name: string;
  readonly className: string;
  /** Settings by Keras's names. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Weights in Keras's order, with their names there. */
  readonly weights: readonly (readonly [name: string, tensor: Tensor])[];
  /** Names of the layers whose results it takes. */
  readonly inputs: readonly string[];
  /** Shape of its result, without the batch. */
  readonly shape: Shape;
}

/** Name of the layer that is the input. */
export const INPUT_NAME = "input";

type Options = Readonly<Record<string, unknown>>;
type Pair = readonly [number, number];

/** Describes a model for examples of a shape. `action` begins every error. */
export function describeModel<P>(
  model: Layer<P>,
  params: P,
  inputShape: Shape,
  action: string,
): DescribedLayer[] {
  const describer = new Describer(action, inputShape);
  describer.add(model as Layer<unknown>, params, "", { name: INPUT_NAME, shape: inputShape });
  return describer.layers;
}

/** A result that the next layer takes. */
interface Result {
  readonly name: string;
  readonly shape: Shape;
}

class Describer {
  readonly layers: DescribedLayer[];
  readonly #action: string;
  readonly #names = new Set<string>([INPUT_NAME]);

  constructor(action: string, shape: Shape) {
    this.#action = action;
    const config = { "batch_input_shape": [null, ...shape], dtype: "float32", sparse: false };
    const input = { name: INPUT_NAME, className: "InputLayer", config };
    this.layers = [{ ...input, weights: [], inputs: [], shape }];
  }

  /** Adds a layer, and those that it is made of; returns its result. */
  add(layer: Layer<unknown>, params: unknown, path: string, x: Result): Result {
    const { type, children } = layer;
    const inner = (name: string) => (params as Readonly<Record<string, unknown>> | null)?.[name];
    const at = (name: string) => path === "" ? name : `${path}_${name}`;
    if (type === "Sequential" && children !== undefined) {
      return children.reduce((x, { name, layer }) => this.add(layer, inner(name), at(name), x), x);
    }
    if (type === "Residual" && children !== undefined) {
      const [y, around = x] = children.map(({ name, layer }) =>
        this.add(layer, inner(name), at(name), x)
      );
      return this.#push("Add", at("add"), {}, [], [y, around], y.shape);
    }
    const shape = layer.outputShape(x.shape);
    const given = params as Readonly<Record<string, Tensor | null>> | null;
    const options = (layer.options ?? {}) as Options;
    const known = KERAS_LAYERS.get(type);
    const plainName = PLAIN_NAMES.get(type) ?? ADDITIONAL.get(type);
    const functionName = FUNCTION_NAMES.get(type);
    const name = path || type.toLowerCase();
    if (known !== undefined && given !== null) {
      const weights = known.weights.flatMap(([param, name]) => {
        const tensor = given[param] ?? null;
        return tensor === null ? [] : [[name, tensor] as const];
      });
      const { config, input } = this.#settings(known.className, options, weights, name, x);
      return this.#push(known.className, name, config, weights, [input], shape);
    }
    if (plainName !== undefined) {
      const { config, input } = this.#settings(plainName, options, [], name, x);
      return this.#push(plainName, name, config, [], [input], shape);
    }
    if (functionName !== undefined) {
      return this.#push("Activation", name, { activation: functionName }, [], [x], shape);
    }
    return this.#fail(path, type);
  }

  #push(
    className: string,
    wanted: string,
    config: Options,
    weights: DescribedLayer["weights"],
    inputs: readonly Result[],
    shape: Shape,
  ): Result {
    let name = /^[A-Za-z_]/.test(wanted) ? wanted : `layer_${wanted}`;
    while (this.#names.has(name)) name += "_";
    this.#names.add(name);
    this.layers.push({
      name,
      className,
      config,
      weights,
      inputs: inputs.map((x) => x.name),
      shape,
    });
    return { name, shape };
  }

  /** Translates the options of a layer; pixels around images are a layer of their own in Keras. */
  #settings(
    className: string,
    options: Options,
    weights: DescribedLayer["weights"],
    name: string,
    x: Result,
  ): { config: Options; input: Result } {
    const config: Record<string, unknown> = {};
    const { activation, size, stride, dilation, padding, groups, epsilon } = options;
    const isConv = className.includes("Conv2D");
    const hasWindow = isConv || className.includes("Pooling2D") && !className.startsWith("Global");
    let input = x;
    if (hasWindow) {
      const pool = isConv ? "kernel_size" : "pool_size";
      config[pool] = pair(size, 1);
      config.strides = pair(stride, isConv ? 1 : size);
      config.data_format = "channels_last";
      const isNamed = padding === undefined || padding === "valid" || padding === "same";
      config.padding = isNamed ? padding ?? "valid" : "valid";
      const mayPad = isConv && className !== "Conv2DTranspose";
      if (!isNamed && !isZero(padding)) {
        if (!mayPad) this.#fail(name, `${className} with padding by numbers`);
        input = this.#padded(options, name, x);
      }
    }
    if (isConv) config.dilation_rate = pair(dilation, 1);
    if (className === "Conv2D") config.groups = groups ?? 1;
    if (
      className === "Conv2DTranspose" &&
      ((groups ?? 1) !== 1 || options.outputPadding !== undefined)
    ) {
      this.#fail(name, `${className} with groups or outputPadding`);
    }
    if (className === "Conv2D" || className === "Conv2DTranspose") config.filters = options.filters;
    if (className === "DepthwiseConv2D") config.depth_multiplier = options.multiplier ?? 1;
    if (className === "Dense") config.units = options.units;
    if (isConv || className === "Dense") {
      config.use_bias = weights.some(([name]) => name === "bias");
      config.activation = this.#activation(activation, name);
    }
    if (className === "Embedding") {
      Object.assign(config, { input_dim: options.vocabulary, output_dim: options.dimensions });
    }
    if (className === "Dropout") config.rate = options.rate ?? 0.5;
    if (className.endsWith("Normalization")) {
      Object.assign(config, { axis: -1, epsilon: epsilon ?? 1e-5, center: true, scale: true });
    }
    if (className === "BatchNormalization") config.momentum = options.momentum ?? 0.9;
    if (className === "GroupNormalization") config.groups = groups;
    return { config, input };
  }

  /** Adds a layer of zeros around images, as the window of a convolution wants them. */
  #padded(options: Options, name: string, x: Result): Result {
    const [height, width] = pair(options.size, 1);
    const window = { stride: options.stride, dilation: options.dilation, padding: options.padding };
    // Of one channel: padding does not depend on them.
    const images = [1, ...x.shape.slice(0, 2), 1];
    const g = conv2dGeometry(images, [height, width, 1, 1], undefined, window as object);
    const [rows, columns] = [0, 1].map((axis) => {
      const before = axis === 0 ? g.padTop : g.padLeft;
      const reach = ([height, width][axis] - 1) * pair(options.dilation, 1)[axis] + 1;
      const out = axis === 0 ? g.outHeight : g.outWidth;
      const after = (out - 1) * pair(options.stride, 1)[axis] + reach - x.shape[axis] - before;
      return [before, Math.max(0, after)];
    });
    const shape = [
      x.shape[0] + rows[0] + rows[1],
      x.shape[1] + columns[0] + columns[1],
      x.shape[2],
    ];
    const config = { padding: [rows, columns], "data_format": "channels_last" };
    return this.#push("ZeroPadding2D", `${name}_pad`, config, [], [x], shape);
  }

  #activation(activation: unknown, path: string): string {
    if (activation === undefined || activation === "linear") return "linear";
    const name = typeof activation === "function" ? activation.name : String(activation);
    return FUNCTION_NAMES.get(name) ??
      this.#fail(path, `the activation ${name || "of a function"}`);
  }

  #fail(path: string, what: string): never {
    throw new TypeError(
      `${this.#action}: layers and functions must be some that Keras has: ` +
        `${excerpt(path) || "the model"} is ${excerpt(what)}`,
    );
  }
}

/** Layers and functions that are read under other names than they are written. */
const ADDITIONAL: ReadonlyMap<string, string> = new Map([
  ["Dropout", "Dropout"],
  ["globalMaxPool", "GlobalMaxPooling2D"],
]);

function pair(value: unknown, fallback: unknown): Pair {
  const own = value ?? fallback;
  return Array.isArray(own) ? own as unknown as Pair : [own as number, own as number];
}

/** Returns true for a padding of no pixels. */
function isZero(padding: unknown): boolean {
  return [padding].flat(2).every((amount) => amount === 0);
}
