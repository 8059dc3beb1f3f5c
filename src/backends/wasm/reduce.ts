/**
 * Sums, means, products, maxima and minima along axes on the engine.
 *
 * @module
 */
import { sizeOf } from "../../core/shape.ts";
import type { ReduceGeometry } from "../../core/geometry/mod.ts";
import type { Kernels, ReduceKind } from "../kernels.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, isForKernels, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { MAX, MIN, PROD, SUM } from "./kinds.ts";
import type { WasmMemory } from "./memory.ts";

/** Fewest columns of a chunk of wide matrices. */
const BLOCK_COLUMNS = 2048;

/** Means are sums that are divided. */
const KINDS: Record<ReduceKind, number> = { sum: SUM, mean: SUM, max: MAX, min: MIN, prod: PROD };

/** One dimension reduced: `[outer, length, inner]` becomes `[outer, inner]`. */
export interface Step {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Reductions of float32 arrays; `reference` takes the others. */
export function reduceKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): Pick<Kernels, "reduce"> {
  /** A step from one address to another; long sums go through parts in memory of their own. */
  function run(kind: number, x: number, y: number, step: Step, divisor: number): void {
    const parts = partsOf(step);
    if (parts === 1) return call(kind, x, y, step, 1, divisor);
    engine.withBlock(step.outer * parts * step.inner * 4 + 64, (at) => {
      call(kind, x, at, step, parts, 1);
      run(kind, at, y, { ...step, length: parts }, divisor);
    });
  }

  function call(
    kind: number,
    x: number,
    y: number,
    step: Step,
    parts: number,
    divisor: number,
  ): void {
    const { outer, length, inner } = step;
    const perChunk = unitsOfChunk(outer, length * inner);
    engine.setFloat(32, divisor);
    if (inner === 1) {
      const chunks = parts > 1 ? outer * parts : Math.ceil(outer / perChunk);
      const args = [kind, x, y, outer, length, perChunk, parts, CHUNK_ELEMENTS];
      return engine.call(abi.REDUCE_ROWS, chunks, ...args);
    }
    const block = Math.max(BLOCK_COLUMNS, unitsOfChunk(inner, length));
    const blocks = Math.ceil(inner / block);
    const whole = parts === 1 && blocks === 1;
    const chunks = whole ? Math.ceil(outer / perChunk) : outer * parts * blocks;
    const args = [kind, x, y, outer, length, inner, whole ? perChunk : 1, parts];
    engine.call(abi.REDUCE_COLUMNS, chunks, ...args, rowsOfPart(step), blocks, block);
  }

  return {
    reduce(kind, x, g) {
      if (!isForKernels(x) || g.count === 0) return reference.reduce(kind, x, g);
      const y = memory.reserve(g.shape, "float32");
      const number = KINDS[kind];
      const divisor = kind === "mean" ? g.count : 1;
      runSteps(stepsOf(g), memory.at(x), memory.at(y));
      return y;

      function runSteps([step, ...rest]: Step[], from: number, to: number): void {
        if (step === undefined) {
          const { bytes } = x.storage;
          abi.copy(engine, 1, { x: from, y: to, bytes, block: bytes });
        } else if (rest.length === 0) {
          run(number, from, to, step, divisor);
        } else {
          engine.withBlock(step.outer * step.inner * 4 + 64, (at) => {
            run(number, from, at, step, 1);
            runSteps(rest, at, to);
          });
        }
      }
    },
  };
}

/** One step per stretch of neighbouring reduced axes, the last ones first. */
export function stepsOf({ xShape, axes }: ReduceGeometry): Step[] {
  const steps: Step[] = [];
  let [length, inner] = [1, 1];
  for (let d = xShape.length - 1; d >= 0; d--) {
    if (axes.includes(d)) length *= xShape[d];
    else if (length === 1) inner *= xShape[d];
    else {
      steps.push({ outer: sizeOf(xShape.slice(0, d + 1)), length, inner });
      [length, inner] = [1, inner * xShape[d]];
    }
  }
  if (length > 1) steps.push({ outer: 1, length, inner });
  return steps;
}

/** Into how many parts a dimension is cut: parts are worth a chunk. */
function partsOf(step: Step): number {
  if (step.inner === 1) return Math.ceil(step.length / CHUNK_ELEMENTS);
  return Math.ceil(step.length / rowsOfPart(step));
}

function rowsOfPart({ length, inner }: Step): number {
  if (inner === 1) return CHUNK_ELEMENTS;
  return unitsOfChunk(length, Math.min(inner, BLOCK_COLUMNS));
}
