/**
 * Normalisation on the engine: within rows where there are no positions, else by columns.
 *
 * @module
 */
import type { NormGeometry } from "../../core/geometry/mod.ts";
import type { FastKernels } from "../fallback.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";
import { ColumnNorms } from "./norm_columns.ts";
import { RowNorms } from "./norm_rows.ts";

/** Kernels of normalisation. */
export type NormKernels = Pick<
  FastKernels,
  "moments" | "normalize" | "normalizeGrad" | "normalizeSums"
>;

/** Normalisation of float32 arrays. */
export function normKernels(engine: Engine, memory: WasmMemory): NormKernels {
  const rows = new RowNorms(engine, memory), columns = new ColumnNorms(engine, memory);
  const by = (g: NormGeometry): NormKernels => g.positions === 1 ? rows : columns;
  return {
    moments: (x, g) => by(g).moments(x, g),
    normalize: (x, moments, scale, bias, g) => by(g).normalize(x, moments, scale, bias, g),
    normalizeGrad: (dy, x, moments, scale, g) => by(g).normalizeGrad(dy, x, moments, scale, g),
    normalizeSums: (dy, x, moments, g) => by(g).normalizeSums(dy, x, moments, g),
  };
}
