/**
 * Questions about elements, and choices by their answers, on the engine.
 *
 * @module
 */
import { broadcastToGeometry } from "../../core/geometry/mod.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { COMPARE_KINDS } from "../kinds.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import { CHUNK_ELEMENTS, chunksOf, numbersOf } from "./chunks.ts";
import { combineRows } from "./elementwise.ts";
import type { Engine } from "./engine.ts";
import type { WasmMemory } from "./memory.ts";

const QUESTIONS = numbersOf(COMPARE_KINDS);

/** Questions about float32 arrays and choices between them. */
export function choiceKernels(
  engine: Engine,
  memory: WasmMemory,
  broadcastTo: Kernels["broadcastTo"],
): Pick<FastKernels, "compare" | "where"> {
  /** The array itself where it is one element or has the result's shape; else it is repeated. */
  function spread(x: NdArray, shape: Shape): NdArray {
    const size = sizeOf(x.shape);
    if (size === 1 || size === sizeOf(shape)) return x;
    return broadcastTo(x, broadcastToGeometry("apply where", x.shape, shape));
  }

  const compare: Kernels["compare"] = (kind, a, b, g) => {
    const swapped = { ...g, aStrides: g.bStrides, bStrides: g.aStrides };
    if (kind === "greater") return compare("less", b, a, swapped);
    if (kind === "greaterEqual") return compare("lessEqual", b, a, swapped);
    const y = memory.reserve(g.shape, "uint8");
    const [atA, atB, atY] = [a, b, y].map(memory.at);
    combineRows(engine, abi.compare, QUESTIONS[kind], atA, atB, atY, g);
    return y;
  };

  return {
    compare,

    where(condition, a, b, g) {
      const size = sizeOf(g.shape);
      // Conditions are seldom broadcast: they come of what they decide about.
      const isWhole = sizeOf(condition.shape) === size;
      if (size === 0 || !isWhole) return DECLINED;
      const [left, right] = [spread(a, g.shape), spread(b, g.shape)];
      const y = memory.reserve(g.shape, "float32");
      abi.where(engine, chunksOf(size), {
        condition: memory.at(condition),
        a: memory.at(left),
        b: memory.at(right),
        y: memory.at(y),
        size,
        block: CHUNK_ELEMENTS,
        aRepeats: sizeOf(left.shape) === 1,
        bRepeats: sizeOf(right.shape) === 1,
      });
      if (left !== a) memory.free(left);
      if (right !== b) memory.free(right);
      return y;
    },
  };
}
