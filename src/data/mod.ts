/**
 * Files of arrays and images, and datasets made of them.
 *
 * `read…` and `open…` take bytes, a `Blob`, a stream, a URL or a path; what is damaged is an error,
 * never wrong numbers. A {@link Dataset} is shuffled, split, augmented and cut in batches, the same
 * for a seed on any machine.
 *
 * @example
 * ```ts
 * import { arrayDataset, readNpy, writeNpy } from "@tapegrad/tapegrad/data";
 * import { tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeNpy(tensor([[1, 2], [3, 4], [5, 6]])); // or a path: readNpy("x.npy")
 * const dataset = arrayDataset({ x: await readNpy(file), y: Int32Array.of(0, 1, 0) });
 * for await (const { x, y } of dataset.shuffle(0).batch(3).batches()) {
 *   assertEquals([x.shape, y.shape], [[3, 2], [3]]);
 * }
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export type {
  ArrayFile,
  ArrayInfo,
  ReadArrayOptions,
  ReadTensorOptions,
} from "../formats/array_file.ts";
export { readImage, type ReadImageOptions, writePng } from "./images/image.ts";
export {
  type CsvTable,
  readCsv,
  type ReadCsvOptions,
  writeCsv,
  type WriteCsvOptions,
} from "../formats/csv/csv.ts";
export { readTable, type ReadTableOptions } from "../formats/table/read_table.ts";
export { Table, type TableColumn } from "../formats/table/table.ts";
export type { ColumnKind, DecimalSign, WantedKind } from "../formats/table/values.ts";
export {
  tableDataset,
  type TableDatasetOptions,
  type TableDatasets,
} from "./table/table_dataset.ts";
export { TableEncoder, type TableRow } from "./table/encoder.ts";
export type { TableEncoderState, TableTarget } from "./table/encoder_state.ts";
export type { Feature, MissingFill } from "./table/feature.ts";
export { resizeImages, type ResizeImagesOptions, type ResizeMethod } from "./images/resize.ts";
export { readHdf5 } from "../formats/hdf5/hdf5.ts";
export { formatNpy, parseNpy, type ParseNpyOptions } from "../formats/npy/npy.ts";
export { openMat, readMat } from "../formats/mat/mat.ts";
export { type CifarImages, readCifar, type ReadCifarOptions } from "../formats/cifar/cifar.ts";
export { type FileIdentity, identifyFile } from "../formats/identify/identify.ts";
export type { FileKind } from "../formats/identify/kinds.ts";
export { readNpy, writeNpy } from "../formats/npy/tensor.ts";
export { openNpz, readNpz, writeNpz, type WriteNpzOptions } from "../formats/npz/npz.ts";
export {
  formatIdx,
  parseIdx,
  readIdx,
  writeIdx,
  type WriteIdxOptions,
} from "../formats/idx/idx.ts";
export { type FileContent, writeFile } from "../files/atomic_file.ts";
export type { FileInput, FileOptions, FileProgress } from "../files/source.ts";
export { FileError } from "../core/errors.ts";
export type { DType, HostArray, TypedArray } from "../core/dtype.ts";
export type { Part } from "../core/part.ts";
export type { MixupOptions } from "./augment/mixup.ts";
export type { AugmentOptions, AugmentRange, CropOptions } from "./augment/options.ts";
export type { Fill } from "./augment/resample.ts";
export { arrayDataset, type ArrayField } from "./dataset/array_dataset.ts";
export { Batches, type BatchOf, type BatchOptions, type PassOptions } from "./dataset/batches.ts";
export { Dataset, type OnHost } from "./dataset/dataset.ts";
export { fileDataset, type RowFile } from "./dataset/file_dataset.ts";
export { generatedDataset, type GeneratedOptions } from "./dataset/generated_dataset.ts";
export { imageDataset, type ImageOptions, type LabelledImage } from "./dataset/image_dataset.ts";
export {
  type ImageFolder,
  imageFolder,
  type ImageFolderOptions,
  type SkippedImage,
} from "./dataset/image_folder.ts";
export type { Channels } from "./images/decode.ts";
export type { ExampleFunction, ExampleInfo } from "./dataset/map.ts";
export type { NormalizeOptions, ScaleOptions, Statistics } from "./dataset/normalize.ts";
export type { DatasetSplitOptions } from "./dataset/order.ts";
