/**
 * Functions of the user's on every example, and the cache that keeps their results.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import type { HostArray } from "../../core/dtype.ts";
import { Random } from "../../random/random.ts";
import { arraySource } from "./array_source.ts";

import { concatenate, exampleOf, stack } from "./host_arrays.ts";
import { type ExampleSource, mapSource, readParts } from "./source.ts";

/** Place of the example in the source and in the pass, and random numbers for it. */
export interface ExampleInfo {
  /** Its number in the source of the dataset, whatever was shuffled since. */
  readonly index: number;
  /** The pass over the data, from 1. */
  readonly epoch: number;
  /** Random numbers that are a function of seed, epoch and index. */
  readonly random: Random;
}

/** A function from example to example. */
export type ExampleFunction<From, To> = (example: From, info: ExampleInfo) => To | Promise<To>;

/** Makes examples of others by a function. */
export function mapExamples<To extends Readonly<Record<string, HostArray>>>(
  source: ExampleSource,
  f: ExampleFunction<Record<string, HostArray>, To>,
  seed: number | undefined,
): ExampleSource {
  const action = "map dataset";
  if (seed !== undefined) checkInteger(action, "seed", seed);
  return mapSource(source, async ({ indices, fields }, pass) => {
    const random = new Random(seed ?? pass.seed).split("map").split(pass.epoch);
    const results = await Promise.all(Array.from(indices, (index, i) => {
      const info = { index, epoch: pass.epoch, random: random.split(index) };
      return f(exampleOf(fields, i), info);
    }));
    return { indices, fields: stack(action, results, indices) };
  });
}

/** Keeps the examples of the first pass in memory once they have been read. */
export function cacheSource(source: ExampleSource): ExampleSource {
  let kept: Promise<ExampleSource> | undefined;
  const keep = async (): Promise<ExampleSource> => {
    const parts = await readParts(source);
    const arrays = Object.entries(concatenate(parts.map(({ fields }) => fields)));
    const indices = Int32Array.from(parts.flatMap((part) => [...part.indices]));
    return mapSource(
      arraySource(arrays, source.size),
      ({ indices: positions, fields }) => ({ fields, indices: positions.map((i) => indices[i]) }),
    );
  };
  return {
    size: source.size,
    anyOrder: true,
    fixedOrder: true,
    open(pass) {
      return {
        async read(positions, names) {
          kept ??= keep().catch((error) => {
            kept = undefined; // the next one tries again
            throw error;
          });
          return await (await kept).open(pass).read(positions, names);
        },
        close: () => Promise.resolve(),
      };
    },
  };
}
