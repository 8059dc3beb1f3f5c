/**
 * A model whose layers take the results of any before them: branches, joints, layers used twice.
 *
 * @module
 */
import { Arena } from "../../core/arena.ts";
import { zeros } from "../../core/create.ts";
import { scoped } from "../../core/scoped.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { applyChild, type Layer, type NamedLayer, trainable } from "../../nn/layer.ts";
import { inLayer } from "../../nn/layer_errors.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import { INPUT } from "./graph.ts";

/** An application of a layer to one result, or of a function to several. */
export interface FunctionalNode {
  /** Name of the layer in the parameters. */
  readonly name: string;
  /** The layer; null for a function of several results. */
  readonly layer: Layer<unknown> | null;
  readonly merge?: (inputs: readonly Tensor[]) => Tensor;
  /** Places of the nodes whose results it takes, {@link INPUT} for the model's input. */
  readonly inputs: readonly number[];
}

/** Parameters by the names of layers. */
export type FunctionalParams = Readonly<Record<string, unknown>>;

/** Makes a model of nodes, each after those that it takes; `output` is the place of its result. */
export function functional(
  nodes: readonly FunctionalNode[],
  output: number,
): Layer<FunctionalParams> {
  const children = new Map<string, NamedLayer>();
  for (const { name, layer } of nodes) if (layer !== null) children.set(name, { name, layer });
  const own = (params: FunctionalParams, name: string) =>
    Object.hasOwn(params, name) ? params[name] : undefined;

  /** Goes through the nodes with shapes of examples. */
  function shapesOf(inputShape: Shape, visit?: (child: NamedLayer, shape: Shape) => void): Shape {
    const shapes: Shape[] = [];
    const at = (place: number) => place === INPUT ? inputShape : shapes[place];
    for (const { name, layer, merge, inputs } of nodes) {
      if (layer === null) shapes.push(mergedShape(merge!, inputs.map(at)));
      else {
        const child = { name, layer };
        visit?.(child, at(inputs[0]));
        shapes.push(inLayer(child, () => layer.outputShape(at(inputs[0]))));
      }
    }
    return at(output);
  }

  return makeLayer<FunctionalParams>({
    type: "Functional",
    children: [...children.values()],
    init(random, inputShape, create) {
      const params = new Map<string, unknown>();
      shapesOf(inputShape, ({ name, layer }, shape) => {
        if (params.has(name)) return; // a layer that is used twice has one set of them
        params.set(name, layer.init(random.split(name), shape, create));
      });
      return Object.fromEntries(params);
    },
    outputShape: (inputShape) => shapesOf(inputShape),
    apply(params, x, options = {}) {
      const results: Tensor[] = [];
      const at = (place: number) => place === INPUT ? x : results[place];
      for (const { name, layer, merge, inputs } of nodes) {
        results.push(
          layer === null
            ? merge!(inputs.map(at))
            : applyChild({ name, layer }, own(params, name), at(inputs[0]), options),
        );
      }
      return at(output);
    },
    trainable: (params) =>
      Object.fromEntries(
        [...children.values()].map((
          { name, layer },
        ) => [name, trainable(layer, own(params, name))]),
      ),
  }, { params: "the parameters of all layers" });
}

/** Finds the shape of a function's result by running it on zeros. */
function mergedShape(
  merge: (inputs: readonly Tensor[]) => Tensor,
  shapes: readonly Shape[],
): Shape {
  return scoped(
    new Arena(),
    (arena) => merge(shapes.map((shape) => arena.adopt(zeros([1, ...shape])))).shape.slice(1),
  );
}
