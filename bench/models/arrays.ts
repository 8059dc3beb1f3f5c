/**
 * Named arrays in two files that any language reads: a list of names, shapes and offsets in JSON,
 * and the elements, little-endian, one array after the other.
 *
 * Peers read what this writes, so it imports nothing of the library.
 *
 * @module
 */

/** An array: float32, or int32 for labels. */
export interface HostArray {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
}

/** Arrays by name. */
export type Arrays = Readonly<Record<string, HostArray>>;

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  /** Offset in bytes. */
  readonly offset: number;
}

/** Writes `<path>.json` and `<path>.bin`. */
export async function writeArrays(path: string, arrays: Arrays): Promise<void> {
  const entries: Entry[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const dtype = data instanceof Int32Array ? "int32" : "float32";
    entries.push({ name, shape, dtype, offset });
    offset += data.byteLength;
  }
  const bytes = new Uint8Array(offset);
  Object.values(arrays).forEach(({ data }, i) => {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), entries[i].offset);
  });
  await Deno.writeFile(`${path}.bin`, bytes);
  await Deno.writeTextFile(`${path}.json`, JSON.stringify(entries));
}

/** Reads what {@link writeArrays} wrote. */
export async function readArrays(path: string): Promise<Arrays> {
  const entries: Entry[] = JSON.parse(await Deno.readTextFile(`${path}.json`));
  const { buffer } = await Deno.readFile(`${path}.bin`);
  return Object.fromEntries(entries.map(({ name, shape, dtype, offset }) => {
    const size = shape.reduce((product, n) => product * n, 1);
    const Elements = dtype === "int32" ? Int32Array : Float32Array;
    return [name, { shape, data: new Elements(buffer, offset, size) }];
  }));
}

/** Puts the dimensions of an array into another order. */
export function transposed({ shape, data }: HostArray, axes: readonly number[]): HostArray {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1));
  const result = data.slice();
  const turned = axes.map((axis) => shape[axis]);
  const index = axes.map(() => 0);
  for (let i = 0; i < result.length; i++) {
    result[i] = data[index.reduce((at, n, d) => at + n * strides[axes[d]], 0)];
    for (let d = index.length - 1; d >= 0 && ++index[d] === turned[d]; d--) index[d] = 0;
  }
  return { shape: turned, data: result };
}
