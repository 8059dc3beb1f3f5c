/**
 * Application of a model in which each layer's output is observed.
 *
 * @module
 */
import type { Tensor } from "../../core/tensor.ts";
import type { Layer, LayerScope, NamedLayer } from "../layer.ts";
import { isChain, named, shownLayers } from "../layer_names.ts";

/** A layer by the names on the way to it: `block.body.conv2d`. */
export interface LayerPlace {
  readonly path: string;
  readonly layer: Layer<unknown>;
}

/** Told what a layer has made. */
export type Observer = (path: string, y: Tensor) => void;

/** Applies a model as after training; calls `see` for every layer, inner ones first. */
export function applyObserved<P>(model: Layer<P>, params: P, x: Tensor, see: Observer): Tensor {
  const name = isChain(model) ? "" : shownLayers(model)[0].name;
  const scope = new Scope({ path: name, children: model.children }, see);
  const y = model.apply(params, x, { scope });
  if (name !== "") see(name, y);
  return y;
}

/** Lists every layer of a model and of the models in it, in the order of their definition. */
export function layerPlaces<P>(model: Layer<P>): LayerPlace[] {
  return placesOf(shownLayers(model), "");
}

function placesOf(layers: readonly NamedLayer[], prefix: string): LayerPlace[] {
  return layers.flatMap(({ name, layer }) => [
    ...placesOf(named(layer.children ?? []), `${prefix}${name}.`),
    { path: prefix + name, layer },
  ]);
}

/** Place in a model: a layer on the way, and the layers in it. */
interface Place {
  readonly path: string;
  readonly children?: readonly NamedLayer[];
}

/** Knows where the model is; not in layers that are not listed as children, or in those in them. */
class Scope implements LayerScope {
  readonly #see: Observer;
  readonly #way: (Place | undefined)[];

  constructor(root: Place, see: Observer) {
    this.#see = see;
    this.#way = [root];
  }

  enter(name: string): void {
    const { path = "", children = [] } = this.#way.at(-1) ?? {};
    const i = children.findIndex((child) => child.name === name);
    if (i < 0) {
      this.#way.push(undefined);
      return;
    }
    const child = named(children)[i];
    const prefix = path === "" ? "" : `${path}.`;
    this.#way.push({ path: prefix + child.name, children: child.layer.children });
  }

  leave(y: Tensor): void {
    const place = this.#way.pop();
    if (place !== undefined) this.#see(place.path, y);
  }
}
