/**
 * Sums, means, products, maxima and minima along axes on the engine.
 *
 * @module
 */
import type { ReduceGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { FastKernels } from "../fallback.ts";
import { REDUCE_KINDS } from "../kinds.ts";
import * as abi from "./abi.ts";
import { numbersOf, unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SLACK } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";

/** Fewest columns of a chunk of wide matrices. */
const BLOCK_COLUMNS = 2048;

/** Most elements that are added to one float32: longer sums lose digits of what is added. */
const LONGEST_SUM = 1024;

const KINDS = numbersOf(REDUCE_KINDS);

/** One dimension reduced: `[outer, length, inner]` becomes `[outer, inner]`. */
export interface Step {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** A kind of reduction from one address to another; means are sums that are divided. */
type Arrays = Pick<abi.ReduceRowsArgs, "kind" | "x" | "y" | "divisor">;

/** Reductions of float32 arrays. */
export function reduceKernels(engine: Engine, memory: WasmMemory): Pick<FastKernels, "reduce"> {
  return {
    reduce(kind, x, g) {
      const y = memory.reserve(g.shape, "float32");
      const divisor = kind === "mean" ? g.count : 1;
      const arrays = { kind: KINDS[kind], x: memory.at(x), y: memory.at(y), divisor };
      const steps = stepsOf(g);
      if (steps.length > 0) runSteps(engine, arrays, steps);
      else {
        const { bytes } = x.storage;
        abi.copy(engine, 1, { x: arrays.x, y: arrays.y, bytes, block: bytes });
      }
      return y;
    },
  };
}

/** Runs one step after the other. */
function runSteps(engine: Engine, arrays: Arrays, [step, ...rest]: readonly Step[]): void {
  if (rest.length === 0) return runStep(engine, arrays, step);
  engine.withBlock(step.outer * step.inner * 4 + SLACK, (between) => {
    runStep(engine, { ...arrays, y: between, divisor: 1 }, step);
    runSteps(engine, { ...arrays, x: between }, rest);
  });
}

/** Runs a step; long sums go through parts in memory of their own. */
function runStep(engine: Engine, arrays: Arrays, step: Step): void {
  const parts = partsOf(step);
  if (parts === 1) return call(engine, arrays, step, 1);
  engine.withBlock(step.outer * parts * step.inner * 4 + SLACK, (between) => {
    call(engine, { ...arrays, y: between, divisor: 1 }, step, parts);
    runStep(engine, { ...arrays, x: between }, { ...step, length: parts });
  });
}

function call(engine: Engine, arrays: Arrays, step: Step, parts: number): void {
  const { outer, length, inner } = step;
  const perChunk = unitsOfChunk(outer, length * inner);
  if (inner === 1) {
    abi.reduceRows(engine, parts > 1 ? outer * parts : Math.ceil(outer / perChunk), {
      ...arrays,
      rows: outer,
      length,
      rowsOfChunk: perChunk,
      parts,
      elementsOfPart: rowsOfPart(step),
    });
    return;
  }
  const columnsOfBlock = Math.max(BLOCK_COLUMNS, unitsOfChunk(inner, length));
  const blocks = Math.ceil(inner / columnsOfBlock);
  const whole = parts === 1 && blocks === 1;
  abi.reduceColumns(engine, whole ? Math.ceil(outer / perChunk) : outer * parts * blocks, {
    ...arrays,
    outer,
    rows: length,
    columns: inner,
    partsOfChunk: whole ? perChunk : 1,
    parts,
    rowsOfPart: rowsOfPart(step),
    blocks,
    columnsOfBlock,
  });
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

/** Number of parts that a dimension is cut into. */
function partsOf(step: Step): number {
  return Math.ceil(step.length / rowsOfPart(step));
}

/** Rows that are worth a chunk, and no more than go into sums: the kernels have 16, 4 or 1. */
function rowsOfPart({ length, inner }: Step): number {
  const sums = inner === 1 ? 16 : inner < 32 ? 4 : 1;
  return Math.min(unitsOfChunk(length, Math.min(inner, BLOCK_COLUMNS)), sums * LONGEST_SUM);
}
