/**
 * How both builds of the kernels are packed together.
 *
 * They differ by few bytes, but deflate sees no further back than 32 KiB. So they are cut into as
 * many slices, which take turns: each slice of one follows its like of the other.
 *
 * @module
 */
import { inflateSync } from "../../compression/inflate_sync.ts";

/** Slices of each build: of less than 10 KiB, so that three fit into what deflate sees. */
const SLICES = 16;

/** Sizes of the modules. */
export interface ModuleSizes {
  readonly relaxed: number;
  readonly plain: number;
}

/** Both modules. */
export interface Modules {
  readonly relaxed: Uint8Array<ArrayBuffer>;
  readonly plain: Uint8Array<ArrayBuffer>;
}

/** Where the slices of so many bytes end. */
export function sliceEnds(bytes: number): number[] {
  return Array.from({ length: SLICES }, (_, i) => Math.floor((i + 1) * bytes / SLICES));
}

/** Both modules from the base64 of their compressed slices. */
export function unpack(packed: string, sizes: ModuleSizes): Modules {
  const characters = atob(packed);
  const compressed = new Uint8Array(characters.length);
  for (let i = 0; i < compressed.length; i++) compressed[i] = characters.charCodeAt(i);
  const slices = inflateSync(compressed, sizes.relaxed + sizes.plain);
  const relaxed = new Uint8Array(sizes.relaxed), plain = new Uint8Array(sizes.plain);
  const relaxedEnds = sliceEnds(sizes.relaxed), plainEnds = sliceEnds(sizes.plain);
  for (let i = 0, relaxedAt = 0, plainAt = 0; i < SLICES; i++) {
    const start = relaxedAt + plainAt, middle = plainAt + relaxedEnds[i];
    relaxed.set(slices.subarray(start, middle), relaxedAt);
    relaxedAt = relaxedEnds[i];
    plain.set(slices.subarray(middle, relaxedAt + plainEnds[i]), plainAt);
    plainAt = plainEnds[i];
  }
  return { relaxed, plain };
}
