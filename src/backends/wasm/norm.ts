/**
 * Normalisation on the engine. What is normalised over positions goes by columns: kernels make
 * sums of parts of the columns, and the host joins these, in float64 and in a fixed order. What is
 * normalised within a row goes row by row.
 *
 * @module
 */
import type { NormGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { inverseDeviations } from "../reference/norm.ts";
import { CHUNK_ELEMENTS, isForKernels, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import * as ids from "./abi.ts";
import type { WasmMemory } from "./memory.ts";

/** Columns of a chunk: a few cache lines of each row. */
const BLOCK_COLUMNS = 64;
/** Narrower rows are taken several at a time. */
const LEAST_WIDTH = 16;
const SLACK = 64;

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

/** Visits the two results of every column of every part: which channel, of how many rows. */
type VisitPart = (batch: number, channel: number, rows: number, a: number, b: number) => void;

type NormKernels = Pick<Kernels, "moments" | "normalize" | "normalizeGrad" | "normalizeSums">;

/** Normalisation of float32 arrays; `reference` takes the others. */
export function normKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): NormKernels {
  const at = (x: NdArray | null) => x === null ? 0 : memory.at(x);
  const view = (x: NdArray) => memory.view(x);
  const isByRows = (g: NormGeometry) => g.positions === 1;

  /** Runs a kernel of columns and hands over what it made of each column of each part. */
  function sumColumns(
    kernel: number,
    x: NdArray,
    g: NormGeometry,
    visit: VisitPart,
    ...others: number[]
  ): void {
    const c = columnsOf(g);
    const lines = g.batch * c.parts;
    const size = lines * 2 * c.width;
    engine.withBlock(size * 4 + SLACK, (results) => {
      const args = [at(x), results, c.rows, c.width, c.rowsOfPart, c.parts, BLOCK_COLUMNS];
      engine.call(kernel, lines * c.blocks, ...args, c.blocks, c.elements, ...others);
      const made = new Float32Array(engine.buffer as ArrayBuffer, results, size);
      const channels = g.groups * g.size;
      for (let line = 0; line < lines; line++) {
        const part = line % c.parts;
        const rows = Math.min(c.rowsOfPart, c.rows - part * c.rowsOfPart);
        const start = line * 2 * c.width;
        for (let j = 0; j < c.width; j++) {
          const batch = (line - part) / c.parts;
          visit(batch, j % channels, rows, made[start + j], made[start + c.width + j]);
        }
      }
    });
  }

  /** Visits the elements after the last whole rows. */
  function forRest(g: NormGeometry, visit: (i: number, batch: number, channel: number) => void) {
    const { rest, elements } = columnsOf(g);
    for (let batch = 0; batch < g.batch; batch++) {
      for (let j = 0; j < rest; j++) {
        visit((batch + 1) * elements - rest + j, batch, j % (g.groups * g.size));
      }
    }
  }

  /** Joins means and squares (T. F. Chan, G. H. Golub, R. J. LeVeque, 1979). */
  function columnMoments(x: NdArray, g: NormGeometry): NdArray {
    const y = memory.reserve([2, g.batch, g.groups], "float32");
    const total = g.batch * g.groups;
    const [counts, means, squares] = [1, 2, 3].map(() => new Float64Array(total));
    const join: VisitPart = (batch, channel, count, mean, square) => {
      const group = batch * g.groups + Math.floor(channel / g.size);
      const all = counts[group] + count;
      const difference = mean - means[group];
      squares[group] += square + difference * difference * counts[group] * count / all;
      means[group] += difference * count / all;
      counts[group] = all;
    };
    sumColumns(ids.COLUMN_MOMENTS, x, g, join);
    const values = view(x);
    forRest(g, (i, batch, channel) => join(batch, channel, 1, values[i], 0));
    const result = view(y);
    for (let group = 0; group < total; group++) {
      result[group] = means[group];
      result[total + group] = squares[group] / counts[group];
    }
    return y;
  }

  /** Sums of `dy n` and of `dy` by part of the batch and channel. */
  function channelSums(dy: NdArray, x: NdArray, moments: NdArray, g: NormGeometry) {
    const channels = g.groups * g.size;
    const [products, sums] = [1, 2].map(() => new Float64Array(g.batch * channels));
    const { width } = columnsOf(g);
    engine.withBlock(g.batch * width * 4 + SLACK, (table) => {
      const means = new Float32Array(engine.buffer as ArrayBuffer, table, g.batch * width);
      const centers = view(moments);
      for (let i = 0; i < means.length; i++) {
        const group = Math.floor(i % width % channels / g.size);
        means[i] = centers[Math.floor(i / width) * g.groups + group];
      }
      const add: VisitPart = (batch, channel, _rows, product, sum) => {
        products[batch * channels + channel] += product;
        sums[batch * channels + channel] += sum;
      };
      sumColumns(ids.COLUMN_SUMS, x, g, add, at(dy), table);
    });
    const [values, seeds, centers] = [x, dy, moments].map(view);
    const inverse = inverseDeviations(centers, g);
    const groupOf = (batch: number, channel: number) =>
      batch * g.groups + Math.floor(channel / g.size);
    forRest(g, (i, batch, channel) => {
      const center = centers[groupOf(batch, channel)];
      products[batch * channels + channel] += seeds[i] * (values[i] - center);
      sums[batch * channels + channel] += seeds[i];
    });
    for (let i = 0; i < products.length; i++) {
      products[i] *= inverse[groupOf(Math.floor(i / channels), i % channels)];
    }
    return { products, sums, inverse, groupOf };
  }

  /** A mean, a factor, an offset and a weight of dy for a channel of a part of the batch. */
  type Coefficients = readonly [mean: number, factor: number, offset: number, weight: number];

  /** `(x - mean) factor + offset + dy weight` by columns. */
  function alongColumns(
    x: NdArray,
    dy: NdArray | null,
    g: NormGeometry,
    coefficients: (batch: number, channel: number) => Coefficients,
  ): NdArray {
    const y = memory.reserve(x.shape, "float32");
    const { width, elements } = columnsOf(g);
    const channels = g.groups * g.size;
    engine.withBlock(g.batch * 4 * width * 4 + SLACK, (table) => {
      const values = new Float32Array(engine.buffer as ArrayBuffer, table, g.batch * 4 * width);
      for (let batch = 0; batch < g.batch; batch++) {
        for (let channel = 0; channel < channels; channel++) {
          coefficients(batch, channel).forEach((value, line) => {
            const start = (batch * 4 + line) * width;
            for (let j = channel; j < width; j += channels) values[start + j] = value;
          });
        }
      }
      const rows = Math.ceil(elements / width);
      const perChunk = unitsOfChunk(rows, width);
      const chunks = Math.ceil(rows / perChunk);
      const args = [at(x), at(y), width, perChunk, chunks, elements, table, at(dy)];
      engine.call(ids.NORMALIZE_COLUMNS, g.batch * chunks, ...args);
    });
    return y;
  }

  function gradOfColumns(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    scale: NdArray | null,
    g: NormGeometry,
  ): NdArray {
    const channels = g.groups * g.size;
    const { products, sums, inverse, groupOf } = channelSums(dy, x, moments, g);
    const factors = scale === null ? null : view(scale);
    const count = g.positions * g.size;
    const [means, slopes] = [1, 2].map(() => new Float64Array(g.batch * g.groups));
    for (let i = 0; i < sums.length; i++) {
      const group = groupOf(Math.floor(i / channels), i % channels);
      const factor = factors?.[i % channels] ?? 1;
      means[group] += factor * sums[i] / count;
      slopes[group] += factor * products[i] / count;
    }
    const centers = view(moments).slice();
    const weights = factors?.slice();
    return alongColumns(x, dy, g, (batch, channel) => {
      const group = groupOf(batch, channel);
      const r = inverse[group];
      const weight = r * (weights?.[channel] ?? 1);
      return [centers[group], -r * r * slopes[group], -r * means[group], weight];
    });
  }

  /** Arguments of kernels of rows. */
  function rowArguments(moments: NdArray, g: NormGeometry): number[] {
    const rows = g.batch * g.groups;
    engine.setFloat(32, g.epsilon);
    const perChunk = unitsOfChunk(rows, g.size);
    return [rows, g.size, perChunk, at(moments), at(moments) + rows * 4];
  }

  return {
    moments(x, g) {
      if (!isForKernels(x)) return reference.moments(x, g);
      if (!isByRows(g)) return columnMoments(x, g);
      const y = memory.reserve([2, g.batch, g.groups], "float32");
      const rows = g.batch * g.groups;
      const perChunk = unitsOfChunk(rows, g.size);
      const args = [at(x), at(y), at(y) + rows * 4, rows, g.size, perChunk];
      engine.call(ids.ROW_MOMENTS, Math.ceil(rows / perChunk), ...args);
      return y;
    },

    normalize(x, moments, scale, bias, g) {
      if (!isForKernels(x)) return reference.normalize(x, moments, scale, bias, g);
      if (!isByRows(g)) {
        const inverse = inverseDeviations(view(moments), g);
        const [means, factors, offsets] = [moments, scale, bias].map((t) => t && view(t).slice());
        return alongColumns(x, null, g, (batch, channel) => {
          const group = batch * g.groups + Math.floor(channel / g.size);
          const factor = inverse[group] * (factors?.[channel] ?? 1);
          return [means![group], factor, offsets?.[channel] ?? 0, 0];
        });
      }
      const y = memory.reserve(x.shape, "float32");
      const [rows, size, perChunk, ...statistics] = rowArguments(moments, g);
      const args = [at(x), at(y), 0, rows, size, perChunk, ...statistics, at(scale), at(bias)];
      engine.call(ids.NORMALIZE_ROWS, Math.ceil(rows / perChunk), ...args, g.groups);
      return y;
    },

    normalizeGrad(dy, x, moments, scale, g) {
      if (!isForKernels(x)) return reference.normalizeGrad(dy, x, moments, scale, g);
      if (!isByRows(g)) return gradOfColumns(dy, x, moments, scale, g);
      const dx = memory.reserve(x.shape, "float32");
      const [rows, size, perChunk, ...statistics] = rowArguments(moments, g);
      const args = [at(x), at(dx), at(dy), rows, size, perChunk, ...statistics, at(scale), 0];
      engine.call(ids.NORMALIZE_GRAD_ROWS, Math.ceil(rows / perChunk), ...args, g.groups);
      return dx;
    },

    normalizeSums(dy, x, moments, g) {
      // Groups of vectors without positions are rare: plain loops.
      const isRare = isByRows(g) && g.groups > 1;
      if (!isForKernels(x) || isRare) return reference.normalizeSums(dy, x, moments, g);
      const channels = g.groups * g.size;
      const y = memory.reserve([2, channels], "float32");
      const totals = new Float64Array(2 * channels);
      if (isByRows(g)) {
        sumRows(dy, x, moments, g, totals);
      } else {
        const { products, sums } = channelSums(dy, x, moments, g);
        for (let i = 0; i < sums.length; i++) {
          totals[i % channels] += products[i];
          totals[channels + i % channels] += sums[i];
        }
      }
      view(y).set(totals);
      return y;
    },
  };

  function sumRows(
    dy: NdArray,
    x: NdArray,
    moments: NdArray,
    g: NormGeometry,
    totals: Float64Array,
  ): void {
    const [rows, size, , ...statistics] = rowArguments(moments, g);
    const perPart = unitsOfChunk(rows, Math.min(size, BLOCK_COLUMNS));
    const [parts, blocks] = [Math.ceil(rows / perPart), Math.ceil(size / BLOCK_COLUMNS)];
    engine.withBlock(parts * 2 * size * 4 + SLACK, (results) => {
      const args = [at(x), results, at(dy), rows, size, perPart, ...statistics];
      engine.call(ids.ROW_NORMAL_SUMS, parts * blocks, ...args, BLOCK_COLUMNS, blocks);
      const made = new Float32Array(engine.buffer as ArrayBuffer, results, parts * 2 * size);
      for (let i = 0; i < made.length; i++) totals[i % (2 * size)] += made[i];
    });
  }
}
