/**
 * Questions about elements, and choices by their answers, on the engine.
 *
 * @module
 */
import { broadcastToGeometry } from "../../core/geometry/mod.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { CompareKind, Kernels, NdArray } from "../kernels.ts";
import { CHUNK_ELEMENTS, isForKernels } from "./chunks.ts";
import { combineRows } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import { COMPARE, WHERE } from "./kernel_ids.ts";
import * as kinds from "./kinds.ts";
import type { WasmMemory } from "./memory.ts";

/** The kernel of a question, and whether it is asked about b and a. */
const QUESTIONS: Record<CompareKind, readonly [kind: number, swapped: boolean]> = {
  equal: [kinds.EQUAL, false],
  notEqual: [kinds.NOT_EQUAL, false],
  less: [kinds.LESS, false],
  lessEqual: [kinds.LESS_EQUAL, false],
  greater: [kinds.LESS, true],
  greaterEqual: [kinds.LESS_EQUAL, true],
};

/** Questions about float32 arrays and choices between them; `reference` takes the others. */
export function choiceKernels(
  engine: Engine,
  memory: WasmMemory,
  reference: Kernels,
  broadcastTo: Kernels["broadcastTo"],
): Pick<Kernels, "compare" | "where"> {
  /** The array itself where it is one element or has the result's shape; else it is repeated. */
  function spread(x: NdArray, shape: Shape): NdArray {
    const size = sizeOf(x.shape);
    if (size === 1 || size === sizeOf(shape)) return x;
    return broadcastTo(x, broadcastToGeometry("apply where", x.shape, shape));
  }

  return {
    compare(kind, a, b, g) {
      if (!isForKernels(a) || !isForKernels(b)) return reference.compare(kind, a, b, g);
      const y = memory.reserve(g.shape, "uint8");
      const [number, swapped] = QUESTIONS[kind];
      const { aStrides, bStrides } = g;
      const order = swapped ? { ...g, aStrides: bStrides, bStrides: aStrides } : g;
      const at = (swapped ? [b, a, y] : [a, b, y]).map(memory.at);
      combineRows(engine, COMPARE, number, at, order);
      return y;
    },

    where(condition, a, b, g) {
      const size = sizeOf(g.shape);
      // Conditions are seldom broadcast: they come of what they decide about.
      const isWhole = sizeOf(condition.shape) === size;
      if (!isForKernels(a) || size === 0 || !isWhole) return reference.where(condition, a, b, g);
      const [left, right] = [spread(a, g.shape), spread(b, g.shape)];
      const y = memory.reserve(g.shape, "float32");
      const args = [condition, left, right, y].map(memory.at);
      args.push(size, CHUNK_ELEMENTS);
      args.push(...[left, right].map((x) => Number(sizeOf(x.shape) === 1)));
      engine.call(WHERE, Math.ceil(size / CHUNK_ELEMENTS), ...args);
      if (left !== a) memory.free(left);
      if (right !== b) memory.free(right);
      return y;
    },
  };
}
