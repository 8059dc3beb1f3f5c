/**
 * The list of weights in a `model.json`: names, shapes, types and quantisation; and their bytes to
 * numbers.
 *
 * - **Source**: `io/types.ts` and `io/io_utils.ts` of TensorFlow.js 4.22.
 *
 * @module
 */
import { allocate, type DType, type HostArray, type TypedArray } from "../../core/dtype.ts";
import { decodeElements, ELEMENT_TYPES, refusalsOf } from "../../formats/element_types.ts";
import { noNumbers } from "../../formats/array_file.ts";
import { countElements, excerpt } from "../../formats/file_limits.ts";
import type { Json } from "../../formats/strict_json.ts";

/** A way of storing numbers with fewer bits. */
interface Quantization {
  readonly dtype: "uint8" | "uint16" | "float16";
  readonly scale: number;
  readonly min: number;
}

/** A weight as the list describes it. */
export interface TfjsWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly count: number;
  readonly quantization: Quantization | undefined;
  /** Number of the group of files that it is in. */
  readonly group: number;
}

/** Files and weights of a model. */
export interface TfjsManifest {
  /** The files of each group, one after the other. */
  readonly groups: readonly (readonly string[])[];
  readonly weights: readonly TfjsWeight[];
}

/** Codes of element types by their names here. */
const CODES: Readonly<Record<string, string>> = {
  float32: "f4",
  int32: "i4",
  bool: "b1",
  uint8: "u1",
  uint16: "u2",
  float16: "f2",
};

const DTYPES: Readonly<Record<string, DType>> = {
  float32: "float32",
  int32: "int32",
  bool: "uint8",
  uint8: "uint8",
};

/** Names of files in a list: in the folder of the model itself. */
const PLAIN_NAME = /^(?!\.\.?$)[^/\\:?#]+$/;

/** Reads the list of weights. `action` begins every error. */
export function readManifest(json: Json | undefined, action: string): TfjsManifest {
  const refuse = (what: string, found: string): never => {
    throw new SyntaxError(`${action}: ${what}: found ${excerpt(found)}`);
  };
  if (!Array.isArray(json)) return refuse("weightsManifest must be a list", "another or none");
  const groups: string[][] = [];
  const weights: TfjsWeight[] = [];
  const names = new Set<string>();
  for (const [group, entry] of (json as readonly Json[]).entries()) {
    const paths = entry instanceof Map ? entry.get("paths") : undefined;
    const list = entry instanceof Map ? entry.get("weights") : undefined;
    if (!Array.isArray(paths) || !Array.isArray(list)) {
      return refuse("every group must have paths and weights", "others");
    }
    groups.push((paths as readonly Json[]).map((path) => {
      const name = typeof path === "string" ? path.replace(/^\.\//, "") : "";
      if (PLAIN_NAME.test(name)) return name;
      return refuse(
        "paths must be names of files in the model's folder",
        JSON.stringify(path) ?? "",
      );
    }));
    for (const weight of list as readonly Json[]) {
      const read = readWeight(weight, group, action);
      if (names.has(read.name)) refuse("weights must have different names", `two of ${read.name}`);
      names.add(read.name);
      weights.push(read);
    }
  }
  return { groups, weights };
}

function readWeight(json: Json, group: number, action: string): TfjsWeight {
  const fields = json instanceof Map ? json : new Map<string, Json>();
  const [name, shape, dtype] = ["name", "shape", "dtype"].map((key) => fields.get(key));
  const isShape = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  const count = isShape ? countElements(shape as number[]) : undefined;
  if (typeof name !== "string" || typeof dtype !== "string" || count === undefined) {
    throw new SyntaxError(
      `${action}: a weight must have a name, a dtype and a shape that can be counted: found ` +
        excerpt(JSON.stringify([name, dtype, shape])),
    );
  }
  const given = fields.get("quantization");
  const quantization = given instanceof Map ? quantizationOf(given, action, name) : undefined;
  return { name, shape: shape as number[], dtype, count, quantization, group };
}

function quantizationOf(
  fields: ReadonlyMap<string, Json>,
  action: string,
  name: string,
): Quantization {
  const [dtype, scale = 1, min = 0] = ["dtype", "scale", "min"].map((key) => fields.get(key));
  const isKnown = dtype === "uint8" || dtype === "uint16" || dtype === "float16";
  if (isKnown && typeof scale === "number" && typeof min === "number") return { dtype, scale, min };
  throw new SyntaxError(
    `${action}: ${
      excerpt(name)
    }: quantization must be uint8, uint16 or float16 with a scale and a ` +
      `minimum: found ${excerpt(JSON.stringify([dtype, scale, min]))}`,
  );
}

/** Name of the dtype that a weight has once it is read; undefined where it cannot be. */
export function dtypeOf({ dtype }: TfjsWeight): DType | undefined {
  return Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
}

/** Words on the type in the file: `uint8 for float32`. */
export function storedAs({ dtype, quantization }: TfjsWeight): string {
  return quantization === undefined ? dtype : `${quantization.dtype} for ${dtype}`;
}

/** Finds where the bytes of each weight of a group are. `action` begins every error. */
export function placesOf(
  weights: readonly TfjsWeight[],
  bytes: Uint8Array,
  action: string,
): ReadonlyMap<string, readonly [start: number, end: number]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const places = new Map<string, readonly [number, number]>();
  let at = 0;
  for (const weight of weights) {
    const start = at;
    const { dtype, count, quantization } = weight;
    if (dtype === "string") {
      for (let i = 0; i < count && at + 4 <= bytes.length; i++) at += 4 + view.getUint32(at, true);
      if (count * 4 > bytes.length - start) at = Infinity;
    } else at += count * (ELEMENT_TYPES.get(CODES[quantization?.dtype ?? dtype])?.bytes ?? 8);
    if (at > bytes.length) {
      throw new SyntaxError(
        `${action}: the files must hold every weight: expected ${excerpt(weight.name)} from ` +
          `${start} to ${at}, found ${bytes.length} bytes`,
      );
    }
    places.set(weight.name, [start, at]);
  }
  if (at === bytes.length) return places;
  throw new SyntaxError(
    `${action}: the files must end with the last weight: expected ${at} bytes, ` +
      `found ${bytes.length}`,
  );
}

/** Makes the numbers of a weight. `action` begins every error. */
export function decodeWeight(weight: TfjsWeight, bytes: Uint8Array, action: string): HostArray {
  const { shape, quantization } = weight;
  const dtype = dtypeOf(weight);
  const element = ELEMENT_TYPES.get(CODES[quantization?.dtype ?? weight.dtype] ?? "");
  if (dtype === undefined || element === undefined) {
    throw noNumbers(
      new SyntaxError(
        `${action}: dtype must be one that can be read: expected float32, int32, uint8 or bool, ` +
          `found ${excerpt(weight.dtype)}`,
      ),
    );
  }
  const stored = decodeElements(element, true, bytes, refusalsOf(action, { element, shape }));
  const data = quantization === undefined || quantization.dtype === "float16"
    ? stored
    : restored(stored, quantization, dtype);
  if (data instanceof Float32Array === (dtype === "float32")) return { shape, dtype, data };
  throw new SyntaxError(
    `${action}: quantization must be one for the dtype: found ${storedAs(weight)}`,
  );
}

/** Scales numbers of few bits back: `value scale + min`. */
function restored(
  stored: TypedArray,
  { scale, min }: Quantization,
  dtype: DType,
): TypedArray {
  const data = allocate(dtype, stored.length);
  const isFloat = dtype === "float32";
  for (let i = 0; i < data.length; i++) {
    const value = stored[i] * scale + min;
    data[i] = isFloat ? value : Math.round(value);
  }
  return data;
}
