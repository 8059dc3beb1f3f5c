/**
 * Examples that are rows of arrays in memory.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";
import { takeRows } from "./host_arrays.ts";
import type { ExampleSource } from "./source.ts";

/** Makes a source whose examples are the rows of arrays. */
export function arraySource(
  arrays: readonly (readonly [string, HostArray])[],
  size: number,
): ExampleSource {
  return {
    size,
    anyOrder: true,
    fixedOrder: true,
    open: () => ({
      read(positions, names) {
        const wanted = arrays.filter(([name]) => names?.includes(name) ?? true);
        const rows = wanted.map(([name, array]) => [name, takeRows(array, positions)]);
        return Promise.resolve({ indices: positions, fields: Object.fromEntries(rows) });
      },
      close: () => Promise.resolve(),
    }),
  };
}
