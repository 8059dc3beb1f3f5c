/**
 * Products of matrices: an invocation computes a tile of the result in registers.
 *
 * @module
 */
import type { MatmulBatch } from "../../../core/geometry/mod.ts";
import type { FastKernels } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import type { Programs } from "../programs.ts";
import { reduceGroups } from "./reduce.ts";
import { list, unrolled } from "./unroll.ts";

/** Rows and columns of a tile. */
const [TILE_ROWS, TILE_COLUMNS] = [4, 4];
/** Most terms that an invocation adds: loops have limits. */
const LONGEST_SUM = 32768;
/** Invocations that keep a device busy. */
const ENOUGH_INVOCATIONS = 4096;
/** Fewest terms for an invocation, where sums are shared. */
const FEWEST_TERMS = 64;
/** Most products of a dispatch: there is a table of their matrices. */
const MOST_PRODUCTS = 1024;

/** A product with the words of its matrices, and the steps in them. */
interface Product {
  readonly words: readonly [a: number, b: number, y: number];
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Steps to the next row and to the next term of `a`. */
  readonly a: readonly [row: number, inner: number];
  /** Steps to the next term and to the next column of `b`. */
  readonly b: readonly [inner: number, column: number];
}

/** End of a product: what is added to it and how it is activated. */
interface End {
  readonly bias: number | null;
  readonly isRelu: boolean;
}

const PLAIN: End = { bias: null, isRelu: false };

function tileBody(hasBatch: boolean, { bias, isRelu }: End): string {
  const [rows, columns] = [list(TILE_ROWS), list(TILE_COLUMNS)];
  const value = (r: number, c: number) => {
    const sum = `y${r}${c}${bias === null ? "" : ` + f(wordBias + column + ${c}u)`}`;
    return isRelu ? `relu(${sum})` : sum;
  };
  return `let columnTiles = (columns + ${TILE_COLUMNS - 1}u) / ${TILE_COLUMNS}u;
let rowTiles = (rows + ${TILE_ROWS - 1}u) / ${TILE_ROWS}u;
let column = i % columnTiles * ${TILE_COLUMNS}u;
let row = i / columnTiles % rowTiles * ${TILE_ROWS}u;
let product = i / (columnTiles * rowTiles);
${
    hasBatch
      ? `let matrices = p[TABLE + product / 2u];
let first = wordA + select(matrices.x, matrices.z, product % 2u == 1u) * rows * inner;
let second = wordB + select(matrices.y, matrices.w, product % 2u == 1u) * inner * columns;
let begin = 0u;
let end = inner;`
      : `let first = wordA;
let second = wordB;
let begin = product * share;
let end = min(begin + share, inner);`
  }
${unrolled(rows, (r) => `var a${r} = first + min(row + ${r}u, rows - 1u) * aRow + begin * aInner;`)}
${
    unrolled(
      columns,
      (c) => `var b${c} = second + min(column + ${c}u, columns - 1u) * bColumn + begin * bInner;`,
    )
  }
${unrolled(rows, (r) => unrolled(columns, (c) => `var y${r}${c} = 0.0;`))}
for (var k = begin; k < end; k++) {
${unrolled(rows, (r) => `let x${r} = f(a${r}); a${r} += aInner;`)}
${unrolled(columns, (c) => `let w${c} = f(b${c}); b${c} += bInner;`)}
${unrolled(rows, (r) => unrolled(columns, (c) => `y${r}${c} = fma(x${r}, w${c}, y${r}${c});`))}
}
let to = wordY + product * rows * columns + row * columns + column;
${
    unrolled(rows, (r) =>
      unrolled(columns, (c) =>
        `if (row + ${r}u < rows && column + ${c}u < columns) { put(to + ${r}u * columns + ${c}u, ${
          value(r, c)
        }); }`))
  }`;
}

/** Runs a product, or its parts of sums (`parts > 1`), or those of a batch. */
function runTiles(
  g: Programs,
  { words, rows, columns, inner, a, b }: Product,
  end: End,
  parts: number,
  batch: MatmulBatch | null,
): void {
  const tiles = Math.ceil(rows / TILE_ROWS) * Math.ceil(columns / TILE_COLUMNS);
  const count = tiles * (batch?.a.length ?? parts);
  const name = [batch ? "batch" : "", end.bias === null ? "" : "bias", end.isRelu ? "relu" : ""];
  g.each({
    key: `matmul ${name.join(" ")}`,
    count,
    numbers: {
      wordA: words[0],
      wordB: words[1],
      wordY: words[2],
      wordBias: end.bias ?? 0,
      rows,
      columns,
      inner,
      aRow: a[0],
      aInner: a[1],
      bInner: b[0],
      bColumn: b[1],
      share: Math.ceil(inner / parts),
    },
    table: batch?.a.flatMap((index, i) => [index, batch.b[i]]),
    body: () => tileBody(batch !== null, end),
  });
}

/** Finds into how many parts the sums of a product are cut. */
function partsOfSums({ rows, columns, inner }: Product): number {
  const tiles = Math.ceil(rows / TILE_ROWS) * Math.ceil(columns / TILE_COLUMNS);
  const wanted = Math.min(ENOUGH_INVOCATIONS / tiles, inner / FEWEST_TERMS);
  return Math.max(1, Math.floor(wanted), Math.ceil(inner / LONGEST_SUM));
}

/** Multiplies; where sums are long and results few, parts of the sums are computed apart. */
function multiply(g: Programs, product: Product, end: End): void {
  const parts = partsOfSums(product);
  if (parts === 1) return runTiles(g, product, end, 1, null);
  const { memory } = g;
  const { words, rows, columns } = product;
  const size = rows * columns;
  const some = memory.reserve([parts, size], "float32");
  const word = memory.word(some);
  runTiles(g, { ...product, words: [words[0], words[1], word] }, PLAIN, parts, null);
  const floats = ["float32", "float32"] as const;
  reduceGroups(g, "sum", floats, { outer: 1, count: parts, inner: size }, [word, words[2]]);
  memory.free(some);
  if (end.bias !== null || end.isRelu) finish(g, words[2], size, columns, end);
}

function finish(g: Programs, wordY: number, count: number, columns: number, end: End): void {
  const sum = end.bias === null ? "f(wordY + i)" : "f(wordY + i) + f(wordBias + i % columns)";
  g.each({
    key: `finish ${end.bias !== null} ${end.isRelu}`,
    count,
    numbers: { wordY, wordBias: end.bias ?? 0, columns },
    body: () => `put(wordY + i, ${end.isRelu ? `relu(${sum})` : sum});`,
  });
}

/** The kernel. */
export function productKernels(g: Programs): Pick<FastKernels, "matmul"> {
  const { memory } = g;
  return {
    matmul(a, b, bias, { rows, inner, columns, transposeA, transposeB, batch, shape }, activation) {
      const y = memory.reserve(shape, "float32");
      const product: Product = {
        words: [memory.word(a), memory.word(b), memory.word(y)],
        rows,
        columns,
        inner,
        a: transposeA ? [1, rows] : [inner, 1],
        b: transposeB ? [1, inner] : [columns, 1],
      };
      const wordOf = (x: NdArray | null) => x === null ? null : memory.word(x);
      const end = { bias: wordOf(bias), isRelu: activation === "relu" };
      if (batch === null) {
        multiply(g, product, end);
        return y;
      }
      for (let from = 0; from < batch.a.length; from += MOST_PRODUCTS) {
        const [some, others] = [batch.a, batch.b].map((x) => x.slice(from, from + MOST_PRODUCTS));
        const words = [...product.words] as [number, number, number];
        words[2] += from * rows * columns;
        runTiles(g, { ...product, words }, end, 1, { a: some, b: others });
      }
      return y;
    },
  };
}
