/**
 * Sums over images, computed in parts: as many as shapes alone decide, so that results do not depend
 * on the number of threads.
 *
 * @module
 */
import { addParts } from "./abi.ts";
import type { Engine } from "./engine.ts";

/** Most parts of a sum. */
const MOST_PARTS = 16;
/** Bytes of a chunk of a sum of parts. */
const BLOCK = 16384;

/** How many images make a part. */
export function imagesOfPart(batch: number): number {
  return Math.ceil(batch / MOST_PARTS);
}

/** Adds up `count` arrays that follow each other. */
export function sumParts(
  engine: Engine,
  parts: number,
  count: number,
  bytes: number,
  sum: number,
): void {
  addParts(engine, Math.ceil(bytes / BLOCK), { parts, count, bytes, sum, block: BLOCK });
}
