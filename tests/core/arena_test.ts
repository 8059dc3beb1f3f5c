// Owners of the results of operations, and the moment at which these are freed: arenas and tapes,
// alone and nested.

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import {
  add,
  Arena,
  grad,
  mul,
  reshape,
  ShapeError,
  square,
  stopGradient,
  sum,
  Tape,
  type Tensor,
  tensor,
  valueAndGrad,
} from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";

const backend = referenceBackend();
const make = (values: number[]) => tensor(values, { backend });

/** Asserts that `run` leaves as much memory in use as it found, once `made` is disposed of. */
function assertFreesAll(run: () => readonly Tensor[] | void): void {
  const before = backend.liveBytes;
  const made = run() ?? [];
  for (const t of made) t.dispose();
  assertEquals(backend.liveBytes, before);
}

Deno.test("arena: what is made of a followed tensor is freed with it, the tensor is not", () => {
  assertFreesAll(() => {
    const x = make([1, 2]);
    const before = backend.liveBytes;
    let y: Tensor;
    {
      using arena = new Arena();
      assertStrictEquals(arena.follow(x), x);
      y = sum(mul(square(x), 3));
      assertEquals(y.item(), 15);
      assertEquals(arena.owned, 4, "square, the number 3, mul, sum");
      assertFalse(arena.isDisposed);
    }
    assert(y.isDisposed);
    assertEquals(backend.liveBytes, before);
    assertEquals(x.toArray(), [1, 2]);
    return [x];
  });
});

Deno.test("arena: a finished arena no longer follows", () => {
  assertFreesAll(() => {
    const x = make([1]);
    const arena = new Arena();
    arena.follow(x);
    arena.dispose();
    arena.dispose();
    assert(arena.isDisposed);
    const y = square(x);
    assertEquals(arena.owned, 0);
    assertEquals(y.item(), 1);
    return [x, y];
  });
});

Deno.test("arena: adopted tensors are freed too", () => {
  assertFreesAll(() => {
    using arena = new Arena();
    const batch = { x: make([1, 2]), list: [make([3])] };
    assertStrictEquals(arena.adopt(batch), batch);
    mul(batch.x, batch.list[0]);
    assertEquals(arena.owned, 3);
  });
});

Deno.test("arena: a kept tensor is yours, and known to no arena", () => {
  assertFreesAll(() => {
    let kept: { y: Tensor };
    {
      using arena = new Arena();
      const y = square(arena.adopt(make([3])));
      kept = { y };
      assertStrictEquals(arena.keep(kept), kept);
    }
    assertEquals(kept.y.toArray(), [9]);
    return [kept.y];
  });
});

Deno.test("arena: keep of what is not its own changes nothing", () => {
  assertFreesAll(() => {
    const x = make([1]);
    using outer = new Arena();
    outer.follow(x);
    const y = square(x);
    {
      using inner = new Arena();
      inner.keep([x, y]);
    }
    assertEquals([outer.owned, y.item(), x.item()], [1, 1, 1]);
    return [x];
  });
});

Deno.test("arena: a disposed result is freed once, and no longer owned", () => {
  assertFreesAll(() => {
    using arena = new Arena();
    const y = square(arena.adopt(make([3])));
    assertEquals(arena.owned, 2);
    y.dispose();
    assertEquals(arena.owned, 1);
  });
});

Deno.test("arena: where arenas nest the innermost owns", () => {
  assertFreesAll(() => {
    using outer = new Arena();
    const x = outer.adopt(make([2]));
    let freed: Tensor;
    let kept: Tensor;
    {
      using inner = new Arena();
      inner.follow(x);
      freed = square(x);
      kept = inner.keep(add(x, 1));
      assertEquals([inner.owned, outer.owned], [2, 2], "square and 1; x and what was kept");
    }
    assert(freed.isDisposed);
    assertEquals(kept.item(), 3, "handed to the outer arena");
    assertEquals(square(kept).item(), 9);
    assertEquals(outer.owned, 3);
  });
});

Deno.test("arena: a result of tensors of two arenas belongs to the younger", () => {
  assertFreesAll(() => {
    using older = new Arena();
    const a = older.adopt(make([2]));
    using younger = new Arena();
    const b = younger.adopt(make([3]));
    const results = [mul(a, b), mul(b, a)];
    assertEquals([older.owned, younger.owned], [1, 3]);
    for (const y of results) assertEquals(younger.keep(y).item(), 6);
    assertEquals([older.owned, younger.owned], [3, 1]);
  });
});

Deno.test("arena: what is kept goes to the next arena around, not to the outermost", () => {
  assertFreesAll(() => {
    using outer = new Arena();
    using middle = new Arena();
    using inner = new Arena();
    // The order in which they begin to follow does not matter.
    const x = make([2]);
    for (const arena of [middle, inner, outer]) arena.follow(x);
    const y = inner.keep(square(x));
    assertEquals([outer.owned, middle.owned, inner.owned], [0, 1, 0]);
    middle.keep(y);
    assertEquals([outer.owned, middle.owned, inner.owned], [1, 0, 0]);
    valueAndGrad((x: Tensor) => x)(x);
    assertEquals([outer.owned, middle.owned, inner.owned], [1, 0, 2]);
    return [x];
  });
});

Deno.test("arena: results that share memory each hold on to it", () => {
  assertFreesAll(() => {
    let kept: Tensor;
    {
      using arena = new Arena();
      const y = square(arena.adopt(make([1, 2])));
      kept = arena.keep(reshape(y, [2, 1]));
    }
    assertEquals(kept.toArray(), [[1], [4]]);
    return [kept];
  });
});

Deno.test("arena: a reshaped parameter frees nothing of the parameter", () => {
  assertFreesAll(() => {
    const w = make([1, 2]);
    {
      using tape = new Tape();
      tape.watch(w);
      reshape(w, [2, 1]);
      stopGradient(w);
    }
    assertEquals(w.toArray(), [1, 2]);
    return [w];
  });
});

Deno.test("tape: its end frees results and gradients, and what was watched stays", () => {
  assertFreesAll(() => {
    const params = { w: make([1, 2]), bias: make([3, 4]) };
    const before = backend.liveBytes;
    const seen: Tensor[] = [];
    {
      using tape = new Tape();
      const { w, bias } = tape.watch(params);
      const y = sum(mul(square(w), bias));
      const grads = tape.gradient(y, params);
      seen.push(y, grads.w, grads.bias);
      assertEquals(grads.w.toArray(), [6, 16]);
    }
    assert(seen.every((t) => t.isDisposed));
    assertEquals(backend.liveBytes, before);
    return [params.w, params.bias];
  });
});

Deno.test("tape: gradients are kept explicitly", () => {
  assertFreesAll(() => {
    const w = make([1, 2]);
    let dw: Tensor;
    {
      using tape = new Tape();
      dw = tape.keep(tape.gradient(sum(square(tape.watch(w))), w));
    }
    assertEquals(dw.toArray(), [2, 4]);
    return [w, dw];
  });
});

Deno.test("tape: gradients belong to the innermost arena, like all results", () => {
  assertFreesAll(() => {
    const [w, unused] = [make([1, 2]), make([3])];
    using tape = new Tape();
    tape.watch([w, unused]);
    const y = sum(square(w));
    const owned = tape.owned;
    {
      using arena = new Arena();
      arena.follow([w, unused]);
      const [dw, zero] = tape.gradient(sum(square(w)), [w, unused]);
      arena.keep(zero);
      assertEquals([dw.toArray(), arena.owned], [[2, 4], 3], "square, sum, dw");
    }
    assertEquals(tape.owned - owned, 1, "what was kept");
    assertEquals(tape.gradient(y, w).toArray(), [2, 4]);
    return [w, unused];
  });
});

Deno.test("tape: gradients of zeros are freed with the others", () => {
  assertFreesAll(() => {
    const [w, unused] = [make([1, 2]), make([3, 4])];
    {
      using tape = new Tape();
      tape.watch([w, unused]);
      tape.gradient(sum(w), [unused]);
    }
    return [w, unused];
  });
});

Deno.test("tape: inside another, its results and gradients go to the other when kept", () => {
  assertFreesAll(() => {
    const w = make([1, 2]);
    {
      using outer = new Tape();
      outer.watch(w);
      let dw: Tensor;
      {
        using inner = new Tape();
        inner.watch(w);
        dw = inner.keep(inner.gradient(sum(mul(square(w), w)), w));
      }
      assertEquals(dw.toArray(), [3, 12]);
      assertEquals(outer.gradient(sum(dw), w).toArray(), [6, 12], "what inner freed was saved");
    }
    return [w];
  });
});

Deno.test("tape: an arena inside frees what the tape does not read, and no more", () => {
  assertFreesAll(() => {
    const x = make([1, 2]);
    {
      using tape = new Tape();
      tape.watch(x);
      let y: Tensor;
      {
        using arena = new Arena();
        arena.follow(x);
        const h = square(x); // read by the backward of the next square
        y = arena.keep(sum(square(h)));
      }
      assertEquals(tape.gradient(y, x).toArray(), [4, 32]);
    }
    return [x];
  });
});

Deno.test("tape: grad and valueAndGrad leave what they return, and nothing else", () => {
  assertFreesAll(() => {
    const params = { w: make([1, 2]), unused: make([3]) };
    const constant = make([5, 5]);
    const f = ({ w }: typeof params, c: Tensor) => sum(mul(mul(w, 2), c));
    const before = backend.liveBytes;
    const [value, grads] = valueAndGrad(f)(params, constant);
    const alone = grad(f)(params, constant);
    assertEquals(value.item(), 30);
    assertEquals(grads.w.toArray(), [10, 10]);
    const made = [value, grads.w, grads.unused, alone.w, alone.unused];
    const bytes = made.reduce((total, t) => total + t.bytes, 0);
    assertEquals(backend.liveBytes - before, bytes);
    return [...made, params.w, params.unused, constant];
  });
});

Deno.test("tape: what grad returns inside a tape or an arena is freed with that", () => {
  type F = (p: { w: Tensor; unused: Tensor }) => Tensor;
  const functions: F[] = [
    ({ w }) => sum(square(w)),
    ({ w }) => sum(w), // its gradient is made of the seed alone
    ({ unused }) => unused,
    ({ w }) => stopGradient(sum(w)),
  ];
  for (const around of [Tape, Arena]) {
    for (const g of functions) {
      assertFreesAll(() => {
        const params = { w: make([1, 2]), unused: make([3]) };
        {
          using arena = new around();
          if (arena instanceof Tape) arena.watch(params);
          else arena.follow(params);
          grad(g)(params);
          valueAndGrad(g)(params);
        }
        return [params.w, params.unused];
      });
    }
  }
});

Deno.test("tape: third derivatives leave nothing behind", () => {
  assertFreesAll(() => {
    const x = make([2]);
    const f = (x: Tensor) => sum(mul(square(x), square(x)));
    const third = grad((x: Tensor) => sum(grad((x: Tensor) => sum(grad(f)(x)))(x)))(x);
    assertEquals(third.toArray(), [48]);
    return [x, third];
  });
});

Deno.test("tape: an error inside a function leaves nothing behind", () => {
  assertFreesAll(() => {
    const x = make([1, 2]);
    assertThrows(() => grad((x: Tensor) => square(x))(x), ShapeError);
    assertThrows(() => grad((x: Tensor) => sum(square(x), { axis: 7 }))(x), ShapeError);
    return [x];
  });
});
