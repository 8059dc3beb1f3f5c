/**
 * The arguments that `fit`, `evaluate` and `predict` share, checked before anything runs: plain
 * JavaScript has no types that would.
 *
 * @module
 */
import { checkNames, type Complete } from "../core/options.ts";
import { kindOf } from "../core/kind_of.ts";
import { Tensor } from "../core/tensor.ts";

/** Arguments by name; those that a function has not are absent. */
interface Arguments {
  readonly model: unknown;
  readonly data?: unknown;
  readonly options: object;
}

/** Values of options by their names. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Throws a `TypeError` for the first argument that is missing or of the wrong kind. Options are
 * those in `known`; `names` are those that must be given.
 */
export function checkArguments<Options extends object, List extends string>(
  action: string,
  args: Arguments,
  known: List & Complete<List, Options>,
  names: readonly string[],
): void {
  if (!hasMethod(args.model, "apply")) {
    throw wrong(action, "model must be a layer or { apply: (params, x) => … }", args.model);
  }
  if ("data" in args) checkData(action, args.data);
  if (typeof args.options !== "object" || args.options === null) {
    throw wrong(action, `options must be an object with ${names.join(", ")}`, args.options);
  }
  checkNames(action, args.options, known);
  const options = args.options as Values;
  for (const name of names) CHECKS[name](action, options[name]);
  if (options.metrics !== undefined) checkMetrics(action, options.metrics);
  if (options.callbacks !== undefined) checkCallbacks(action, options.callbacks);
  if (options.signal === undefined || hasMethod(options.signal, "throwIfAborted")) return;
  throw wrong(action, "signal must be that of an AbortController", options.signal);
}

/** Throws unless what begins a measurement has made one; `accuracy` itself makes a metric. */
export function checkMeasurement(name: string, measurement: unknown): void {
  if (hasMethod(measurement, "add") && hasMethod(measurement, "value")) return;
  throw new TypeError(
    `Cannot measure ${name}: a metric must make { add, value } when it is called: got ` +
      `${kindOf(measurement)}; metrics of the library are made by a call, accuracy()`,
  );
}

const CHECKS: Readonly<Record<string, (action: string, value: unknown) => void>> = {
  params(action, params) {
    if (params !== undefined) return;
    throw wrong(action, "params must be those of model.init(random, inputShape)", params);
  },
  loss(action, loss) {
    if (typeof loss === "function") return;
    throw wrong(action, "loss must be a function of y and target, such as softmaxCE", loss);
  },
  optimizer(action, optimizer) {
    if (hasMethod(optimizer, "step")) return;
    throw wrong(
      action,
      "optimizer must be one that a call has made, such as adam({ learningRate: 0.001 })",
      optimizer,
    );
  },
};

function checkData(action: string, data: unknown): void {
  const isObject = typeof data === "object" && data !== null;
  if (isObject && "batches" in data) return;
  if (isObject && "x" in data && "y" in data) {
    for (const name of ["x", "y"] as const) checkArray(action, name, data[name]);
    return;
  }
  throw wrong(action, "data must be examples { x, y } or a source of batches", data);
}

/** Throws unless x is what `predict` takes: an array or a source of batches. */
export function checkInputs(action: string, x: unknown): void {
  if (typeof x === "object" && x !== null && "batches" in x) return;
  checkArray(action, "x", x);
}

/** Throws unless a value is a tensor, or elements with a shape and a dtype. */
function checkArray(action: string, name: string, value: unknown): void {
  if (value instanceof Tensor) return;
  const isArray = typeof value === "object" && value !== null && "data" in value &&
    "shape" in value && Array.isArray(value.shape);
  if (!isArray) {
    throw wrong(
      action,
      `${name} must be a tensor, tensor(${name}), or { shape, dtype, data }`,
      value,
    );
  }
}

function checkMetrics(action: string, metrics: unknown): void {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw wrong(action, "metrics must be named, { accuracy: accuracy() }", metrics);
  }
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric === "function") continue;
    throw wrong(action, `metric ${name} must be made by a call, accuracy()`, metric);
  }
}

function checkCallbacks(action: string, callbacks: unknown): void {
  const rule = "callbacks must be a list of what calls have made, [progressBar()]";
  if (!Array.isArray(callbacks)) throw wrong(action, rule, callbacks);
  for (const callback of callbacks) {
    if (typeof callback !== "object" || callback === null) throw wrong(action, rule, callback);
  }
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null &&
    typeof (value as Values)[name] === "function";
}

function wrong(action: string, rule: string, value: unknown): TypeError {
  const got = typeof value === "string" ? JSON.stringify(value) : kindOf(value);
  return new TypeError(`Cannot ${action}: ${rule}: got ${got}`);
}
