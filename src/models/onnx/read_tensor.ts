/**
 * Constants of ONNX files, stored as raw bytes or as lists of numbers.
 *
 * @module
 */
import { quoted } from "../../core/printable.ts";
import { formatShape } from "../../core/shape.ts";
import { ELEMENT_TYPES } from "../../formats/element_types.ts";
import { type MessageReader, numberOf, type Refuse } from "./message_reader.ts";
import type { OnnxTensor } from "./model.ts";
import { type ElementKind, foreignKind, KINDS, KNOWN_KINDS, TENSOR } from "./schema.ts";

/** Bytes of an element, by its kind. */
const WIDTHS: ReadonlyMap<string, number> = new Map(
  [...ELEMENT_TYPES.values()].map(({ name, bytes }) => [name, bytes]),
);

/** Field that holds elements of a kind that are not in raw bytes. */
type Lists = "floats" | "doubles" | "ints" | "longs";
const LISTS: Readonly<Record<ElementKind, Lists>> = {
  float32: "floats",
  float64: "doubles",
  int64: "longs",
  uint32: "longs",
  uint64: "longs",
  uint8: "ints",
  int8: "ints",
  int16: "ints",
  uint16: "ints",
  int32: "ints",
  bool: "ints",
  float16: "ints",
};

/** Fields of a message, before they are put together. */
class Parts {
  readonly shape: number[] = [];
  readonly lists: Record<Lists, number[]> = { floats: [], doubles: [], ints: [], longs: [] };
  kind = 0;
  name = "";
  raw: Uint8Array | undefined;
}

/** Reads a `TensorProto`. float16 becomes float32, exactly. */
export function readTensor(message: MessageReader, refuse: Refuse): OnnxTensor {
  const parts = new Parts();
  for (const field of message.fields()) {
    switch (field.number) {
      case TENSOR.dims:
        push(parts.shape, message.ints(field));
        break;
      case TENSOR.dataType:
        parts.kind = message.int(field);
        break;
      case TENSOR.name:
        parts.name = message.text(field);
        break;
      case TENSOR.rawData:
        parts.raw = message.bytes(field);
        break;
      case TENSOR.floatData:
        push(parts.lists.floats, message.floats(field, 4));
        break;
      case TENSOR.doubleData:
        push(parts.lists.doubles, message.floats(field, 8));
        break;
      case TENSOR.int32Data:
        push(parts.lists.ints, message.ints(field));
        break;
      case TENSOR.int64Data:
      case TENSOR.uint64Data:
        push(parts.lists.longs, message.ints(field));
        break;
      case TENSOR.segment:
      case TENSOR.externalData:
        refuse("constants must be whole, in the file", `${shown(parts.name)} is elsewhere`);
        break;
      case TENSOR.dataLocation:
        if (message.int(field) !== 0) {
          refuse("constants must be whole, in the file", `${shown(parts.name)} is elsewhere`);
        }
    }
  }
  return assemble(parts, refuse);
}

function assemble({ shape, lists, kind, name, raw }: Parts, refuse: Refuse): OnnxTensor {
  const elements = KINDS.get(kind);
  if (elements === undefined) {
    return refuse(
      `elements of constants must be ${KNOWN_KINDS}`,
      `${shown(name)} has ${foreignKind(kind)}`,
    );
  }
  const count = shape.reduce((product, n) => product * n, 1);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0) || !Number.isSafeInteger(count)) {
    return refuse("a shape must be sizes", `${shown(name)} is ${short(shape)}`);
  }
  const stored = raw === undefined
    ? lists[LISTS[elements]].length
    : raw.length / WIDTHS.get(elements)!;
  if (stored !== count) {
    return refuse(
      "constants must have as many elements as their shape",
      `${shown(name)} is ${short(shape)}, with ${stored} elements`,
    );
  }
  const data = raw === undefined
    ? fromList(elements, lists[LISTS[elements]])
    : fromRaw(elements, raw);
  return { name, elements: elements === "float16" ? "float32" : elements, shape, data };
}

function fromRaw(elements: ElementKind, raw: Uint8Array): OnnxTensor["data"] {
  const { buffer } = Uint8Array.from(raw);
  switch (elements) {
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return new Float64Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "uint32":
      return Float64Array.from(new Uint32Array(buffer));
    case "int64":
      return Float64Array.from(new BigInt64Array(buffer), numberOf);
    case "uint64":
      return Float64Array.from(new BigUint64Array(buffer), numberOf);
    case "float16":
      return Float32Array.from(new Uint16Array(buffer), fromHalf);
    case "int8":
      return Int32Array.from(new Int8Array(buffer));
    case "int16":
      return Int32Array.from(new Int16Array(buffer));
    case "uint16":
      return Int32Array.from(new Uint16Array(buffer));
    default:
      return new Uint8Array(buffer);
  }
}

function fromList(elements: ElementKind, list: readonly number[]): OnnxTensor["data"] {
  switch (elements) {
    case "float32":
      return Float32Array.from(list);
    case "float16":
      return Float32Array.from(list, fromHalf);
    case "float64":
    case "int64":
    case "uint32":
      return Float64Array.from(list);
    case "uint64": // varints are read with a sign
      return Float64Array.from(list, (v) => v < 0 ? v + 2 ** 64 : v);
    case "int32":
    case "int8":
    case "int16":
    case "uint16":
      return Int32Array.from(list);
    default:
      return Uint8Array.from(list);
  }
}

/** Decodes the number that 16 bits stand for. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = bits >> 10 & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Appends without spreading: a list may be longer than a call takes arguments. */
function push(to: number[], values: readonly number[]): void {
  for (const value of values) to.push(value);
}

/** Shortens and quotes a name for an error. */
export function shown(name: string): string {
  return quoted(name.slice(0, 60));
}

function short(shape: readonly number[]): string {
  return formatShape(shape).slice(0, 80);
}
