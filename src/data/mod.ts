/**
 * Reading and writing arrays.
 *
 * @module
 */
import "../default_backend.ts";

export type { ArrayFile, ArrayInfo, ReadArrayOptions, ReadTensorOptions } from "./array_file.ts";
export { readImage, type ReadImageOptions, writePng } from "./images/image.ts";
export {
  type CsvTable,
  readCsv,
  type ReadCsvOptions,
  writeCsv,
  type WriteCsvOptions,
} from "./csv.ts";
export { resizeImages, type ResizeImagesOptions, type ResizeMethod } from "./images/resize.ts";
export { readHdf5 } from "./hdf5.ts";
export { formatNpy, parseNpy, type ParseNpyOptions } from "./npy.ts";
export { readNpy, writeNpy } from "./npy_tensor.ts";
export { openNpz, readNpz, writeNpz, type WriteNpzOptions } from "./npz.ts";
export { formatIdx, parseIdx, readIdx, writeIdx, type WriteIdxOptions } from "./idx.ts";
export { type FileContent, writeFile } from "../files/atomic_file.ts";
export type { FileInput, FileOptions, FileProgress } from "../files/source.ts";
export { FileError } from "../core/errors.ts";
export type { DType, HostArray, TypedArray } from "../core/dtype.ts";
export type { MixupOptions } from "./augment/mixup.ts";
export type { AugmentOptions, CropOptions, Range } from "./augment/options.ts";
export type { Fill } from "./augment/resample.ts";
export { arrayDataset, type ArrayField } from "./dataset/array_dataset.ts";
export { Batches, type BatchOf, type BatchOptions, type PassOptions } from "./dataset/batches.ts";
export { Dataset, type OnHost } from "./dataset/dataset.ts";
export { fileDataset, type RowFile } from "./dataset/file_dataset.ts";
export { generatedDataset, type GeneratedOptions } from "./dataset/generated_dataset.ts";
export {
  imageDataset,
  type ImageFolder,
  imageFolder,
  type ImageOptions,
  type LabelledImage,
} from "./dataset/image_dataset.ts";
export type { Channels } from "./images/decode.ts";
export type { ExampleFunction, ExampleInfo } from "./dataset/map.ts";
export type { NormaliseOptions, ScaleOptions, Statistics } from "./dataset/normalise.ts";
export type { SplitOptions } from "./dataset/order.ts";
