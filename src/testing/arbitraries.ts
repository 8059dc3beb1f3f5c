/**
 * Arbitraries for testing operations of your own with fast-check, which you hand in.
 *
 * @module
 */
import type { FastCheck } from "./fast_check.ts";
import {
  type GridArbitraries,
  gridArbitraries,
  type ShapeArbitraries,
  shapeArbitraries,
} from "./grids.ts";
import { type WindowArbitraries, windowArbitraries } from "./windows.ts";

/** Values on grids, shapes, and geometries of windows. */
export interface Arbitraries extends GridArbitraries, ShapeArbitraries, WindowArbitraries {}

/**
 * Makes arbitraries of what gradients can be checked on: values on grids, shapes, axes, paddings,
 * convolutions and pools. The library's own tests use these.
 *
 * fast-check is handed in, so that it is no dependency of this library: any version 3 or 4 will do.
 *
 * @example
 * ```ts
 * import fc from "fast-check";
 * import { mul, tensor } from "@tapegrad/tapegrad";
 * import { arbitraries, checkGrad } from "@tapegrad/tapegrad/testing";
 *
 * const { shapes, quarters } = arbitraries(fc);
 * fc.assert(fc.property(shapes().chain(quarters), ({ data, shape }) => {
 *   const x = tensor(Array.from(data), { shape });
 *   checkGrad((x) => mul(x, 3), x, { exact: true, order: 2 });
 * }));
 * ```
 *
 * @param fc the module of fast-check.
 * @returns functions that make arbitraries.
 */
export function arbitraries(fc: FastCheck): Arbitraries {
  return { ...gridArbitraries(fc), ...shapeArbitraries(fc), ...windowArbitraries(fc) };
}
