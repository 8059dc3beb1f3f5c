/**
 * A model whose layers take the results of any before them: branches, joints, layers used twice.
 *
 * @module
 */
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import {
  applyChild,
  type ApplyOptions,
  type Layer,
  type NamedLayer,
  trainable,
} from "../../nn/layer.ts";
import { inLayer } from "../../nn/layer_errors.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import { INPUT } from "./graph.ts";
import type { CallSettings, JointLayer } from "./parts.ts";

/** An application of a layer to one result, or to several. */
export interface FunctionalNode {
  /** Name of the layer in the parameters. */
  readonly name: string;
  /** The layer. */
  readonly layer: { readonly one: Layer<unknown> } | { readonly several: JointLayer };
  /** Settings of this application alone. */
  readonly call: CallSettings;
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
  for (const { name, layer } of nodes) {
    if ("one" in layer) children.set(name, { name, layer: layer.one });
  }

  /** Goes through the nodes with shapes of examples. */
  function shapesOf(
    inputShape: Shape,
    visit: (node: FunctionalNode, shapes: readonly Shape[]) => void = () => {},
  ): Shape {
    const shapes: Shape[] = [];
    const at = (place: number) => place === INPUT ? inputShape : shapes[place];
    for (const node of nodes) {
      const { name, layer } = node;
      const own = node.inputs.map(at);
      visit(node, own);
      shapes.push(
        "one" in layer
          ? inLayer({ name, layer: layer.one }, () => layer.one.outputShape(own[0]))
          : layer.several.outputShape(own),
      );
    }
    return at(output);
  }

  return makeLayer<FunctionalParams>({
    type: "Functional",
    children: [...children.values()],
    init(random, inputShape, create) {
      const params = new Map<string, unknown>();
      shapesOf(inputShape, ({ name, layer }, shapes) => {
        if (params.has(name)) return; // a layer that is used twice has one set of them
        const own = random.split(name);
        params.set(
          name,
          "one" in layer
            ? layer.one.init(own, shapes[0], create)
            : layer.several.init(own, shapes, create),
        );
      });
      return Object.fromEntries(params);
    },
    outputShape: (inputShape) => shapesOf(inputShape),
    apply: (params, x, options = {}) => run(nodes, params, [x], options)(output),
    trainable: (params) => trainableOf(nodes, params),
  }, { params: "the parameters of all layers" });
}

/** Runs nodes, each after those that it takes; returns the results by their places. */
export function run(
  nodes: readonly FunctionalNode[],
  params: FunctionalParams,
  inputs: readonly Tensor[],
  options: ApplyOptions,
): (place: number) => Tensor {
  const results: Tensor[] = [];
  const at = (place: number) => place <= INPUT ? inputs[INPUT - place] : results[place];
  for (const { name, layer, call, inputs } of nodes) {
    const own = ownOf(params, name);
    results.push(
      "one" in layer
        ? applyChild({ name, layer: layer.one }, own, at(inputs[0]), options)
        : layer.several.apply(own, inputs.map(at), call),
    );
  }
  return at;
}

/** Parameters of all nodes that gradients change; null in place of others. */
export function trainableOf(
  nodes: readonly FunctionalNode[],
  params: FunctionalParams,
): FunctionalParams {
  const layers = new Map(nodes.map(({ name, layer }) => [name, layer]));
  return Object.fromEntries(
    Object.entries(params).map(([name, own]) => {
      const layer = layers.get(name);
      return [name, layer !== undefined && "one" in layer ? trainable(layer.one, own) : own];
    }),
  );
}

function ownOf(params: FunctionalParams, name: string): unknown {
  return Object.hasOwn(params, name) ? params[name] : undefined;
}
