/**
 * Arrays from the course's HDF5 files. The reader (`h5wasm`) is loaded when a file needs it.
 *
 * @module
 */
import type { HostArray } from "@tapegrad/tapegrad/data";
import { readBytes } from "./files.ts";
import { UsageError } from "./usage_error.ts";

/** Reads the named arrays of a file; integers and bytes, or floats. */
export async function readHdf5Arrays<Name extends string>(
  path: string,
  names: readonly Name[],
): Promise<Record<Name, HostArray>> {
  const bytes = await readBytes(path);
  const { default: hdf5 } = await import("h5wasm");
  const { FS } = await hdf5.ready;
  FS.writeFile("data.h5", bytes);
  const file = openFile(hdf5, path);
  try {
    return Object.fromEntries(
      names.map((name) => [name, toArray(path, name, file.get(name))]),
    ) as Record<Name, HostArray>;
  } finally {
    file.close();
    FS.unlink("data.h5");
  }
}

type Hdf5 = typeof import("h5wasm").default;
type Entry = ReturnType<InstanceType<Hdf5["File"]>["get"]>;

function openFile(hdf5: Hdf5, path: string): InstanceType<Hdf5["File"]> {
  try {
    const file = new hdf5.File("data.h5", "r");
    if (file.file_id >= 0n) return file;
  } catch {
    // The reader's own message names its in-memory file, not the user's.
  }
  throw new UsageError(`Cannot read ${path}: it must be an HDF5 file: it is none, or damaged`);
}

function toArray(path: string, name: string, entry: Entry): HostArray {
  if (entry === null || !("value" in entry) || !("shape" in entry) || entry.shape === null) {
    throw new UsageError(`Cannot read ${path}: it must hold an array ${name}: there is none`);
  }
  const { value, shape } = entry;
  if (value instanceof Uint8Array) return { shape, dtype: "uint8", data: value };
  if (value instanceof Float32Array) return { shape, dtype: "float32", data: value };
  if (value instanceof Float64Array) return { shape, dtype: "float64", data: value };
  const numbers = ArrayBuffer.isView(value)
    ? Array.from(value as unknown as ArrayLike<number | bigint>, Number)
    : [];
  if (numbers.length === 0 || !numbers.every((n) => n === (n | 0))) {
    throw new UsageError(
      `Cannot read ${path}: ${name} must hold numbers that fit 32-bit integers or floats: ` +
        `its type is ${JSON.stringify(entry.dtype)}`,
    );
  }
  return { shape, dtype: "int32", data: Int32Array.from(numbers) };
}
