/**
 * First maxima of groups and running sums on the engine.
 *
 * @module
 */
import type { ReduceGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, chunksOf, unitsOfChunk } from "./chunks.ts";
import { fillWith } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { SLACK } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import { type Step, stepsOf } from "./reduce.ts";

/** Fewest columns of a block: a line of the cache. */
const LINE = 16;

type GroupKernels = Pick<FastKernels, "argMax" | "maxGrad" | "maxGather" | "cumsum">;

/** Kernels of float32 groups along neighbouring axes; groups along axes that are apart are rare. */
export function groupKernels(engine: Engine, memory: WasmMemory): GroupKernels {
  function findFirst(x: NdArray, y: number, step: Step): void {
    const { chunks, ...matrices } = cut(step);
    abi.firstMaxima(engine, chunks, { x: memory.at(x), y, ...matrices });
  }

  /** Runs `use` with the positions of first maxima. */
  function withFirst(x: NdArray, step: Step, use: (positions: number) => void): void {
    engine.withBlock(step.outer * step.inner * 4 + SLACK, (positions) => {
      findFirst(x, positions, step);
      use(positions);
    });
  }

  /** Moves the elements of groups that are at positions. */
  function move(
    groups: NdArray,
    positions: number,
    one: NdArray,
    { outer, length, inner }: Step,
    toGroups: boolean,
  ): void {
    const count = outer * inner;
    abi.moveFirst(engine, chunksOf(count), {
      groups: memory.at(groups),
      positions,
      one: memory.at(one),
      count,
      length,
      inner,
      block: CHUNK_ELEMENTS,
      toGroups,
    });
  }

  return {
    argMax(x, g) {
      const step = stepOf(g);
      if (step === undefined) return DECLINED;
      const y = memory.reserve(g.shape, "int32");
      findFirst(x, memory.at(y), step);
      return y;
    },

    maxGrad(dy, x, g) {
      const step = stepOf(g);
      if (step === undefined) return DECLINED;
      const dx = memory.reserve(x.shape, "float32");
      fillWith(engine, memory.at(dx), sizeOf(x.shape), 0);
      withFirst(x, step, (positions) => move(dx, positions, dy, step, true));
      return dx;
    },

    maxGather(values, x, g) {
      const step = stepOf(g);
      if (step === undefined) return DECLINED;
      const y = memory.reserve(g.shape, "float32");
      withFirst(x, step, (positions) => move(values, positions, y, step, false));
      return y;
    },

    cumsum(x, g) {
      const y = memory.reserve(x.shape, "float32");
      const { chunks, ...matrices } = cut(g);
      const { exclusive, reverse } = g;
      const arrays = { x: memory.at(x), y: memory.at(y) };
      abi.cumsum(engine, chunks, { ...arrays, ...matrices, exclusive, reverse });
      return y;
    },
  };
}

/** Matrices `[length, inner]` by chunks: several, or blocks of columns where they are large. */
function cut(
  { outer, length, inner }: Step,
): Omit<abi.MatricesArgs, "x" | "y"> & { readonly chunks: number } {
  const matricesOfChunk = unitsOfChunk(outer, length * inner);
  const wanted = matricesOfChunk > 1 ? inner : Math.ceil(CHUNK_ELEMENTS / length / LINE) * LINE;
  const columnsOfBlock = Math.min(wanted, inner);
  const blocks = Math.ceil(inner / columnsOfBlock);
  const chunks = blocks * Math.ceil(outer / matricesOfChunk);
  return { chunks, outer, length, inner, matricesOfChunk, blocks, columnsOfBlock };
}

/** The one stretch of axes that is reduced, if kernels can take it. */
function stepOf(g: ReduceGeometry): Step | undefined {
  const steps = g.count > 0 ? stepsOf(g) : [];
  return steps.length === 1 ? steps[0] : undefined;
}
