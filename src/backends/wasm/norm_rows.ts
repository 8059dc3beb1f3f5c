/**
 * Normalisation within rows on the engine: each row has a mean and a variance of its own.
 *
 * @module
 */
import type { NormGeometry } from "../../core/geometry/mod.ts";
import { DECLINED } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import { unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SLACK } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import type { NormKernels } from "./norm.ts";

/** Columns of a chunk of sums: a few cache lines of each row. */
const BLOCK_COLUMNS = 64;

/** Kernels of groups without positions. */
export class RowNorms implements NormKernels {
  readonly #engine: Engine;
  readonly #memory: WasmMemory;

  constructor(engine: Engine, memory: WasmMemory) {
    this.#engine = engine;
    this.#memory = memory;
  }

  moments(x: NdArray, g: NormGeometry): NdArray {
    const y = this.#memory.reserve([2, g.batch, g.groups], "float32");
    const rows = this.#rows(x, y, g);
    abi.rowMoments(this.#engine, chunksOf(rows), rows);
    return y;
  }

  normalize(
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    bias: NdArray | null,
    g: NormGeometry,
  ): NdArray {
    const y = this.#memory.reserve(x.shape, "float32");
    const rows = this.#rows(x, moments, g);
    abi.normalizeRows(this.#engine, chunksOf(rows), {
      ...rows,
      y: this.#memory.at(y),
      scale: this.#at(scale),
      bias: this.#at(bias),
      period: g.groups,
    });
    return y;
  }

  normalizeGrad(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    g: NormGeometry,
  ): NdArray {
    const dx = this.#memory.reserve(x.shape, "float32");
    const rows = this.#rows(x, moments, g);
    abi.normalizeGradRows(this.#engine, chunksOf(rows), {
      ...rows,
      dx: this.#memory.at(dx),
      dy: this.#memory.at(dy),
      scale: this.#at(scale),
      period: g.groups,
    });
    return dx;
  }

  normalizeSums(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    g: NormGeometry,
  ): NdArray | typeof DECLINED {
    // Groups of vectors without positions are rare: plain loops.
    if (g.groups > 1) return DECLINED;
    const y = this.#memory.reserve([2, g.size], "float32");
    const totals = new Float64Array(2 * g.size);
    this.#addSums(dy, x, moments, g, totals);
    this.#memory.view(y).set(totals);
    return y;
  }

  /** Adds the sums of all parts of the rows. */
  #addSums(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    g: NormGeometry,
    totals: Float64Array,
  ): void {
    const rows = this.#rows(x, moments, g);
    const rowsOfChunk = unitsOfChunk(rows.rows, Math.min(g.size, BLOCK_COLUMNS));
    const parts = Math.ceil(rows.rows / rowsOfChunk);
    const blocks = Math.ceil(g.size / BLOCK_COLUMNS);
    const size = parts * totals.length;
    this.#engine.withBlock(size * 4 + SLACK, (results) => {
      abi.rowNormalSums(this.#engine, parts * blocks, {
        ...rows,
        rowsOfChunk,
        dy: this.#memory.at(dy),
        results,
        columnsOfBlock: BLOCK_COLUMNS,
        blocks,
      });
      const made = this.#engine.floatsAt(results, size);
      for (let i = 0; i < size; i++) totals[i % totals.length] += made[i];
    });
  }

  /** Arguments of all kernels of rows. */
  #rows(x: NdArray, moments: NdArray, g: NormGeometry): abi.RowStatisticsArgs {
    const rows = g.batch * g.groups, means = this.#memory.at(moments);
    return {
      x: this.#memory.at(x),
      rows,
      columns: g.size,
      rowsOfChunk: unitsOfChunk(rows, g.size),
      means,
      variances: means + rows * 4,
      epsilon: g.epsilon,
    };
  }

  #at(x: NdArray | null): number {
    return x === null ? 0 : this.#memory.at(x);
  }
}

function chunksOf({ rows, rowsOfChunk }: abi.RowMomentsArgs): number {
  return Math.ceil(rows / rowsOfChunk);
}
