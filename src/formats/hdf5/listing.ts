/**
 * Groups and data sets of an HDF5 file, by their paths.
 *
 * @module
 */
import type { Hdf5Library } from "./library.ts";

/** The deepest that groups may be nested; those of models are less than 20 deep. */
export const MOST_DEPTH = 64;

/** Finds a group that is nested too deeply: listing such takes cubic time. */
export function tooDeepGroup(library: Hdf5Library, id: bigint): string | undefined {
  const seen = new Set<number>();
  const groups = [{ path: "", depth: 0 }];
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    const { path, depth } = group;
    if (depth > MOST_DEPTH) return path.slice(1);
    for (const name of namesIn(library, id, path)) {
      const child = `${path}/${name}`;
      if (library.get_type(id, child) !== library.H5G_GROUP) continue;
      const address = addressOf(library, id, child);
      if (seen.has(address)) continue; // by a link that leads back
      seen.add(address);
      groups.push({ path: child, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Lists the names in a group; none in what only looks like one: a link that leads nowhere does. */
function namesIn(library: Hdf5Library, id: bigint, path: string): string[] {
  try {
    return library.get_names(id, path || "/", false);
  } catch (error) {
    if (path === "") throw error;
    return [];
  }
}

/** Finds the address of an object's header in the file. */
export function addressOf(library: Hdf5Library, id: bigint, path: string): number {
  const reference = library.create_object_reference(id, path) as unknown as readonly number[];
  return reference.reduceRight((value, byte) => 256 * value + byte, 0);
}

/** Lists the paths of all data sets, without the leading slash. */
export function dataSets(library: Hdf5Library, id: bigint): string[] {
  return library.get_names(id, "/", true)
    .filter((path) => library.get_type(id, path) === library.H5G_DATASET)
    .map((path) => path.replace(/^\//, ""));
}
