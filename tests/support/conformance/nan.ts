// NaN in one row, channel, filter or image stays there, on any backend: no lane of a vector and no
// place in a packed block is shared with a neighbour.

import { AssertionError } from "@std/assert";
import { apply, avgPool, conv2d, matmul, maxPool, type Tensor } from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import { conv2dGeometry } from "../../../src/core/geometry/mod.ts";
import type { Check } from "./check.ts";
import type { Values } from "../grids.ts";
import { gridValues } from "../random_values.ts";
import { upload } from "../samples.ts";
import { indicesOf } from "../oracles/windows.ts";

/** An op that works on each index of some dimensions apart. */
interface Isolation {
  readonly what: string;
  /** Shapes of the inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly op: (...inputs: Tensor[]) => Tensor;
  /** A dimension of an input, and that of the result whose same index it alone decides. */
  readonly dimensions: readonly (readonly [input: number, dimension: number, ofResult: number])[];
}

const X = [2, 5, 7, 6];
const W = [3, 3, 6, 9];
const Y = [2, 5, 7, 9];
const SAME = { padding: "same" } as const;
const GEOMETRY = conv2dGeometry(X, W, undefined, SAME);

const ISOLATIONS: readonly Isolation[] = [
  {
    what: "conv2d",
    shapes: [X, W],
    op: (x, w) => conv2d(x, w, SAME),
    dimensions: [[0, 0, 0], [1, 3, 3]],
  },
  {
    what: "conv2d by groups",
    shapes: [X, [3, 3, 1, 6]],
    op: (x, w) => conv2d(x, w, { ...SAME, groups: 6 }),
    dimensions: [[0, 0, 0], [0, 3, 3], [1, 3, 3]],
  },
  {
    what: "conv2dGradX",
    shapes: [Y, W],
    op: (dy, w) => apply(ops.conv2dGradX, { dy, w }, GEOMETRY),
    dimensions: [[0, 0, 0], [1, 2, 3]],
  },
  {
    what: "conv2dGradW",
    shapes: [Y, X],
    op: (dy, x) => apply(ops.conv2dGradW, { dy, x }, GEOMETRY),
    dimensions: [[0, 3, 3], [1, 3, 2]],
  },
  {
    what: "matmul",
    shapes: [[13, 9], [9, 17]],
    op: (a, b) => matmul(a, b),
    dimensions: [[0, 0, 0], [1, 1, 1]],
  },
  {
    what: "matmul of transposes",
    shapes: [[9, 13], [17, 9]],
    op: (a, b) => matmul(a, b, { transposeA: true, transposeB: true }),
    dimensions: [[0, 1, 0], [1, 0, 1]],
  },
  {
    what: "maxPool",
    shapes: [X],
    op: (x) => maxPool(x, { size: 3, stride: 2, padding: "same" }),
    dimensions: [[0, 0, 0], [0, 3, 3]],
  },
  {
    what: "avgPool",
    shapes: [X],
    op: (x) => avgPool(x, { size: 3, stride: 2, padding: "same" }),
    dimensions: [[0, 0, 0], [0, 3, 3]],
  },
];

function checkIsolation(backend: Backend): void {
  for (const { what, shapes, op, dimensions } of ISOLATIONS) {
    const values = shapes.map((shape, i) => gridValues(shape, 1 + i));
    for (const [input, dimension, ofResult] of dimensions) {
      for (let at = 0; at < shapes[input][dimension]; at++) {
        const changed = values.with(input, withNaN(values[input], dimension, at));
        const y = op(...changed.map((v) => upload(v, backend, "float32")));
        const where = `input ${input}, index ${at} of dimension ${dimension}`;
        assertNaNAt(y, ofResult, at, `${what} with NaN in ${where}`);
      }
    }
  }
}

/** Puts NaN everywhere along all other dimensions. */
function withNaN({ shape, data }: Values, dimension: number, at: number): Values {
  const indices = [...indicesOf(shape)];
  return { shape, data: Array.from(data, (v, i) => indices[i][dimension] === at ? NaN : v) };
}

function assertNaNAt(y: Tensor, dimension: number, at: number, what: string): void {
  const data = y.dataSync();
  [...indicesOf(y.shape)].forEach((index, i) => {
    if (Number.isNaN(data[i]) === (index[dimension] === at)) return;
    throw new AssertionError(`${what}: the result at [${index}] is ${data[i]}`);
  });
}

/** Checks of where NaN must not go. */
export const nanChecks = {
  "NaN stays in its row, channel, filter and image": checkIsolation,
} satisfies Record<string, Check>;
