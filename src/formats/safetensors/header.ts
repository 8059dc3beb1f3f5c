/**
 * The header of a safetensors file: which tensors there are, of what type and shape, and where their
 * bytes lie. What it says is checked as the format's description asks, before anything is read.
 *
 * - **Source**: the format's description and validation, huggingface/safetensors, version 0.8.
 *
 * @module
 */
import { formatShape } from "../../core/shape.ts";
import { countElements, excerpt } from "../file_limits.ts";
import { ELEMENT_TYPES } from "../element_types.ts";
import { type Json, parseStrictJson } from "../strict_json.ts";

/** The element types by name, in the order in which tensors are written: the last come first. */
export const TYPES: ReadonlyMap<string, SafetensorsType> = new Map<string, SafetensorsType>([
  ["BOOL", { bytes: 1, code: "b1" }],
  ["U8", { bytes: 1, code: "u1" }],
  ["I8", { bytes: 1, code: "i1" }],
  ["F8_E5M2", { bytes: 1 }],
  ["F8_E4M3", { bytes: 1 }],
  ["I16", { bytes: 2, code: "i2" }],
  ["U16", { bytes: 2, code: "u2" }],
  ["F16", { bytes: 2, code: "f2" }],
  ["BF16", { bytes: 2 }],
  ["I32", { bytes: 4, code: "i4" }],
  ["U32", { bytes: 4, code: "u4" }],
  ["F32", { bytes: 4, code: "f4" }],
  ["C64", { bytes: 8 }],
  ["F64", { bytes: 8, code: "f8" }],
  ["I64", { bytes: 8, code: "i8" }],
  ["U64", { bytes: 8, code: "u8" }],
]);

/** Element types that are newer than these, by their numbers of bits; they are listed, not read. */
const NEWER_BITS: ReadonlyMap<string, number> = new Map([
  ["F4", 4],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
  ["F8_E8M0", 8],
  ["F8_E4M3FNUZ", 8],
  ["F8_E5M2FNUZ", 8],
]);

/** An element type. */
export interface SafetensorsType {
  readonly bytes: number;
  /** NumPy's code of the same type, if it has one that can be read. */
  readonly code?: string;
}

/** A tensor as the header describes it. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offsets of its bytes, counted from the end of the header. */
  readonly start: number;
  readonly end: number;
}

/** Contents of a header. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly entries: readonly SafetensorsEntry[];
}

/** The key of the metadata, which no tensor may have. */
export const METADATA = "__metadata__";
const KEYS = ["dtype", "shape", "data_offsets"];

/** Reads a header's text; the tensors must fill `dataSize` bytes. `action` begins every error. */
export function parseHeader(text: string, dataSize: number, action: string): SafetensorsHeader {
  if (!text.startsWith("{")) {
    throw new SyntaxError(
      `${action}: the header must begin with {: found ${excerpt(text.slice(0, 24)) || "nothing"}`,
    );
  }
  const header = parseStrictJson(text, `${action}: the header`) as ReadonlyMap<string, Json>;
  const entries: SafetensorsEntry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of header) {
    if (name === METADATA) metadata = parseMetadata(value, action);
    else entries.push(parseEntry(name, value, `${action}: ${excerpt(name)}`));
  }
  checkOffsets(entries, dataSize, action);
  return { metadata, entries };
}

function parseMetadata(value: Json, action: string): ReadonlyMap<string, string> {
  const isSound = value instanceof Map && [...value.values()].every((v) => typeof v === "string");
  if (isSound) return value as ReadonlyMap<string, string>;
  throw new SyntaxError(`${action}: ${METADATA} must hold texts by name: found ${show(value)}`);
}

function parseEntry(name: string, value: Json, what: string): SafetensorsEntry {
  const keys = value instanceof Map ? [...value.keys()] : [];
  if (keys.length !== KEYS.length || !KEYS.every((key) => keys.includes(key))) {
    throw new SyntaxError(
      `${what}: a tensor must have these keys and no other: expected ${KEYS.join(", ")}, ` +
        `found ${excerpt(keys.join(", ")) || "none"}`,
    );
  }
  const fields = value as ReadonlyMap<string, Json>;
  const dtype = fields.get("dtype") as string;
  if (!TYPES.has(dtype) && !NEWER_BITS.has(dtype)) {
    throw new SyntaxError(
      `${what}: dtype must be known: expected one of ${
        [...TYPES.keys(), ...NEWER_BITS.keys()].join(" ")
      }, ` +
        `found ${show(dtype)}`,
    );
  }
  const shape = wholeNumbers(fields.get("shape")!, "shape", what);
  const offsets = wholeNumbers(fields.get("data_offsets")!, "data_offsets", what);
  const count = countElements(shape);
  if (count === undefined) {
    throw new SyntaxError(
      `${what}: shape must have a size that can be counted: expected non-zero sizes with a product ` +
        `of at most 2^49, found ${excerpt(formatShape(shape))}`,
    );
  }
  const [start, end] = offsets;
  const bits = 8 * (TYPES.get(dtype)?.bytes ?? 0) || NEWER_BITS.get(dtype)!;
  const bytes = Math.ceil(count * bits / 8);
  if (offsets.length !== 2 || end - start !== bytes) {
    throw new SyntaxError(
      `${what}: data_offsets must span the bytes of the tensor: expected ${bytes} ` +
        `for ${dtype} ${excerpt(formatShape(shape))}, found ${excerpt(formatShape(offsets))}`,
    );
  }
  return { name, dtype, shape, start, end };
}

function wholeNumbers(value: Json, key: string, what: string): number[] {
  const isSound = Array.isArray(value) &&
    value.every((n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0));
  if (isSound) return value as number[];
  throw new SyntaxError(
    `${what}: ${key} must be a list of whole numbers: found ${show(value)}`,
  );
}

/**
 * Checks that tensors lie one after the other, without a gap, from the header to the end of the
 * file.
 */
function checkOffsets(
  entries: readonly SafetensorsEntry[],
  dataSize: number,
  action: string,
): void {
  let at = 0;
  for (
    const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)
  ) {
    if (start !== at) {
      throw new SyntaxError(
        `${action}: ${excerpt(name)}: tensors must lie one after the other, without gap or ` +
          `overlap: expected data_offsets from ${at}, found ${start}`,
      );
    }
    at = end;
  }
  if (at === dataSize) return;
  throw new SyntaxError(
    `${action}: the tensors must fill the file: expected ${at} bytes after the header, ` +
      `found ${dataSize}`,
  );
}

/** Writes a header's text: compact JSON, padded with spaces to a multiple of 8 bytes. */
export function formatHeader({ metadata, entries }: SafetensorsHeader): string {
  const parts = entries.map(({ name, dtype, shape, start, end }) =>
    `${
      JSON.stringify(name)
    }:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${start},${end}]}`
  );
  if (metadata.size > 0) {
    const texts = [...metadata].map(([key, text]) =>
      `${JSON.stringify(key)}:${JSON.stringify(text)}`
    );
    parts.unshift(`"${METADATA}":{${texts}}`);
  }
  return `{${parts}}`;
}

/** Finds NumPy's name of the type, if it can be read. */
export function typeName(dtype: string): string {
  const code = TYPES.get(dtype)?.code;
  return code === undefined ? dtype === "BF16" ? "bfloat16" : dtype : ELEMENT_TYPES.get(code)!.name;
}

function show(value: Json): string {
  const text = value instanceof Map ? "an object" : JSON.stringify(value);
  return excerpt(text ?? "nothing");
}
