/**
 * Normalisation over positions on the engine, by columns: kernels make sums of parts of the columns,
 * and the host joins these, in float64 and in a fixed order.
 *
 * @module
 */
import type { NormGeometry } from "../../core/geometry/mod.ts";
import type { NdArray } from "../kernels.ts";
import { inverseDeviations } from "../reference/norm.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SLACK } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import type { NormKernels } from "./norm.ts";

/** Columns of a chunk: a few cache lines of each row. */
const BLOCK_COLUMNS = 64;
/** Narrower rows are taken several at a time. */
const LEAST_WIDTH = 16;

/** A part of the batch as a matrix, several positions to a row where there are few channels. */
interface Columns {
  readonly width: number;
  readonly rows: number;
  /** Elements after the last whole row. */
  readonly rest: number;
  readonly rowsOfPart: number;
  readonly parts: number;
  readonly blocks: number;
  /** Elements of a part of the batch. */
  readonly elements: number;
}

/** Visits the two results of a column of a part: of a channel, of some rows. */
type VisitPart = (batch: number, channel: number, rows: number, a: number, b: number) => void;

/** A mean, a factor, an offset and a weight of dy for a channel of a part of the batch. */
type Coefficients = readonly [mean: number, factor: number, offset: number, weight: number];

/** Sums by part of the batch and channel. */
interface ChannelSums {
  /** Sums of `dy n`. */
  readonly products: Float64Array;
  /** Sums of dy. */
  readonly sums: Float64Array;
  /** One over the deviation of each group. */
  readonly inverse: Float64Array;
}

/** Kernels of groups that have several positions. */
export class ColumnNorms implements NormKernels {
  readonly #engine: Engine;
  readonly #memory: WasmMemory;

  constructor(engine: Engine, memory: WasmMemory) {
    this.#engine = engine;
    this.#memory = memory;
  }

  /** Joins means and squares (T. F. Chan, G. H. Golub, R. J. LeVeque, 1979). */
  moments(x: NdArray, g: NormGeometry): NdArray {
    const y = this.#memory.reserve([2, g.batch, g.groups], "float32");
    const total = g.batch * g.groups;
    const [counts, means, squares] = [1, 2, 3].map(() => new Float64Array(total));
    const join: VisitPart = (batch, channel, count, mean, square) => {
      const group = groupOf(g, batch, channel);
      const all = counts[group] + count;
      const difference = mean - means[group];
      squares[group] += square + difference * difference * counts[group] * count / all;
      means[group] += difference * count / all;
      counts[group] = all;
    };
    this.#forSums(x, g, join, (chunks, args) => abi.columnMoments(this.#engine, chunks, args));
    const values = this.#memory.view(x);
    forRest(g, (i, batch, channel) => join(batch, channel, 1, values[i], 0));
    const result = this.#memory.view(y);
    for (let group = 0; group < total; group++) {
      result[group] = means[group];
      result[total + group] = squares[group] / counts[group];
    }
    return y;
  }

  normalize(
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    bias: NdArray | null,
    g: NormGeometry,
  ): NdArray {
    const inverse = inverseDeviations(this.#memory.view(moments), g);
    const means = this.#memory.view(moments).slice();
    const [factors, offsets] = [scale, bias].map((t) => t && this.#memory.view(t).slice());
    return this.#alongColumns(x, null, g, (batch, channel) => {
      const group = groupOf(g, batch, channel);
      const factor = inverse[group] * (factors?.[channel] ?? 1);
      return [means[group], factor, offsets?.[channel] ?? 0, 0];
    });
  }

  normalizeGrad(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    g: NormGeometry,
  ): NdArray {
    const channels = g.groups * g.size;
    const { products, sums, inverse } = this.#channelSums(dy, x, moments, g);
    const factors = scale && this.#memory.view(scale).slice();
    const count = g.positions * g.size;
    const [means, slopes] = [1, 2].map(() => new Float64Array(g.batch * g.groups));
    for (let i = 0; i < sums.length; i++) {
      const group = groupOf(g, Math.floor(i / channels), i % channels);
      const factor = factors?.[i % channels] ?? 1;
      means[group] += factor * sums[i] / count;
      slopes[group] += factor * products[i] / count;
    }
    const centers = this.#memory.view(moments).slice();
    return this.#alongColumns(x, dy, g, (batch, channel) => {
      const group = groupOf(g, batch, channel);
      const r = inverse[group];
      const weight = r * (factors?.[channel] ?? 1);
      return [centers[group], -r * r * slopes[group], -r * means[group], weight];
    });
  }

  normalizeSums(dy: NdArray, x: NdArray, moments: NdArray, g: NormGeometry): NdArray {
    const channels = g.groups * g.size;
    const y = this.#memory.reserve([2, channels], "float32");
    const totals = new Float64Array(2 * channels);
    const { products, sums } = this.#channelSums(dy, x, moments, g);
    for (let i = 0; i < sums.length; i++) {
      totals[i % channels] += products[i];
      totals[channels + i % channels] += sums[i];
    }
    this.#memory.view(y).set(totals);
    return y;
  }

  /** Runs a kernel of columns and hands over both results of each column of each part. */
  #forSums(
    x: NdArray,
    g: NormGeometry,
    visit: VisitPart,
    run: (chunks: number, args: abi.ColumnMomentsArgs) => void,
  ): void {
    const { width, rows, rowsOfPart, parts, blocks, elements } = columnsOf(g);
    const lines = g.batch * parts, size = lines * 2 * width;
    this.#engine.withBlock(size * 4 + SLACK, (results) => {
      run(lines * blocks, {
        x: this.#memory.at(x),
        results,
        rows,
        columns: width,
        rowsOfPart,
        parts,
        columnsOfBlock: BLOCK_COLUMNS,
        blocks,
        elements,
      });
      const made = this.#engine.floatsAt(results, size);
      for (let line = 0; line < lines; line++) {
        const part = line % parts, batch = (line - part) / parts;
        const count = Math.min(rowsOfPart, rows - part * rowsOfPart);
        const start = line * 2 * width;
        for (let j = 0; j < width; j++) {
          const channel = j % (g.groups * g.size);
          visit(batch, channel, count, made[start + j], made[start + width + j]);
        }
      }
    });
  }

  #channelSums(dy: NdArray, x: NdArray, moments: NdArray, g: NormGeometry): ChannelSums {
    const channels = g.groups * g.size;
    const [products, sums] = [1, 2].map(() => new Float64Array(g.batch * channels));
    const add = (batch: number, channel: number, product: number, sum: number) => {
      products[batch * channels + channel] += product;
      sums[batch * channels + channel] += sum;
    };
    this.#forWholeRows(dy, x, moments, g, (batch, channel, _rows, product, sum) => {
      add(batch, channel, product, sum);
    });
    const [values, seeds, centers] = [x, dy, moments].map((t) => this.#memory.view(t));
    const inverse = inverseDeviations(centers, g);
    forRest(g, (i, batch, channel) => {
      const center = centers[groupOf(g, batch, channel)];
      add(batch, channel, seeds[i] * (values[i] - center), seeds[i]);
    });
    for (let i = 0; i < products.length; i++) {
      products[i] *= inverse[groupOf(g, Math.floor(i / channels), i % channels)];
    }
    return { products, sums, inverse };
  }

  /** Visits the sums of `dy (x - mean)` and of dy of each column of each part. */
  #forWholeRows(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    g: NormGeometry,
    visit: VisitPart,
  ): void {
    const { width } = columnsOf(g), size = g.batch * width;
    this.#engine.withBlock(size * 4 + SLACK, (means) => {
      const table = this.#engine.floatsAt(means, size);
      const centers = this.#memory.view(moments);
      for (let i = 0; i < size; i++) {
        const channel = i % width % (g.groups * g.size);
        table[i] = centers[groupOf(g, Math.floor(i / width), channel)];
      }
      this.#forSums(x, g, visit, (chunks, args) => {
        abi.columnSums(this.#engine, chunks, { ...args, dy: this.#memory.at(dy), means });
      });
    });
  }

  /** Computes `(x - mean) factor + offset + dy weight` by columns. */
  #alongColumns(
    x: NdArray,
    dy: NdArray | null,
    g: NormGeometry,
    coefficients: (batch: number, channel: number) => Coefficients,
  ): NdArray {
    const y = this.#memory.reserve(x.shape, "float32");
    const { width, elements } = columnsOf(g);
    const size = g.batch * 4 * width;
    this.#engine.withBlock(size * 4 + SLACK, (tables) => {
      fillTables(this.#engine.floatsAt(tables, size), width, g, coefficients);
      const rows = Math.ceil(elements / width);
      const rowsOfChunk = unitsOfChunk(rows, width);
      const chunks = Math.ceil(rows / rowsOfChunk);
      abi.normalizeColumns(this.#engine, g.batch * chunks, {
        x: this.#memory.at(x),
        y: this.#memory.at(y),
        columns: width,
        rowsOfChunk,
        chunks,
        elements,
        tables,
        dy: dy === null ? 0 : this.#memory.at(dy),
      });
    });
    return y;
  }
}

function columnsOf({ positions, groups, size }: NormGeometry): Columns {
  const channels = groups * size;
  const repeats = Math.min(Math.ceil(LEAST_WIDTH / channels), positions);
  const width = channels * repeats;
  const rows = Math.floor(positions / repeats);
  const perPart = Math.ceil(CHUNK_ELEMENTS / Math.min(width, BLOCK_COLUMNS));
  const rowsOfPart = Math.min(rows, perPart);
  return {
    width,
    rows,
    rest: (positions % repeats) * channels,
    rowsOfPart,
    parts: Math.ceil(rows / rowsOfPart),
    blocks: Math.ceil(width / BLOCK_COLUMNS),
    elements: positions * channels,
  };
}

/** The place of the moments of a channel. */
function groupOf({ groups, size }: NormGeometry, batch: number, channel: number): number {
  return batch * groups + Math.floor(channel / size);
}

/** Visits the elements after the last whole rows. */
function forRest(
  g: NormGeometry,
  visit: (i: number, batch: number, channel: number) => void,
): void {
  const { rest, elements } = columnsOf(g);
  for (let batch = 0; batch < g.batch; batch++) {
    for (let j = 0; j < rest; j++) {
      visit((batch + 1) * elements - rest + j, batch, j % (g.groups * g.size));
    }
  }
}

/** Writes four lines of coefficients for each part of the batch. */
function fillTables(
  tables: Float32Array,
  width: number,
  g: NormGeometry,
  coefficients: (batch: number, channel: number) => Coefficients,
): void {
  const channels = g.groups * g.size;
  for (let batch = 0; batch < g.batch; batch++) {
    for (let channel = 0; channel < channels; channel++) {
      coefficients(batch, channel).forEach((value, line) => {
        const start = (batch * 4 + line) * width;
        for (let j = channel; j < width; j += channels) tables[start + j] = value;
      });
    }
  }
}
