// Tensors that are kept where arenas nest, and arenas that end with another.

import { assertEquals } from "@std/assert";
import { Arena, referenceBackend, square, type Tensor, tensor } from "../../mod.ts";

const backend = referenceBackend();
const make = (values: number[]) => tensor(values, { backend });

/** Fails unless nothing is left in memory but what is returned. */
function assertFreesAll(run: () => Tensor[] | void): void {
  const before = backend.liveBytes;
  for (const t of run() ?? []) t.dispose();
  assertEquals(backend.liveBytes, before);
}

Deno.test("arena: keep lets a tensor outlive an arena inside it too", () => {
  assertFreesAll(() => {
    const x = make([3]);
    let known: Tensor;
    let unknown: Tensor;
    {
      using outer = new Arena();
      outer.follow(x);
      {
        using inner = new Arena();
        inner.follow(x);
        known = outer.keep(square(x));
        unknown = outer.keep(inner.adopt(make([4])));
        assertEquals([outer.owned, inner.owned], [0, 0]);
      }
      assertEquals([known.item(), unknown.item()], [9, 4]);
    }
    assertEquals([known.item(), unknown.item()], [9, 4]);
    return [x, known, unknown];
  });
});

Deno.test("arena: what the middle one of three keeps goes to the outer", () => {
  assertFreesAll(() => {
    using outer = new Arena();
    const x = outer.adopt(make([3]));
    {
      using middle = new Arena();
      middle.follow(x);
      using inner = new Arena();
      inner.follow(x);
      middle.keep(square(x));
      assertEquals([outer.owned, middle.owned, inner.owned], [2, 0, 0]);
    }
    assertEquals(outer.owned, 2);
  });
});

Deno.test("arena: an arena that another owns ends with it", () => {
  const [inner, left] = [new Arena(), new Arena()];
  {
    using outer = new Arena();
    outer.ownArena(inner);
    outer.ownArena(left);
    outer.disownArena(left);
  }
  assertEquals([inner.isDisposed, left.isDisposed], [true, false]);
});
