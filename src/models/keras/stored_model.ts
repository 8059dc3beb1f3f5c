/**
 * Layers in an HDF5 file of Keras, and the places of their weights.
 *
 * Keras 2, and Keras 3 in the same format, list layers and weights by name in attributes, in order;
 * a model inside a model is one layer whose weights have paths. Keras 3's own format has a group for
 * each layer, numbered class by class (`layers/conv2d_1/vars/0`), and groups in groups for models in
 * models.
 *
 * - **Source**: `legacy_h5_format.py` and `saving_lib.py` of Keras 3.15.
 *
 * @module
 */
import { excerpt } from "../../formats/file_limits.ts";
import type { Hdf5File } from "../../formats/hdf5/hdf5.ts";

/** A layer with weights in a file. */
export interface StoredLayer {
  /** Name in the file. */
  readonly name: string;
  /** Names of the data sets of its weights, by their own names, or by their places. */
  readonly weights: ReadonlyMap<string, string>;
}

/** Layers in order. Those of a model inside the model are an entry together. */
export interface OrderedLayers {
  readonly kind: "ordered";
  readonly entries: readonly { readonly name: string; readonly layers: readonly StoredLayer[] }[];
}

/** Layers by their groups: `conv2d`, `conv2d_1`. */
export interface NumberedLayers {
  readonly kind: "numbered";
  readonly groups: ReadonlyMap<string, StoredGroup>;
}

/** A group of a layer, or of a model inside a model. */
export interface StoredGroup extends StoredLayer {
  readonly inner: NumberedLayers;
}

/** Contents of a file. */
export interface StoredModel {
  readonly layers: OrderedLayers | NumberedLayers;
  /** Settings of the layers as JSON, in files of whole models. */
  readonly config: string | undefined;
}

/** Reads the layers of a file; throws a SyntaxError where it is none of Keras. */
export function readStoredModel(file: Hdf5File): StoredModel {
  const names = file.names.map((name) => name.replaceAll("\\", "/"));
  const root = names.some((name) => name.startsWith("model_weights/")) ? "/model_weights" : "/";
  const list = longTexts(file, root, "layer_names");
  const config = file.texts("/", "model_config")?.[0];
  if (list !== undefined) return { layers: orderedLayers(file, root, list), config };
  const layers = numberedLayers(file.names);
  if (layers.groups.size > 0) return { layers, config };
  throw new SyntaxError(
    `Cannot read ${file.name}: it must be a file that Keras has made: expected layers/… or the ` +
      `attribute layer_names, found ${excerpt(file.names.join(", ")) || "no data"}`,
  );
}

/** Reads the texts of an attribute; of one that is too long Keras makes several, with numbers. */
function longTexts(file: Hdf5File, path: string, attribute: string): string[] | undefined {
  const whole = file.texts(path, attribute);
  if (whole !== undefined) return whole;
  const texts: string[] = [];
  for (let i = 0;; i++) {
    const part = file.texts(path, `${attribute}${i}`);
    if (part === undefined) return i === 0 ? undefined : texts;
    for (const text of part) texts.push(text);
  }
}

function orderedLayers(file: Hdf5File, root: string, list: readonly string[]): OrderedLayers {
  const known = new Set(file.names);
  const folder = root === "/" ? "" : `${root.slice(1)}/`;
  const withData = foldersOf(file.names);
  const entries = list.filter((name) => withData.has(folder + name)).map((name) => {
    const weights = longTexts(file, `/${folder}${name}`, "weight_names") ?? [];
    const missing = weights.find((weight) => !known.has(`${folder}${name}/${weight}`));
    if (missing !== undefined) {
      throw new SyntaxError(
        `Cannot read ${file.name}: every weight that is listed must be there: expected ` +
          `${excerpt(`${name}/${missing}`)}, found none`,
      );
    }
    return { name, layers: byOwner(name, `${folder}${name}/`, weights) };
  });
  return { kind: "ordered", entries: entries.filter(({ layers }) => layers.length > 0) };
}

/** Collects the groups that data sets are in. */
function foldersOf(names: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const name of names) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      if (folders.has(name.slice(0, end))) break;
      folders.add(name.slice(0, end));
    }
  }
  return folders;
}

/** Groups weights `model/layer/kernel:0` by the path before their own name; one layer mostly. */
function byOwner(name: string, folder: string, weights: readonly string[]): StoredLayer[] {
  const owners = new Map<string, Map<string, string>>();
  for (const weight of weights) {
    const cut = weight.lastIndexOf("/");
    const owner = weight.slice(0, Math.max(cut, 0));
    if (!owners.has(owner)) owners.set(owner, new Map());
    owners.get(owner)!.set(weight.slice(cut + 1).replace(/:0$/, ""), folder + weight);
  }
  if (owners.size === 1) return [...owners.values()].map((weights) => ({ name, weights }));
  return inOrder([...owners.keys()]).map((owner) => ({
    name: owner,
    weights: owners.get(owner)!,
  }));
}

/**
 * Sorts layers that Keras named by their numbers: weights that are not trained come last in its
 * list, whatever layer they belong to.
 */
function inOrder(owners: readonly string[]): string[] {
  const family = (owner: string) => owner.replace(/(_\d+)?$/, "");
  const families = new Map<string, string[]>();
  for (const owner of owners) {
    if (!families.has(family(owner))) families.set(family(owner), []);
    families.get(family(owner))!.push(owner);
  }
  for (const members of families.values()) members.sort((a, b) => numberOf(b) - numberOf(a));
  return owners.map((owner) => families.get(family(owner))!.pop()!);
}

/** Reads the number at the end of a name; 0 without. */
function numberOf(name: string): number {
  return Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
}

function numberedLayers(names: readonly string[]): NumberedLayers {
  const root: NumberedLayers = { kind: "numbered", groups: new Map() };
  for (const path of names) {
    const parts = path.split(/[/\\]/);
    if (/^(_layer_checkpoint_dependencies|layers)$/.test(parts[0])) add(root, parts, path);
  }
  return root;
}

/** Adds a data set `layers/NAME/layers/NAME/vars/0`; the state of random numbers is left out. */
function add(root: NumberedLayers, parts: readonly string[], path: string): void {
  if (parts.includes("seed_generator")) return;
  let layers = root;
  let at = 0;
  for (;;) {
    const name = parts[at + 1] ?? "";
    const groups = layers.groups as Map<string, StoredGroup>;
    if (!groups.has(name)) {
      const inner: NumberedLayers = { kind: "numbered", groups: new Map() };
      groups.set(name, { name, weights: new Map(), inner });
    }
    const group = groups.get(name)!;
    at += 2;
    if (parts[at] === parts[0] && parts.length > at + 2) {
      layers = group.inner;
      continue;
    }
    // Weights of parts of a layer have their path as name: `query_dense/0`.
    const own = parts.slice(at).filter((part) => part !== "vars").join("/");
    (group.weights as Map<string, string>).set(own, path);
    return;
  }
}

/** Lists the groups of a class in the order of their numbers. */
export function numbered(layers: NumberedLayers, group: string): StoredGroup[] {
  return [...layers.groups.values()]
    .filter(({ name }) => name.startsWith(group) && /^(_\d+)?$/.test(name.slice(group.length)))
    .sort((a, b) => numberOf(a.name) - numberOf(b.name));
}
