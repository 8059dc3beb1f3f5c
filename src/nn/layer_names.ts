/**
 * Names of the layers of a model: their own, or after their type where they have none.
 *
 * @module
 */
import type { Layer, NamedLayer } from "./layer.ts";

/** Returns true if a model is a chain, whose layers are shown rather than itself. */
export function isChain<P>({ type, children }: Layer<P>): boolean {
  return type === "Sequential" && children !== undefined;
}

/** Lists the layers to show: those of a chain in their order, or the model itself. */
export function shownLayers<P>(model: Layer<P>): readonly NamedLayer[] {
  return named(isChain(model) ? model.children! : [{ name: "0", layer: model as Layer<unknown> }]);
}

/** Gives layers names to show: `conv2d` and `conv2d_1` for those of a list. */
export function named(layers: readonly NamedLayer[]): NamedLayer[] {
  const used = new Map<string, number>();
  return layers.map(({ name, layer }) => {
    if (!/^\d+$/.test(name)) return { name, layer };
    const kind = layer.type.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
    const times = used.get(kind) ?? 0;
    used.set(kind, times + 1);
    return { name: times === 0 ? kind : `${kind}_${times}`, layer };
  });
}
