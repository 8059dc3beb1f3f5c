/**
 * The group of one rank, for programs that may run alone, too.
 *
 * @module
 */
import type { TypedArray } from "../core/dtype.ts";
import { checkArray, checkReduction, checkRoot, type Group } from "./group.ts";

/**
 * Makes the group of one rank, which has nobody to exchange anything with.
 *
 * @example
 * ```ts
 * import { singleGroup } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * using group = singleGroup();
 * const x = Float32Array.of(1, 2);
 * group.allReduce(x, "sum");
 * assertEquals([group.rank, group.size, ...x], [0, 1, 1, 2]);
 * ```
 *
 * @returns the group; training in it is training without.
 */
export function singleGroup(): Group {
  return new SingleGroup();
}

class SingleGroup implements Group {
  readonly rank = 0;
  readonly size = 1;

  allReduce(x: TypedArray, reduction: string): void {
    checkArray("allReduce", x);
    checkReduction("allReduce", x, reduction);
  }

  broadcast(x: TypedArray, root: number): void {
    checkArray("broadcast", x);
    checkRoot("broadcast", root, this.size);
  }

  allGather<A extends TypedArray>(x: A): A {
    checkArray("allGather", x);
    return x.slice() as A;
  }

  reduceScatter<A extends TypedArray>(x: A, reduction: string): A {
    checkArray("reduceScatter", x);
    checkReduction("reduceScatter", x, reduction);
    return x.slice() as A;
  }

  allToAll<A extends TypedArray>(x: A): A {
    checkArray("allToAll", x);
    return x.slice() as A;
  }

  barrier(): void {}

  abort(code = 1): never {
    throw new Error(`Cannot go on: the group of one rank was aborted: code ${code}`);
  }

  [Symbol.dispose](): void {}
}
