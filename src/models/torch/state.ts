/**
 * State dictionaries of PyTorch for models of these layers, and back: names, layouts, and the order
 * of numbers after a flatten.
 *
 * @module
 */
import { cast } from "../../../ops/elementwise/cast.ts";
import { reshape } from "../../../ops/shape/reshape.ts";
import { Arena } from "../../core/arena.ts";
import { ShapeError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import { scoped } from "../../core/scoped.ts";
import { formatShape, sameShape, type Shape, sizeOf } from "../../core/shape.ts";
import { zeros } from "../../core/create.ts";
import type { Tensor } from "../../core/tensor.ts";
import { excerpt } from "../../formats/file_limits.ts";
import type { Layer } from "../../nn/layer.ts";
import { type FlatImage, IGNORED, TORCH_LAYERS, type TorchWeight } from "./layers.ts";

/** Settings of {@link fromTorchState} and {@link toTorchState}. */
export interface TorchStateOptions {
  /** Shape of an example, without the batch, as for `model.init`: `[28, 28, 1]`. */
  readonly inputShape: Shape;
  /**
   * Beginning of the names: those in the state that begin otherwise are left alone. `"model."` for a
   * checkpoint, `"module."` for a model that `DataParallel` has trained; none by default.
   */
  readonly prefix?: string;
}

const KNOWN = "inputShape prefix";

type LayerParams = Readonly<Record<string, Tensor | null>>;

/** A layer with weights, at its place in the model. */
interface Leaf {
  readonly path: string;
  readonly type: string;
  readonly weights: readonly TorchWeight[];
  readonly given: LayerParams;
  readonly image: FlatImage | undefined;
}

/**
 * Makes the parameters of a model from a state dictionary of PyTorch, as `readTorch` or
 * `readSafetensors` read it: filters and dense weights are put in the order used here, also those
 * after a flatten, which numbers images in another order.
 *
 * Layers are found by their names where the state has all names of the model
 * (`Sequential({ conv1: …, fc: … })`), else one after the other in the order of the state, which is
 * that in which PyTorch's model was built. Weights, shapes and the number of layers must fit.
 *
 * - **Edge cases**: weights are converted to the dtype of the parameters. `num_batches_tracked` is
 *   left out. Layers must be settled alike: PyTorch's `BatchNorm2d`, `LayerNorm` and `GroupNorm` have
 *   the epsilon of ours (1e-5), its convolutions and pools pad by numbers, not `"same"`.
 *
 * @example
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { fromTorchState } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({ fc: Dense({ units: 1 }) });
 * const state = { "fc.weight": tensor([[1, 2]]), "fc.bias": tensor([3]) }; // await readTorch("fc.pt")
 * const inputShape = [2];
 * const params = fromTorchState(state, model, model.init(new Random(0), inputShape), { inputShape });
 * assertEquals(params.fc.w.toArray(), [[1], [2]]);
 * ```
 *
 * @param state tensors by PyTorch's names; they stay as they are.
 * @param model a model of layers: `Sequential`, with `Residual` and others like it inside.
 * @param params its parameters, which tell shapes and dtypes; they stay as they are.
 * @param options `inputShape`, `prefix`.
 * @returns the weights in the structure of params; yours to dispose of.
 * @throws {ShapeError} if a weight has another shape than the model's.
 * @throws {RangeError} if layers or weights are missing, or there are too many.
 * @throws {TypeError} if the model has layers with weights that are not known here.
 */
export function fromTorchState<P>(
  state: Readonly<Record<string, Tensor>>,
  model: Layer<P>,
  params: P,
  options: TorchStateOptions,
): P {
  const action = "Cannot convert state of PyTorch";
  options = checkOptions("convert state of PyTorch", options, KNOWN);
  const leaves = leavesOf(model, params, options.inputShape, action);
  const modules = modulesOf(state, options.prefix ?? "");
  const pairs = paired(leaves, modules, action);
  const made: Tensor[] = [];
  try {
    const loaded = new Map<unknown, LayerParams>();
    for (const [leaf, module] of pairs) {
      loaded.set(leaf.given, weightsOf(leaf, module, made, action));
    }
    return replaced(params, loaded) as P;
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
}

/**
 * Makes a state dictionary of PyTorch from the parameters of a model, for `saveTorch` or
 * `writeSafetensors`; undoes {@link fromTorchState}.
 *
 * Names are the paths in the model: `Sequential({ conv1: … })` gives `conv1.weight`, a list
 * `0.weight`, as `nn.Sequential` has them; a `Residual` has its layers under `body` and `shortcut`.
 * `load_state_dict(state, strict=False)` of PyTorch reads it: `num_batches_tracked`, which counts
 * batches of training, is not there.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { saveTorch, toTorchState } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential([Dense({ units: 3 })]);
 * const params = model.init(new Random(0), [2]);
 * const state = toTorchState(model, params, { inputShape: [2] });
 * assertEquals([Object.keys(state), state["0.weight"].shape], [["0.weight", "0.bias"], [3, 2]]);
 * // await writeFile("model.pt", await saveTorch(state))
 * ```
 *
 * @param model a model of layers: `Sequential`, with `Residual` and others like it inside.
 * @param params its parameters; they stay as they are.
 * @param options `inputShape`; `prefix`, put before every name.
 * @returns tensors by PyTorch's names; yours to dispose of.
 * @throws {TypeError} if the model has layers with weights that are not known here.
 */
export function toTorchState<P>(
  model: Layer<P>,
  params: P,
  options: TorchStateOptions,
): Record<string, Tensor> {
  options = checkOptions("convert state to PyTorch", options, KNOWN);
  const action = "Cannot convert state to PyTorch";
  const entries: [string, Tensor][] = [];
  for (const leaf of leavesOf(model, params, options.inputShape, action)) {
    for (const { param, name, to } of leaf.weights) {
      const given = leaf.given[param] ?? null;
      if (given === null) continue;
      const own = `${options.prefix ?? ""}${leaf.path}.${name}`;
      entries.push([own, converted(given, (x) => to(x, leaf.image))]);
    }
  }
  return Object.fromEntries(entries);
}

/** Converts a copy, so that the result is no other tensor's memory. */
function converted(given: Tensor, convert: (x: Tensor) => Tensor): Tensor {
  return scoped(new Arena(), (arena) => arena.keep(convert(arena.adopt(given.clone()))));
}

/** Lists the layers with weights in the order of the model, with the images that were flattened. */
function leavesOf<P>(model: Layer<P>, params: P, inputShape: Shape, action: string): Leaf[] {
  const leaves: Leaf[] = [];
  /** Goes through a layer; returns its output's shape, and the image that this is, flattened. */
  const visit = (
    layer: Layer<unknown>,
    given: unknown,
    path: string,
    shape: Shape,
    image: FlatImage | undefined,
  ): [Shape, FlatImage | undefined] => {
    const { children } = layer;
    const inner = (name: string) => (given as Readonly<Record<string, unknown>> | null)?.[name];
    const at = (name: string) => path === "" ? name : `${path}.${name}`;
    if (layer.type === "Sequential" && children !== undefined) {
      let [now, flat] = [shape, image];
      for (const { name, layer } of children) {
        [now, flat] = visit(layer, inner(name), at(name), now, flat);
      }
      return [now, flat];
    }
    const after = layer.outputShape(shape);
    if (layer.type === "Residual" && children !== undefined) {
      for (const { name, layer } of children) visit(layer, inner(name), at(name), shape, image);
      return [after, undefined];
    }
    if (given === null || given === undefined) return [after, imageAfter(shape, after, image)];
    const weights = TORCH_LAYERS.get(layer.type);
    if (weights === undefined) {
      throw new TypeError(
        `${action}: layers with weights must be ${
          [...TORCH_LAYERS.keys(), "Residual", "Sequential"].join(", ")
        }: ${path} is ${layer.type}`,
      );
    }
    leaves.push({
      path: path || "0",
      type: layer.type,
      weights,
      given: given as LayerParams,
      image,
    });
    return [after, sameShape(shape, after) && layer.type !== "Dense" ? image : undefined];
  };
  visit(model as Layer<unknown>, params, "", inputShape, undefined);
  return leaves;
}

/** Finds the image that a row is after a layer without weights: a flatten, or a function of a row. */
function imageAfter(
  before: Shape,
  after: Shape,
  image: FlatImage | undefined,
): FlatImage | undefined {
  if (sameShape(before, after)) return image;
  const isFlatten = before.length === 3 && after.length === 1 && after[0] === sizeOf(before);
  return isFlatten ? [before[0], before[1], before[2]] : undefined;
}

/** Weights of a module of PyTorch by their own names. */
interface Module {
  readonly name: string;
  readonly weights: Map<string, Tensor>;
}

/** Groups the tensors of a state by their modules, in its order. */
function modulesOf(state: Readonly<Record<string, Tensor>>, prefix: string): Module[] {
  const modules = new Map<string, Module>();
  for (const [full, tensor] of Object.entries(state)) {
    if (!full.startsWith(prefix)) continue;
    const cut = full.lastIndexOf(".");
    const [name, weight] = [full.slice(prefix.length, Math.max(cut, 0)), full.slice(cut + 1)];
    if (weight === IGNORED) continue;
    if (!modules.has(name)) modules.set(name, { name, weights: new Map() });
    modules.get(name)!.weights.set(weight, tensor);
  }
  return [...modules.values()];
}

function paired(
  leaves: readonly Leaf[],
  modules: readonly Module[],
  action: string,
): (readonly [Leaf, Module])[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const named = leaves.every(({ path }) => byName.has(path));
  if (leaves.length === modules.length) {
    return leaves.map((leaf, i) => [leaf, named ? byName.get(leaf.path)! : modules[i]]);
  }
  const list = (names: readonly string[]) =>
    `${names.length} (${excerpt(names.join(", ")) || "none"})`;
  throw new RangeError(
    `${action}: state must have as many layers with weights as the model: expected ` +
      `${list(leaves.map(({ path }) => path))}, found ${list(modules.map(({ name }) => name))}`,
  );
}

function weightsOf(
  { path, type, weights, given, image }: Leaf,
  module: Module,
  made: Tensor[],
  action: string,
): LayerParams {
  const present = weights.filter(({ param }) => (given[param] ?? null) !== null);
  if (
    present.length !== module.weights.size || !present.every(({ name }) => module.weights.has(name))
  ) {
    throw new RangeError(
      `${action}: ${excerpt(module.name)} must have the weights of ${type} ${path}: expected ` +
        `${present.map(({ name }) => name).join(", ")}, found ` +
        excerpt([...module.weights.keys()].join(", ")),
    );
  }
  const loaded: Record<string, Tensor | null> = { ...given };
  for (const { param, name, from, to } of present) {
    const [wanted, stored] = [given[param]!, module.weights.get(name)!];
    const shape = scoped(new Arena(), (arena) => {
      const like = arena.adopt(zeros(wanted.shape, { dtype: wanted.dtype }));
      return to(like, image).shape;
    });
    if (!sameShape(shape, stored.shape) || !stored.dtype.startsWith("float")) {
      throw new ShapeError(
        `${action}: ${
          excerpt(`${module.name}.${name}`)
        } must be that of ${type} ${path}.${param}: ` +
          `expected floats ${formatShape(shape)}, found ${stored.dtype} ` +
          excerpt(formatShape(stored.shape)),
      );
    }
    const convert = (x: Tensor) => reshape(from(cast(x, wanted.dtype), image), wanted.shape);
    loaded[param] = converted(stored, convert);
    made.push(loaded[param]);
  }
  return loaded;
}

/** Returns the structure of parameters with those of some layers replaced. */
function replaced(params: unknown, loaded: ReadonlyMap<unknown, LayerParams>): unknown {
  const own = loaded.get(params);
  if (own !== undefined) return own;
  if (Array.isArray(params)) return params.map((inner) => replaced(inner, loaded));
  if (typeof params !== "object" || params === null) return params;
  return Object.fromEntries(
    Object.entries(params).map(([name, inner]) => [name, replaced(inner, loaded)]),
  );
}
