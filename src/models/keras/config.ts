/**
 * The settings of a Keras model, compared with those of a model here: a stride or an epsilon that
 * differs makes no error anywhere else, but other predictions.
 *
 * Both are read as a list of steps. What has settings here (convolutions, pools, normalisation) must
 * be the same, one after the other. Between them are functions: those that are known by name must be
 * the same; functions of the user's may stand for anything.
 *
 * @module
 */
import { excerpt } from "../../formats/file_limits.ts";
import { type Json, parseStrictJson } from "../../formats/strict_json.ts";
import { KERAS_LAYERS, type NamedModelLayer } from "./layers.ts";

/** Levels of brackets: a model in a model takes three. */
const MAX_DEPTH = 64;

/** A layer or a function of a model, at its place. */
interface Step {
  /** A layer that both know, a function that both know, or something else. */
  readonly kind: "layer" | "function" | "other";
  /** Class of Keras, or name of the function in Keras. */
  readonly what: string;
  /** Name of it in the file. */
  readonly name: string;
  /** Settings by Keras's names, as text. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Functions by the names of Keras, and their names here. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ["elu", "elu"],
  ["exponential", "exp"],
  ["gelu", "gelu"],
  ["log_softmax", "logSoftmax"],
  ["mish", "mish"],
  ["relu", "relu"],
  ["relu6", "relu6"],
  ["selu", "selu"],
  ["sigmoid", "sigmoid"],
  ["silu", "silu"],
  ["softmax", "softmax"],
  ["softplus", "softplus"],
  ["swish", "silu"],
  ["tanh", "tanh"],
]);

/** Functions by their names here, and their names in Keras. */
export const FUNCTION_NAMES: ReadonlyMap<string, string> = new Map(
  [...FUNCTIONS].map(([keras, ours]) => [ours, keras]),
);

/** Functions that may be left out here after the last layer: losses take logits. */
const LEFT_OUT: readonly string[] = ["softmax", "sigmoid", "log_softmax"];

/** Layers of Keras that do nothing after training. */
const IDLE: readonly string[] = [
  "ActivityRegularization",
  "AlphaDropout",
  "Dropout",
  "GaussianDropout",
  "GaussianNoise",
  "InputLayer",
  "SpatialDropout2D",
];

/** Layers without weights that both have, by their types here; of functions these are names. */
export const PLAIN_NAMES: ReadonlyMap<string, string> = new Map([
  ["AvgPool", "AveragePooling2D"],
  ["Flatten", "Flatten"],
  ["flatten", "Flatten"],
  ["GlobalAvgPool", "GlobalAveragePooling2D"],
  ["globalAvgPool", "GlobalAveragePooling2D"],
  ["MaxPool", "MaxPooling2D"],
]);

/** A setting that must be the same: its names, and its default. */
interface Setting {
  readonly keras: string;
  readonly ours: string;
  readonly kerasDefault: string;
  readonly ourDefault: string;
}

const setting = (keras: string, ours: string, ourDefault: string, kerasDefault = ourDefault) =>
  ({ keras, ours, kerasDefault, ourDefault }) satisfies Setting;

const PADDING = setting("padding", "padding", "valid");
const STRIDES = setting("strides", "stride", "1,1");
const WINDOW = [STRIDES, PADDING, setting("dilation_rate", "dilation", "1,1")];
const SIZE = setting("pool_size", "size", "none");
const POOL = [SIZE, setting("strides", "stride", "pool_size"), PADDING];
const EPSILON = setting("epsilon", "epsilon", "0.00001", "0.001");

const SETTINGS: ReadonlyMap<string, readonly Setting[]> = new Map<string, readonly Setting[]>([
  ["AveragePooling2D", POOL],
  ["BatchNormalization", [EPSILON]],
  ["Conv2D", [...WINDOW, setting("groups", "groups", "1")]],
  ["Conv2DTranspose", WINDOW],
  ["DepthwiseConv2D", WINDOW],
  ["GroupNormalization", [setting("groups", "groups", "none", "32"), EPSILON]],
  ["LayerNormalization", [EPSILON]],
  ["MaxPooling2D", POOL],
]);

/** Settings that are pairs of numbers, or one for both. */
const PAIRS: readonly string[] = ["strides", "pool_size", "dilation_rate"];

/** Lists the settings of a layer as text; `read` gives those that it has. */
function settingsOf(
  what: string,
  read: (setting: Setting) => unknown,
  fallback: (setting: Setting) => string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const setting of SETTINGS.get(what) ?? []) {
    const value = read(setting) ?? undefined;
    const own = value === undefined ? fallback(setting) : settingText(setting, value);
    texts.set(setting.keras, texts.get(own) ?? own); // a pool's strides are its size
  }
  return texts;
}

function settingText({ keras }: Setting, value: unknown): string {
  if (PAIRS.includes(keras) && typeof value === "number") return `${value},${value}`;
  if (keras === "padding" && typeof value !== "string") {
    return [value].flat(2).every((n) => n === 0) ? "valid" : excerpt(JSON.stringify(value));
  }
  if (typeof value === "number") return formatNumber(value);
  return Array.isArray(value) || typeof value !== "object" ? String(value) : "an object";
}

function formatNumber(value: number): string {
  return value >= 1e-6 ? String(value) : value.toExponential();
}

/**
 * Throws a SyntaxError unless a file's settings are those of the model.
 *
 * @param config what the file has, as JSON.
 * @param children the layers of the model.
 * @param action begins every error.
 */
export function checkConfig(
  config: string,
  children: readonly NamedModelLayer[],
  action: string,
): void {
  const json = parseStrictJson(config, `${action}: model_config`, MAX_DEPTH);
  const stored = sectionsOf(storedSteps(json, `${action}: model_config`));
  const ours = sectionsOf(children.flatMap((child) => modelSteps(child)));
  for (let i = 0; i < Math.max(stored.length, ours.length); i++) {
    const isLast = i === stored.length - 1 && i === ours.length - 1;
    compareFunctions(stored[i]?.functions ?? [], ours[i]?.functions ?? [], isLast, action);
    compareLayers(stored[i]?.layer, ours[i]?.layer, action);
  }
}

/** Functions, and the layer after them; none after the last ones. */
interface Section {
  readonly functions: Step[];
  layer?: Step;
}

function sectionsOf(steps: readonly Step[]): Section[] {
  const sections: Section[] = [{ functions: [] }];
  for (const step of steps) {
    const last = sections[sections.length - 1];
    if (step.kind !== "layer") last.functions.push(step);
    else {
      last.layer = step;
      sections.push({ functions: [] });
    }
  }
  return sections;
}

function compareFunctions(
  stored: readonly Step[],
  ours: readonly Step[],
  isLast: boolean,
  action: string,
): void {
  if (ours.some(({ kind }) => kind === "other")) return;
  const end = stored.at(-1);
  const isLeftOut = isLast && stored.length === ours.length + 1 && LEFT_OUT.includes(end!.what);
  const rest = isLeftOut ? stored.slice(0, -1) : stored;
  const text = (steps: readonly Step[]) => steps.map(({ what }) => what).join(", ") || "none";
  if (text(rest) === text(ours)) return;
  const place = (stored[0] ?? ours[0]).name;
  throw new SyntaxError(
    `${action}: functions must be those of the model: expected ${text(ours)}, found ` +
      `${excerpt(text(rest))} at ${excerpt(place)}`,
  );
}

function compareLayers(stored: Step | undefined, ours: Step | undefined, action: string): void {
  if (stored?.what !== ours?.what) {
    const text = (step?: Step) => step === undefined ? "no more" : `${step.what} ${step.name}`;
    throw new SyntaxError(
      `${action}: layers must be those of the model: expected ${text(ours)}, found ` +
        excerpt(text(stored)),
    );
  }
  for (const [name, value] of ours?.settings ?? []) {
    const found = stored!.settings.get(name);
    if (found === value) continue;
    throw new SyntaxError(
      `${action}: ${excerpt(stored!.name)} must have the ${name} of the model's ${ours!.name}: ` +
        `expected ${value}, found ${excerpt(found ?? "none")}`,
    );
  }
}

/** Lists the steps of a layer of the model: what it does, and its activation. */
function modelSteps({ name: own, layer }: NamedModelLayer, before = ""): Step[] {
  const { type, children, options = {} } = layer;
  const name = before + own;
  if (type === "Sequential" && children !== undefined) {
    return children.flatMap((child) => modelSteps(child, `${name}.`));
  }
  if (type === "Dropout") return [];
  const what = KERAS_LAYERS.get(type)?.className ?? PLAIN_NAMES.get(type);
  if (what === undefined) return [functionStep(type, name)];
  const values = options as Readonly<Record<string, unknown>>;
  const settings = settingsOf(what, ({ ours }) => values[ours], ({ ourDefault }) => ourDefault);
  const step: Step = { kind: "layer", what, name, settings };
  const { activation } = values;
  const called = typeof activation === "function" ? activation.name : activation ?? "linear";
  return called === "linear" ? [step] : [step, functionStep(String(called), name)];
}

function functionStep(ours: string, name: string): Step {
  const keras = FUNCTION_NAMES.get(ours);
  const kind = keras === undefined ? "other" : "function";
  return { kind, what: keras ?? ours, name, settings: new Map() };
}

/** Lists the steps of a model in JSON. */
function storedSteps(json: Json, action: string): Step[] {
  const model = mapOf(json, action);
  const className = textOf(model.get("class_name"));
  if (!["Sequential", "Functional", "Model"].includes(className)) {
    throw new SyntaxError(
      `${action}: the model must be Sequential, or a chain of layers: found ${excerpt(className)}`,
    );
  }
  const config = model.get("config");
  const layers = Array.isArray(config) ? config : mapOf(config, action).get("layers");
  if (!Array.isArray(layers)) {
    throw new SyntaxError(`${action}: a model must have a list of layers: found none`);
  }
  return (layers as readonly Json[]).flatMap((layer) => layerSteps(layer, action));
}

function layerSteps(json: Json, action: string): Step[] {
  const className = textOf(mapOf(json, action).get("class_name"));
  if (["Sequential", "Functional", "Model"].includes(className)) return storedSteps(json, action);
  if (IDLE.includes(className)) return [];
  const config = mapOf(mapOf(json, action).get("config"), action);
  const name = textOf(config.get("name")) || className;
  if (config.get("data_format") === "channels_first") {
    throw new SyntaxError(
      `${action}: layers must have channels last: expected data_format channels_last, found ` +
        `channels_first at ${excerpt(name)}`,
    );
  }
  const isFunction = ["Activation", "ReLU", "Softmax"].includes(className);
  if (isFunction) {
    const what = functionOf(className, config);
    return what === "linear" ? [] : [{ kind: "function", what, name, settings: new Map() }];
  }
  const isKnown = [...KERAS_LAYERS.values()].some((layer) => layer.className === className) ||
    [...PLAIN_NAMES.values()].includes(className);
  const read = ({ keras }: Setting) => config.get(keras);
  const settings = settingsOf(className, read, ({ kerasDefault }) => kerasDefault);
  const step: Step = { kind: isKnown ? "layer" : "other", what: className, name, settings };
  const activation = activationOf(config.get("activation"));
  return activation === "linear" ? [step] : [step, { ...step, kind: "function", what: activation }];
}

/**
 * Names the function of a layer: `Activation("relu")`, `ReLU()`, `ReLU(max_value=6)`, `Softmax()`.
 */
function functionOf(className: string, config: ReadonlyMap<string, Json>): string {
  if (className === "Activation") return activationOf(config.get("activation"));
  if (className === "Softmax") return "softmax";
  if (config.get("negative_slope") || config.get("threshold")) return "leaky ReLU";
  const most = config.get("max_value") ?? null;
  return most === null ? "relu" : `relu${String(most)}`;
}

/** Reads the name of a function; Keras 3 may write an object. */
function activationOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "linear";
  if (typeof value === "string") return value === "swish" ? "silu" : value;
  const config = value instanceof Map ? value.get("config") : undefined;
  return (typeof config === "string" && config) || "another";
}

function mapOf(value: Json | undefined, action: string): ReadonlyMap<string, Json> {
  if (value instanceof Map) return value;
  throw new SyntaxError(`${action}: models, layers and settings must be objects: found another`);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
