/**
 * Pictures of trainings, data and networks: curves, confusion matrices, histograms, images; as SVG
 * and PNG, light and dark.
 *
 * @example
 * ```ts
 * import { curves } from "@tapegrad/tapegrad/plot";
 * import { assert } from "@std/assert";
 *
 * const loss = { training: [1.2, 0.6, 0.4], validation: [1.3, 0.9, 0.8] };
 * const svg = curves(loss, { xLabel: "epoch", yLabel: "loss" }).svg();
 * assert(svg.startsWith("<svg "));
 * ```
 *
 * @module
 */
import "../default_backend.ts";
import "./notebook.ts";

export { confusion } from "./confusion.ts";
export { curves, type CurvesOptions } from "./curves.ts";
export type { ImagesOptions } from "./image_labels.ts";
export { featureMaps, type FeatureMapsOptions } from "./feature_maps.ts";
export { filters, type FiltersOptions } from "./filters.ts";
export { imageGrid } from "./image_grid.ts";
export type { Images, Numbers } from "./image_values.ts";
export { graph, type GraphOptions } from "./graph/graph.ts";
export type { DrawnTape } from "./graph/model.ts";
export { histogram, type HistogramOptions, type HistogramValues } from "./histogram.ts";
export { LiveReport, type LiveReportOptions } from "./live/live_report.ts";
export type { TrainingState } from "./live/state.ts";
export { overlay } from "./overlay.ts";
export {
  Picture,
  type PictureContent,
  type PictureOptions,
  type PngOptions,
  type Rasterizer,
  type SizedPictureOptions,
} from "./picture.ts";
export { profile, type ProfileOptions } from "./profile.ts";
export type {
  BesideBlock,
  Block,
  CodeBlock,
  FactsBlock,
  Figure,
  Pictures,
  Section,
  TableBlock,
  TilesBlock,
} from "./report/blocks.ts";
export { report, type ReportOptions } from "./report/report.ts";
export type { ScaleKind } from "./scale.ts";
export { sideBySide, type SideBySideOptions } from "./side_by_side.ts";
export type { Series } from "./series.ts";
export type { ThemeName } from "./theme.ts";
export { FileError } from "../core/errors.ts";
export { type FileContent, writeFile } from "../files/atomic_file.ts";
export type { FileInput } from "../files/source.ts";
export type { HostArray } from "../core/dtype.ts";
export type { Profile, ProfileRow } from "../core/profile.ts";
export type { Callback, EpochReport, StepReport, Training } from "../train/callback.ts";
export type { Tensor } from "../core/tensor.ts";
