// deno-lint-ignore-file no-control-regex -- what files begin with are bytes, not letters
/**
 * Kinds of files by their first bytes.
 *
 * @module
 */
import { excerpt } from "../file_limits.ts";
import { LEGACY_MAGIC } from "../torch/archive.ts";
import type { FileKind, Found } from "./kinds.ts";

/** Bytes from the beginning that are enough to know a file by. */
export const BEGINNING = 4096;

/** Texts at places, as bytes, that only files of a kind have there. */
const SIGNATURES: readonly (readonly [FileKind, at: number, bytes: string])[] = [
  ["npy", 0, "\x93NUMPY"],
  ["hdf5", 0, "\x89HDF\r\n\x1a\n"],
  ["hdf5", 512, "\x89HDF\r\n\x1a\n"],
  ["hdf5", 1024, "\x89HDF\r\n\x1a\n"],
  ["hdf5", 2048, "\x89HDF\r\n\x1a\n"],
  ["torch", 0, String.fromCharCode(...LEGACY_MAGIC)],
  ["mat", 0, "MATLAB 5.0 MAT-file"],
  ["tflite", 4, "TFL3"],
  ["png", 0, "\x89PNG\r\n\x1a\n"],
  ["jpeg", 0, "\xff\xd8\xff"],
  ["gif", 0, "GIF87a"],
  ["gif", 0, "GIF89a"],
  ["webp", 8, "WEBP"],
  ["tiff", 0, "II*\0"],
  ["tiff", 0, "MM\0*"],
  ["zip", 0, "PK\x03\x04"],
  ["zip", 0, "PK\x05\x06"],
  ["gzip", 0, "\x1f\x8b"],
  ["bzip2", 0, "BZh"],
  ["xz", 0, "\xfd7zXZ\0"],
  ["zstd", 0, "\x28\xb5\x2f\xfd"],
  ["7z", 0, "7z\xbc\xaf\x27\x1c"],
  ["rar", 0, "Rar!"],
  ["tar", 257, "ustar"],
  ["parquet", 0, "PAR1"],
  ["sqlite", 0, "SQLite format 3\0"],
  ["rdata", 0, "RDX"],
  ["gguf", 0, "GGUF"],
  ["pdf", 0, "%PDF-"],
  ["lfs", 0, "version https://git-lfs.github.com/spec/"],
];

/** Names in pickles that tell what was pickled. */
const PICKLED: readonly (readonly [FileKind, RegExp])[] = [
  ["joblib", /joblib[.\n]/],
  ["sklearn", /sklearn[.\n]/],
];

/** First members of the archives that PyTorch made before its version 0.1.10. */
const OLD_TORCH = /^(sys_info|pickle|storages|tensors)\0/;

/** Names the kind of a file by its beginning; `size` is that of the whole. */
export function kindByBeginning(head: Uint8Array, size: number): Found {
  if (size === 0) return { kind: "empty" };
  const text = latin1(head.subarray(0, BEGINNING));
  // First of all: the length that it begins with may be any bytes.
  if (isSafetensors(head, text, size)) return { kind: "safetensors" };
  const signature = SIGNATURES.find(([, at, bytes]) => text.startsWith(bytes, at));
  if (signature?.[0] === "tar" && OLD_TORCH.test(text)) return { kind: "oldtorch" };
  if (signature !== undefined) return { kind: signature[0] };
  const kind = pickleKind(text) ?? binaryKind(head, text, size) ?? textKind(head, text);
  return kind ?? { kind: "unknown", detail: `beginning with ${firstBytes(head)}` };
}

/** Shows the first bytes as numbers. */
export function firstBytes(head: Uint8Array): string {
  return Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Knows a pickle by its protocol, or of the oldest, by the name of a module at its beginning. */
function pickleKind(text: string): Found | undefined {
  const isPickle = /^\x80[\x02-\x05][\x28\x4a\x4b\x4d\x58\x5d\x63\x7d\x80-\x96]/.test(text) ||
    /^(\([dl]p\d+\n|ccopy_reg\n|c[a-z_.\d]+\n[A-Za-z_]\w*\n)/.test(text);
  if (!isPickle) return undefined;
  const kind = PICKLED.find(([, pattern]) => pattern.test(text))?.[0] ?? "pickle";
  const name = /c([a-z_][\w.]*)\n([A-Za-z_]\w*)\n/.exec(text) ??
    /\x8c.([a-z_][\w.]*)\x94\x8c.([A-Za-z_]\w*)\x94\x93/s.exec(text);
  return {
    kind,
    detail: name === null ? undefined : `holding ${excerpt(`${name[1]}.${name[2]}`)}`,
  };
}

/** Tells a header of JSON, after its length. */
function isSafetensors(head: Uint8Array, text: string, size: number): boolean {
  if (head.length < 10 || !text.startsWith("{", 8)) return false;
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  return length >= 2n && Number(length) <= size - 8;
}

/** Knows what has no signature, but a structure. */
function binaryKind(head: Uint8Array, text: string, size: number): Found | undefined {
  if (head.length < 8) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const isIdx = head[0] === 0 && head[1] === 0 && [8, 9, 11, 12, 13, 14].includes(head[2]) &&
    head[3] >= 1 && head[3] <= 8;
  if (isIdx) return { kind: "idx" };
  if (text.startsWith("BM") && view.getUint32(2, true) === size) return { kind: "bmp" };
  return messageKind(text) ?? (isMat4(view, size) ? { kind: "mat4" } : cifarKind(head, size));
}

/** Tells the header of a MATLAB file of level 4: five integers of an array, and its name. */
function isMat4(view: DataView, size: number): boolean {
  if (view.byteLength < 21) return false;
  const [type, rows, columns, imaginary, nameLength] = [0, 4, 8, 12, 16]
    .map((at) => view.getUint32(at, true));
  const isKnown = type < 53 && type % 10 <= 2 && rows > 0 && columns > 0 && imaginary <= 1;
  return isKnown && nameLength >= 2 && nameLength <= 64 && 20 + nameLength <= view.byteLength &&
    view.getUint8(19 + nameLength) === 0 && view.getUint8(20) >= 0x41 && rows * columns <= size;
}

/** Knows models in protocol buffers: ONNX, SavedModel, a graph of TensorFlow. */
function messageKind(text: string): Found | undefined {
  // ir_version, then producer_name, a graph or operator sets.
  if (/^\x08[\x01-\x1f](\x12[\x00-\x7f][\x20-\x7e]|\x3a|\x42[\x02-\x7f]\x0a)/.test(text)) {
    return { kind: "onnx" };
  }
  // schema_version 1, then a graph.
  if (/^\x08\x01\x12[\x80-\xff]{1,4}[\x00-\x7f]\x0a/s.test(text)) return { kind: "savedmodel" };
  // A node with its name and its operator.
  const node = /^\x0a.{1,4}\x0a.{1,2}[\w/.:-]+\x12.(Placeholder|Const|VariableV2|NoOp)/s;
  return node.test(text) ? { kind: "graphdef" } : undefined;
}

/** Bytes of an image of CIFAR with its labels, one of CIFAR-10, two of CIFAR-100. */
const IMAGE_BYTES = 3072;

function cifarKind(head: Uint8Array, size: number): Found | undefined {
  const fits = (most: readonly number[]) => {
    const stride = IMAGE_BYTES + most.length;
    return size % stride === 0 &&
      most.every((most, i) => head[i] <= most && (head[stride + i] ?? 0) <= most);
  };
  if (fits([9])) return { kind: "cifar10" };
  return fits([19, 99]) ? { kind: "cifar100" } : undefined;
}

/** Knows texts by what they begin with. */
function textKind(head: Uint8Array, text: string): Found | undefined {
  const start = text.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<(!doctype html|html|head|\?xml[^>]*>\s*<!doctype html)/i.test(start)) {
    return { kind: "html" };
  }
  if (start.startsWith("{")) {
    if (/"(weightsManifest|modelTopology)"|"format":\s*"(layers|graph)-model"/.test(start)) {
      return { kind: "tfjs" };
    }
    if (/^\{\s*"(class_name|module)":/.test(start)) return { kind: "kerasjson" };
    if (/"(cells|nbformat)":/.test(start)) return { kind: "notebook" };
  }
  const control = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;
  return head.length > 0 && !control.test(text) ? { kind: "csv" } : undefined;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
