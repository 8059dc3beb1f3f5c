/**
 * Packing of both builds of the kernels: one whole, the other as changes of it.
 *
 * They differ in few bytes at some two thousand places. What is compressed is the build with relaxed
 * SIMD, then for each place three numbers in LEB128 (bytes to keep, to leave out and to put in their
 * place), then all bytes to put in.
 *
 * @module
 */
import { lzmaSync } from "../../compression/lzma_sync.ts";

/** Sizes of the parts of what is compressed, and of the module that is put together. */
export interface PackedSizes {
  readonly relaxed: number;
  readonly plain: number;
  /** Bytes of the numbers of all changes. */
  readonly changes: number;
  /** Bytes to put in. */
  readonly insertions: number;
}

/** Both modules. */
export interface Modules {
  readonly relaxed: Uint8Array<ArrayBuffer>;
  readonly plain: Uint8Array<ArrayBuffer>;
}

/** Makes both modules from the base64 of what was compressed. */
export function unpack(packed: string, sizes: PackedSizes): Modules {
  const characters = atob(packed);
  const compressed = new Uint8Array(characters.length);
  for (let i = 0; i < compressed.length; i++) compressed[i] = characters.charCodeAt(i);
  const insertionsAt = sizes.relaxed + sizes.changes;
  const bytes = lzmaSync(compressed, insertionsAt + sizes.insertions);
  const relaxed = bytes.slice(0, sizes.relaxed);
  const changes = bytes.subarray(sizes.relaxed, insertionsAt);
  const insertions = bytes.subarray(insertionsAt);
  return { relaxed, plain: changed(relaxed, changes, insertions, sizes.plain) };
}

function changed(
  from: Uint8Array,
  changes: Uint8Array,
  insertions: Uint8Array,
  size: number,
): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(size);
  let fromAt = 0, toAt = 0, changeAt = 0, insertionAt = 0;
  const next = () => {
    let value = 0, shift = 0, byte;
    do {
      byte = changes[changeAt++];
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return value;
  };
  while (changeAt < changes.length) {
    const keep = next(), leaveOut = next(), putIn = next();
    to.set(from.subarray(fromAt, fromAt + keep), toAt);
    to.set(insertions.subarray(insertionAt, insertionAt + putIn), toAt + keep);
    fromAt += keep + leaveOut;
    toAt += keep + putIn;
    insertionAt += putIn;
  }
  to.set(from.subarray(fromAt), toAt);
  return to;
}
