// Normalisation and dropout on any backend, against their definitions and edges.

import { assertEquals } from "@std/assert";
import {
  apply,
  batchNorm,
  dropout,
  groupNorm,
  layerNorm,
  ones,
  Random,
  type Tensor,
  tensor,
} from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import type { FloatDType } from "../../../src/core/dtype.ts";
import { threefry2x32 } from "../../../src/random/threefry.ts";
import { total } from "../oracles/arrays.ts";
import { assertSame, assertWithin, ROUNDING } from "../compare.ts";
import { type Check, inBothPrecisions } from "./check.ts";
import { gridValues } from "../random_values.ts";
import { upload } from "../samples.ts";

const EPSILON = 0.25;

/** Normalises each list of offsets by itself. */
function oracle(data: ArrayLike<number>, groups: readonly number[][]): number[] {
  const y = Array.from(data);
  for (const offsets of groups) {
    const values = offsets.map((i) => data[i]);
    const mean = total(values) / values.length;
    const variance = total(values.map((v) => (v - mean) ** 2)) / values.length;
    for (const i of offsets) y[i] = (data[i] - mean) / Math.sqrt(variance + EPSILON);
  }
  return y;
}

/** Lists offsets of `[N, P, C]` that have the same key. */
function grouping(
  [n, p, c]: readonly number[],
  keyOf: (image: number, channel: number) => string,
): number[][] {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < n * p * c; i++) {
    const key = keyOf(Math.floor(i / (p * c)), i % c);
    groups.set(key, [...groups.get(key) ?? [], i]);
  }
  return [...groups.values()];
}

function checkDefinitions(backend: Backend, dtype: FloatDType): void {
  for (const shape of [[2, 5, 6], [3, 1, 4], [1, 7, 2], [4, 33, 18], [2, 4, 34]]) {
    const values = gridValues(shape, 1);
    const channels = shape[2];
    const [scale, bias] = [gridValues([channels], 2), gridValues([channels], 3)];
    const [x, factors, offsets] = [values, scale, bias].map((v) => upload(v, backend, dtype));
    const options = { scale: factors, bias: offsets, epsilon: EPSILON };
    const affine = (v: number, i: number) => v * scale.data[i % channels] + bias.data[i % channels];
    const check = (what: string, y: Tensor, groups: number[][]) => {
      const expected = oracle(values.data, groups).map(affine);
      assertWithin(y.dataSync(), expected, () => 256 * ROUNDING, `${what} of [${shape}], ${dtype}`);
    };
    const half = channels / 2;
    check("batchNorm", batchNorm(x, options).y, grouping(shape, (_, c) => `${c}`));
    check(
      "groupNorm",
      groupNorm(x, { ...options, groups: 2 }),
      grouping(shape, (n, c) => `${n} ${Math.floor(c / half)}`),
    );
    const rows = Array.from(
      { length: shape[0] * shape[1] },
      (_, row) => Array.from({ length: channels }, (_, c) => row * channels + c),
    );
    check("layerNorm", layerNorm(x, options), rows);
    const seeds = upload(gridValues(shape, 4), backend, dtype);
    const g = { batch: 1, positions: shape[0] * shape[1], groups: channels, size: 1 };
    const geometry = { ...g, epsilon: EPSILON };
    const moments = apply(ops.moments, { x }, geometry);
    const sums = apply(ops.normalizeSums, { dy: seeds, x, moments }, geometry).dataSync();
    const normal = oracle(values.data, grouping(shape, (_, c) => `${c}`));
    const dy = gridValues(shape, 4).data;
    const expected = [0, 1].flatMap((line) =>
      Array.from(
        { length: channels },
        (_, c) =>
          total(normal.map((v, i) => i % channels === c ? dy[i] * (line === 0 ? v : 1) : 0)),
      )
    );
    assertWithin(sums, expected, () => 2048 * ROUNDING, `normalizeSums of [${shape}], ${dtype}`);
  }
}

function checkConstants(backend: Backend, dtype: FloatDType): void {
  const bias = tensor([7, -1], { dtype, backend });
  for (const value of [0, 3, -1e4]) {
    const x = tensor(Array(12).fill(value), { shape: [6, 2], dtype, backend });
    const options = { bias, epsilon: 1e-5 };
    const expected = Array.from({ length: 12 }, (_, i) => i % 2 === 0 ? 7 : -1);
    for (
      const [what, y] of [
        ["batchNorm", batchNorm(x, options).y],
        ["layerNorm", layerNorm(x, options)],
        ["groupNorm", groupNorm(x, { ...options, groups: 1 })],
      ] as const
    ) {
      assertSame(y.dataSync(), expected, `${what} of a constant ${value}, ${dtype}`);
    }
  }
}

function checkMasks(backend: Backend, dtype: FloatDType): void {
  const key = [1234567890, 3987654321] as const;
  for (const size of [1, 5, 8, 9, 100]) {
    for (const rate of [0, 0.25, 0.5, 1]) {
      const x = ones([size], { dtype, backend });
      const y = apply(ops.dropout, { x }, { key, rate }).dataSync();
      const expected = Array.from({ length: size }, (_, i) => {
        const words = threefry2x32(key, [4 * Math.floor(i / 8) + i % 4, 0]);
        return words[(i >> 2) & 1] < rate * 2 ** 32 ? 0 : 1 / (1 - rate);
      });
      assertWithin(y, expected, (i) => ROUNDING * expected[i], `dropout of ${size}, ${rate}`);
    }
  }
  const x = ones([20000], { dtype, backend });
  const dropped = dropout(x, { rate: 0.3, random: new Random(3) }).dataSync()
    .filter((v) => v === 0).length;
  // Within five standard deviations of what is expected.
  assertEquals(Math.abs(dropped - 6000) < 5 * Math.sqrt(20000 * 0.3 * 0.7), true, `${dropped}`);
}

/** Checks of normalisation and dropout. */
export const normChecks = {
  "normalisation is by definition": inBothPrecisions(checkDefinitions),
  "what is constant is normalised to its bias": inBothPrecisions(checkConstants),
  "dropout drops by its key": inBothPrecisions(checkMasks),
} satisfies Record<string, Check>;
