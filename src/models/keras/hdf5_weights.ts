/**
 * The weights of a Keras model in an HDF5 file, for the layers of its settings.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";
import { excerpt } from "../../formats/file_limits.ts";
import type { Hdf5File } from "../../formats/hdf5/hdf5.ts";
import type { WeightSource } from "./build.ts";
import type { LayerConfig, ModelGraph } from "./graph.ts";
import type { WeightSpec } from "./parts.ts";
import type { NumberedLayers, OrderedLayers, StoredLayer, StoredModel } from "./stored_model.ts";

/** Makes the source of weights of a whole model in a file. */
export function hdf5Weights(
  file: Hdf5File,
  { layers }: StoredModel,
  graph: ModelGraph,
  action: string,
): WeightSource {
  return layers.kind === "ordered"
    ? new OrderedWeights(file, layers, action)
    : new NumberedWeights(file, layers, graph, action);
}

/** Reads the arrays of a layer: by their names, or else by their places. */
async function readAll(
  file: Hdf5File,
  { name }: LayerConfig,
  specs: readonly WeightSpec[],
  stored: StoredLayer | undefined,
  action: string,
): Promise<HostArray[]> {
  const weights = stored?.weights ?? new Map<string, string>();
  const places = [...weights.values()];
  const byName = specs.map(({ names }, place) =>
    names.map((name) => weights.get(name)).find((path) => path !== undefined) ??
      weights.get(String(place))
  );
  const found = byName.includes(undefined) && specs.length === places.length ? places : byName;
  if (found.includes(undefined) || weights.size !== specs.length) {
    throw new SyntaxError(
      `${action}: ${excerpt(name)} must have the weights of its settings: expected ` +
        `${specs.map(({ names }) => names[0]).join(", ")}, found ` +
        `${excerpt([...weights.keys()].join(", ")) || "none"}`,
    );
  }
  const arrays: HostArray[] = [];
  for (const path of found) arrays.push(await file.array(path!));
  return arrays;
}

/** Weights in groups that are numbered class by class: `conv2d`, `conv2d_1`. */
class NumberedWeights implements WeightSource {
  readonly #file: Hdf5File;
  readonly #layers: NumberedLayers;
  readonly #groups = new Map<string, string>();
  readonly #action: string;
  readonly #inner = new Map<string, ModelGraph>();

  constructor(file: Hdf5File, layers: NumberedLayers, graph: ModelGraph, action: string) {
    this.#file = file;
    this.#layers = layers;
    this.#action = action;
    const counts = new Map<string, number>();
    for (const { name, className, inner } of graph.layers) {
      const kind = groupOf(className);
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      this.#groups.set(name, count === 0 ? kind : `${kind}_${count}`);
      if (inner !== undefined) this.#inner.set(name, inner);
    }
  }

  read(layer: LayerConfig, specs: readonly WeightSpec[]): Promise<HostArray[]> {
    const stored = this.#layers.groups.get(this.#groups.get(layer.name)!);
    return readAll(this.#file, layer, specs, stored, this.#action);
  }

  inner(layer: LayerConfig): WeightSource {
    const none: NumberedLayers = { kind: "numbered", groups: new Map() };
    const layers = this.#layers.groups.get(this.#groups.get(layer.name)!)?.inner ?? none;
    return new NumberedWeights(this.#file, layers, this.#inner.get(layer.name)!, this.#action);
  }
}

/** Writes a class as Keras names the group of its weights: `Conv2DTranspose`, `conv2d_transpose`. */
export function groupOf(className: string): string {
  return className.replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** Weights that are listed by the names of layers. */
class OrderedWeights implements WeightSource {
  readonly #file: Hdf5File;
  readonly #entries = new Map<string, readonly StoredLayer[]>();
  readonly #action: string;

  constructor(file: Hdf5File, { entries }: OrderedLayers, action: string) {
    this.#file = file;
    this.#action = action;
    for (const { name, layers } of entries) this.#entries.set(name, layers);
  }

  read(layer: LayerConfig, specs: readonly WeightSpec[]): Promise<HostArray[]> {
    const layers = this.#entries.get(layer.name) ?? [];
    // The one of the layer's own name; weights of a layer alone may be under another model's.
    const own = layers.length === 1
      ? layers[0]
      : layers.find(({ name }) => endsIn(name, layer.name));
    return readAll(this.#file, layer, specs, own, this.#action);
  }

  inner(layer: LayerConfig): WeightSource {
    const layers = this.#entries.get(layer.name) ?? [];
    const file = this.#file;
    const action = this.#action;
    const source: WeightSource = {
      read: (inner, specs) => {
        const own = layers.find(({ name }) => endsIn(name, inner.name)) ??
          (layers.length === 1 ? layers[0] : undefined);
        return readAll(file, inner, specs, own, action);
      },
      inner: () => source,
    };
    return source;
  }
}

/** Returns true if a path is a name, or ends in it. */
function endsIn(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}
