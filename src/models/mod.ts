/**
 * Models to and from other programs: ONNX, PyTorch, Keras, TensorFlow.js, safetensors.
 *
 * @example
 * ```ts
 * import { relu, tensor, zeros } from "@tapegrad/tapegrad";
 * import { exportOnnx, importOnnx, readSafetensors, writeSafetensors } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = await readSafetensors(writeSafetensors({ w: tensor([1, 2]) }));
 * assertEquals(weights.w.toArray(), [1, 2]);
 *
 * const { apply, params } = await importOnnx(exportOnnx(relu, zeros([1, 2])));
 * assertEquals(apply(params, tensor([[-1, 2]])).toArray(), [[0, 2]]);
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export type { LayeredModel, ModelLayer, NamedModelLayer } from "./keras/layers.ts";
export { exportKeras, type ExportKerasOptions } from "./keras/export.ts";
export { importKeras, type KerasImport, type KerasParams } from "./keras/import.ts";
export { importKerasGraph, type KerasGraph } from "./keras/import_graph.ts";
export { loadKerasH5, type LoadKerasOptions } from "./keras/load.ts";
export { exportOnnx, type ExportOnnxOptions, type TensorsByName } from "./onnx/export.ts";
export {
  importOnnx,
  type ImportOnnxOptions,
  type OnnxImport,
  type OnnxValueInfo,
} from "./onnx/import.ts";
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
  writeSafetensors,
  type WriteSafetensorsOptions,
} from "../formats/safetensors/safetensors.ts";
export { type FileIdentity, identifyFile } from "../formats/identify/identify.ts";
export type { FileKind } from "../formats/identify/kinds.ts";
export { openTorch, readTorch, type TorchFile } from "../formats/torch/torch.ts";
export type { TorchValue } from "../formats/torch/contents.ts";
export { saveTorch, type TorchContent } from "../formats/torch/save.ts";
export { fromTorchState, type TorchStateOptions, toTorchState } from "./torch/state.ts";
export { exportTfjs, type ExportTfjsOptions } from "./tfjs/export.ts";
export type { TfjsInput } from "./tfjs/files.ts";
export { importTfjs } from "./tfjs/import.ts";
export { openTfjs, readTfjs } from "./tfjs/open.ts";
export {
  fromTorchConv,
  fromTorchDense,
  fromTorchDenseAfterFlatten,
  fromTorchImages,
  toTorchConv,
  toTorchDense,
  toTorchDenseAfterFlatten,
  toTorchImages,
} from "./torch/layout.ts";
export { type FileContent, writeFile } from "../files/atomic_file.ts";
export type { FileInput, FileOptions, FileProgress } from "../files/source.ts";
export type {
  ArrayFile,
  ArrayInfo,
  ReadArrayOptions,
  ReadTensorOptions,
} from "../formats/array_file.ts";
export { FileError } from "../core/errors.ts";
export type { DType, HostArray, TypedArray } from "../core/dtype.ts";
