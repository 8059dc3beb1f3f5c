/**
 * Writing HDF5 files of arrays in groups, by the HDF5 library.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";
import { withoutPackage } from "../../files/optional_package.ts";
import { hdf5Library, newHdf5File, storeFile } from "./library.ts";

const TYPES: Readonly<Record<HostArray["dtype"], string>> = {
  float32: "<f",
  float64: "<d",
  int32: "<i",
  uint8: "<B",
};

/**
 * Writes a file of arrays by their paths, `layers/dense/vars/0`, whose groups are made. `action`
 * begins the error where the library is not there.
 */
export async function writeHdf5Arrays(
  arrays: ReadonlyMap<string, HostArray>,
  action: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const library = await hdf5Library().catch(withoutPackage(action, "h5wasm"));
  const path = storeFile(library, new Uint8Array());
  try {
    const file = await newHdf5File(path);
    const groups = new Set<string>();
    for (const [name, { shape, dtype, data }] of arrays) {
      const parts = name.split("/");
      for (let i = 1; i < parts.length; i++) {
        const group = parts.slice(0, i).join("/");
        if (!groups.has(group)) file.create_group(group);
        groups.add(group);
      }
      // A copy: the library takes all of an array's buffer.
      const own = data.slice();
      file.create_dataset({ name, data: own, shape: [...shape], dtype: TYPES[dtype] });
    }
    file.close();
    return library.FS.readFile(path).slice();
  } finally {
    library.FS.unlink(path);
  }
}
