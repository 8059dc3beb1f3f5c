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
import {
  numbered,
  type NumberedLayers,
  type OrderedLayers,
  type StoredLayer,
  type StoredModel,
} from "./stored_model.ts";

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

/**
 * Reads the arrays of a layer: by their names, or else by their places; not so where groups of the
 * file, which are not in the order of the weights, have names that are known.
 */
async function readAll(
  file: Hdf5File,
  { name }: LayerConfig,
  specs: readonly WeightSpec[],
  stored: StoredLayer | undefined,
  action: string,
  isNumbered = false,
): Promise<HostArray[]> {
  const weights = stored?.weights ?? new Map<string, string>();
  const places = [...weights.values()];
  const byName = specs.map(({ names }, place) =>
    names.map((name) => weights.get(name)).find((path) => path !== undefined) ??
      weights.get(String(place))
  );
  const hasPaths = specs.some(({ names }) => names.some((name) => name.includes("/")));
  const goesByPlace = byName.includes(undefined) && specs.length === places.length &&
    !(hasPaths && isNumbered);
  const found = goesByPlace ? places : byName;
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
    const kinds = new Map<string, string[]>();
    for (const { name, className, inner } of graph.layers) {
      const kind = groupOf(className);
      if (!kinds.has(kind)) kinds.set(kind, []);
      kinds.get(kind)!.push(name);
      if (inner !== undefined) this.#inner.set(name, inner);
    }
    for (const [kind, names] of kinds) {
      // Some versions counted layers with weights twice: then there are as many groups, in order.
      const groups = numbered(layers, kind);
      names.forEach((name, i) => {
        const own = i === 0 ? kind : `${kind}_${i}`;
        this.#groups.set(name, groups.length === names.length ? groups[i].name : own);
      });
    }
  }

  read(layer: LayerConfig, specs: readonly WeightSpec[]): Promise<HostArray[]> {
    const stored = this.#layers.groups.get(this.#groups.get(layer.name)!);
    return readAll(this.#file, layer, specs, stored, this.#action, true);
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
      : layers.find(({ name }) => endsIn(name, layer.name)) ?? together(layer.name, layers);
    return readAll(this.#file, layer, specs, own, this.#action);
  }

  inner(layer: LayerConfig): WeightSource {
    const layers = this.#entries.get(layer.name) ?? [];
    const file = this.#file;
    const action = this.#action;
    const source: WeightSource = {
      read: (inner, specs) => {
        const own = layers.find(({ name }) => endsIn(name, inner.name)) ??
          (layers.length === 1
            ? layers[0]
            : together(inner.name, layers.filter(({ name }) => isWithin(name, inner.name))));
        return readAll(file, inner, specs, own, action);
      },
      inner: () => source,
    };
    return source;
  }
}

/** Collects the weights of the parts of a layer, in the order of the file. */
function together(name: string, parts: readonly StoredLayer[]): StoredLayer {
  const weights = parts.flatMap((part) =>
    [...part.weights].map(([own, path]): [string, string] => [`${part.name}/${own}`, path])
  );
  return { name, weights: new Map(weights) };
}

/** Returns true if a path goes through a name: `model/attention/query`. */
export function isWithin(path: string, name: string): boolean {
  return `/${path}/`.includes(`/${name}/`);
}

/** Returns true if a path is a name, or ends in it. */
function endsIn(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}
