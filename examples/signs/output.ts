/**
 * Files that `--out DIR` writes: weights, history, report, graph, and a sheet of test images.
 *
 * @module
 */
import { Tensor, tensor } from "@tapegrad/tapegrad";
import { writeNpy, writePng } from "@tapegrad/tapegrad/data";
import { type Labelled, scaleOf } from "../shared/labelled.ts";
import { writeWhole } from "../shared/files.ts";
import { contactSheet, type Pixel, rowsByClass } from "./sheet.ts";

/** Results of an epoch. */
export interface Epoch {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Mean loss of the examples. */
  readonly loss: number;
  /** Share that is classified right, from 0 to 1. */
  readonly accuracy: number;
  /** Images per second. */
  readonly speed: number;
}

/** Results of a training. */
export interface Results {
  /** The parameters: tensors in nested objects. */
  readonly params: unknown;
  readonly history: readonly Epoch[];
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly confusion: readonly (readonly number[])[];
  /** The graph of a training step, as Mermaid source. */
  readonly graph: string;
  /** The report, as HTML. */
  readonly page: string;
  readonly test: Labelled;
  /** The predicted class of every test image. */
  readonly found: Int32Array;
}

/** Test images in a row of the sheet. */
const COLUMNS = 20;
const RIGHT: Pixel = [64, 160, 84];
const WRONG: Pixel = [224, 60, 60];

/** Writes everything into a folder that exists; returns the names of the files. */
export async function writeResults(folder: string, results: Results): Promise<string[]> {
  const { params, graph, page, test, found, ...report } = results;
  const files: [name: string, content: Uint8Array | string][] = [
    ...named(params).map(([path, w]): [string, Uint8Array] => [`${path}.npy`, writeNpy(w)]),
    ["report.json", `${JSON.stringify(report, null, 2)}\n`],
    ["report.html", page],
    ["graph.mmd", graph],
    ["test_images.png", await drawTestImages(test, found)],
  ];
  for (const [name, content] of files) await writeWhole(`${folder}/${name}`, content);
  return files.map(([name]) => name);
}

/** Lists tensors by where they are, as in `dense.w`. */
function named(params: unknown, path = ""): [path: string, tensor: Tensor][] {
  if (params instanceof Tensor) return [[path, params]];
  return Object.entries(params ?? {}).flatMap(([key, value]) =>
    named(value, path === "" ? key : `${path}.${key}`)
  );
}

/** Draws a row per true class; images that were taken for another class have a red frame. */
async function drawTestImages(
  { images, labels }: Labelled,
  found: Int32Array,
): Promise<Uint8Array> {
  const [, height, width, channels] = images.shape;
  const scale = 255 / scaleOf(images);
  const pixels = Uint8Array.from(images.data, (value) => Math.round(value * scale));
  const classes = 1 + labels.reduce((a, b) => Math.max(a, b), 0);
  const sheet = contactSheet(pixels, {
    imageShape: [height, width, channels],
    columns: COLUMNS,
    order: rowsByClass(labels, classes, COLUMNS),
    gap: 6,
    frame: (image) => found[image] === labels[image] ? RIGHT : WRONG,
  });
  return await writePng(tensor(sheet.data, { shape: [sheet.height, sheet.width, 3] }));
}
