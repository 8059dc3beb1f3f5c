/**
 * What `--out DIR` writes: weights, history, graph, and a sheet of test images.
 *
 * @module
 */
import type { Tensor } from "@tapegrad/tapegrad";
import { writeNpy } from "@tapegrad/tapegrad/data";
import type { EpochReport } from "@tapegrad/tapegrad/train";
import { writeWhole } from "./files.ts";

/** What a training leaves behind. */
export interface Results {
  /** Weights by name. */
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly history: readonly EpochReport[];
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly confusion: readonly (readonly number[])[];
  /** The graph of a training step, as Mermaid source. */
  readonly graph: string;
}

/** Writes everything into a folder that exists; returns the names of the files. */
export async function writeResults(folder: string, results: Results): Promise<string[]> {
  const { weights, graph, ...report } = results;
  const files: [name: string, content: Uint8Array | string][] = [
    ...Object.entries(weights).map((
      [name, w],
    ): [string, Uint8Array] => [`${name}.npy`, writeNpy(w)]),
    ["report.json", `${JSON.stringify(report, null, 2)}\n`],
    ["graph.mmd", graph],
  ];
  for (const [name, content] of files) await writeWhole(`${folder}/${name}`, content);
  return files.map(([name]) => name);
}
