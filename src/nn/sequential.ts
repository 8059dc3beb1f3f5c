/**
 * Layers one after the other.
 *
 * @module
 */
import { formatValue } from "../core/format_value.ts";
import { kindOf } from "../core/kind_of.ts";
import { checkRandom } from "../random/check_random.ts";
import type { Shape } from "../core/shape.ts";
import {
  applyChild,
  asLayer,
  type Layer,
  type Module,
  type NamedLayer,
  type ParamsOf,
  type Trainable,
  trainable,
} from "./layer.ts";
import { inLayer } from "./layer_errors.ts";
import { makeLayer } from "./make_layer.ts";

/** The parameters of several layers, in the structure of the layers. */
export type ParamsOfAll<M> = { readonly [K in keyof M]: ParamsOf<M[K]> };

/**
 * Makes a chain of layers and plain functions, each applied to the output of the one before.
 *
 * - **Formula**: `f_n(… f_2(f_1(x)))`.
 * - **Shapes**: each layer takes the shape that the one before gives. Parameters are in the
 *   structure of the layers: named if those are, which makes for readable weights files
 *   (`conv1.w`), or a list (`[0].w`).
 * - **Source**: Keras's `Sequential`.
 *
 * @example
 * ```ts
 * import { Random, relu, zeros } from "@tapegrad/tapegrad";
 * import { Conv2d, Dense, Flatten, MaxPool, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({
 *   conv: Conv2d({ filters: 8, size: 4, padding: "same" }),
 *   relu, // a plain function
 *   pool: MaxPool({ size: 8 }),
 *   flatten: Flatten(),
 *   dense: Dense({ units: 6 }),
 * });
 * const params = model.init(new Random(0), [64, 64, 3]);
 * assertEquals(params.dense.w.shape, [512, 6]); // typed: params.pool is null
 * assertEquals(model.apply(params, zeros([2, 64, 64, 3])).shape, [2, 6]);
 * ```
 *
 * @param layers layers and functions of a batch, in a list or by name; names are in the order in
 * which they are written, so they must not be whole numbers.
 * @returns a layer whose parameters have the structure of `layers`.
 * @throws {RangeError} if a name is a whole number: objects put those first.
 */
export function Sequential<const M extends readonly Module[] | Readonly<Record<string, Module>>>(
  layers: M,
): Layer<ParamsOfAll<M>> {
  const children = namedLayers(layers);
  const collect = <Value>(values: readonly Value[]): unknown =>
    Array.isArray(layers)
      ? values
      : Object.fromEntries(children.map(({ name }, i) => [name, values[i]]));
  const paramsOf = (params: ParamsOfAll<M>, name: string) =>
    (params as Readonly<Record<string, unknown>> | undefined)?.[name];

  return makeLayer({
    type: "Sequential",
    children,
    init(random, inputShape, create) {
      checkRandom("initialise Sequential", random);
      let shape = inputShape;
      const params = children.map((child) =>
        inLayer(child, () => {
          const made = child.layer.init(random.split(child.name), shape, create);
          shape = child.layer.outputShape(shape);
          return made;
        })
      );
      return collect(params) as ParamsOfAll<M>;
    },
    outputShape: (inputShape) =>
      children.reduce<Shape>(
        (shape, child) => inLayer(child, () => child.layer.outputShape(shape)),
        inputShape,
      ),
    apply: (params, x, options = {}) =>
      children.reduce(
        (y, { name, layer }) => applyChild({ name, layer }, paramsOf(params, name), y, options),
        x,
      ),
    trainable: (params) =>
      collect(
        children.map(({ name, layer }) => trainable(layer, paramsOf(params, name))),
      ) as Trainable<ParamsOfAll<M>>,
  });
}

function namedLayers(layers: readonly Module[] | Readonly<Record<string, Module>>): NamedLayer[] {
  const isList = Array.isArray(layers);
  if (typeof layers !== "object" || layers === null) {
    throw new TypeError(
      `Cannot make Sequential: layers must be a list, or an object of layers by name: got ` +
        kindOf(layers),
    );
  }
  return Object.entries(layers).map(([name, module]) => {
    if (!isList && /^(0|[1-9]\d*)$/.test(name)) {
      throw new RangeError(
        `Cannot make Sequential: a layer's name must not be a whole number, objects put those ` +
          `first: got ${name}`,
      );
    }
    if (typeof module !== "function" && typeof module?.apply !== "function") {
      throw new TypeError(
        `Cannot make Sequential: every entry must be a layer or a function of a batch: ` +
          `${name} is ${formatValue(module)}` +
          ("apply" in layers ? "; put the layers in a list" : ""),
      );
    }
    return { name, layer: asLayer(module) as Layer<unknown> };
  });
}
