/**
 * First maxima of groups and running sums on the engine.
 *
 * @module
 */
import type { ReduceGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import { CHUNK_ELEMENTS, isForKernels, unitsOfChunk } from "./chunks.ts";
import { fillWith } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { CUMSUM, FIRST_MAXIMA, MOVE_FIRST } from "./abi.ts";
import type { WasmMemory } from "./memory.ts";
import { type Step, stepsOf } from "./reduce.ts";

/** Fewest columns of a block: a line of the cache. */
const LINE = 16;

type GroupKernels = Pick<Kernels, "argMax" | "maxGrad" | "maxGather" | "cumsum">;

/**
 * Kernels of float32 groups along neighbouring axes; `reference` takes other dtypes, and groups along
 * axes that are apart, which are rare.
 */
export function groupKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
): GroupKernels {
  /** Runs a kernel on matrices `[length, inner]`, by blocks of columns where they are large. */
  function onMatrices(
    kernel: number,
    x: number,
    y: number,
    { outer, length, inner }: Step,
    ...flags: readonly number[]
  ): void {
    const perChunk = unitsOfChunk(outer, length * inner);
    const wanted = perChunk > 1 ? inner : Math.ceil(CHUNK_ELEMENTS / length / LINE) * LINE;
    const columns = Math.min(wanted, inner);
    const blocks = Math.ceil(inner / columns);
    const chunks = blocks * Math.ceil(outer / perChunk);
    engine.call(kernel, chunks, x, y, outer, length, inner, perChunk, blocks, columns, ...flags);
  }

  /** Moves the elements of groups that are at positions. */
  function move(groups: NdArray, at: number, one: NdArray, step: Step, toGroups: boolean): void {
    const count = step.outer * step.inner;
    const args = [memory.at(groups), at, memory.at(one), count, step.length, step.inner];
    const chunks = Math.ceil(count / CHUNK_ELEMENTS);
    engine.call(MOVE_FIRST, chunks, ...args, CHUNK_ELEMENTS, Number(toGroups));
  }

  /** Runs `use` with the positions of first maxima. */
  function withFirst(x: NdArray, step: Step, use: (at: number) => void): void {
    engine.withBlock(step.outer * step.inner * 4 + 64, (at) => {
      onMatrices(FIRST_MAXIMA, memory.at(x), at, step);
      use(at);
    });
  }

  return {
    argMax(x, g) {
      const step = stepOf(x, g);
      if (step === undefined) return reference.argMax(x, g);
      const y = memory.reserve(g.shape, "int32");
      onMatrices(FIRST_MAXIMA, memory.at(x), memory.at(y), step);
      return y;
    },

    maxGrad(dy, x, g) {
      const step = stepOf(x, g);
      if (step === undefined) return reference.maxGrad(dy, x, g);
      const dx = memory.reserve(x.shape, "float32");
      fillWith(engine, memory.at(dx), sizeOf(x.shape), 0);
      withFirst(x, step, (at) => move(dx, at, dy, step, true));
      return dx;
    },

    maxGather(values, x, g) {
      const step = stepOf(x, g);
      if (step === undefined) return reference.maxGather(values, x, g);
      const y = memory.reserve(g.shape, "float32");
      withFirst(x, step, (at) => move(values, at, y, step, false));
      return y;
    },

    cumsum(x, g) {
      if (!isForKernels(x)) return reference.cumsum(x, g);
      const y = memory.reserve(x.shape, "float32");
      const flags = [g.exclusive, g.reverse].map(Number);
      onMatrices(CUMSUM, memory.at(x), memory.at(y), g, ...flags);
      return y;
    },
  };
}

/** The one stretch of axes that is reduced, if kernels can take it. */
function stepOf(x: NdArray, g: ReduceGeometry): Step | undefined {
  const steps = isForKernels(x) ? stepsOf(g) : [];
  return steps.length === 1 ? steps[0] : undefined;
}
