// Datasets whose examples can be told apart: the number of each is in its fields.

import { referenceBackend } from "../../../src/backends/reference/mod.ts";
import { arrayDataset, type Batches, type BatchOf, type Dataset } from "../../../src/data/mod.ts";
import type { Tensor } from "../../../src/core/tensor.ts";

/** Makes `size` examples: x is [number, -number], y the class number mod 3. */
export function numbered(size: number): Dataset<{ readonly x: Tensor; readonly y: Tensor }> {
  const x = Float32Array.from({ length: 2 * size }, (_, i) => i % 2 === 0 ? i / 2 : -(i - 1) / 2);
  const y = Int32Array.from({ length: size }, (_, i) => i % 3);
  return arrayDataset({ x: { shape: [size, 2], dtype: "float32", data: x }, y });
}

/** Lists the numbers of the examples, in the order of a pass. */
export async function numbersOf(
  dataset: Dataset<{ readonly x: Tensor; readonly y: Tensor }>,
  epoch = 1,
  seed = 0,
): Promise<number[]> {
  const { x } = await dataset.arrays({ epoch, seed });
  return [...x.data].filter((_, i) => i % 2 === 0);
}

/** Lists all elements of a field, batch by batch. */
export async function elementsOf<E extends BatchOf>(
  batches: Batches<E>,
  field: keyof E & string,
  epoch = 1,
): Promise<number[][]> {
  const elements: number[][] = [];
  for await (const batch of batches.batches({ epoch })) elements.push([...batch[field].dataSync()]);
  return elements;
}

/** A backend that counts its memory. */
export const backend = referenceBackend();
