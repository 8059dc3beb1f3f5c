// Tracks of arenas by age: found, added and merged, against the plain way to do each.

import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Arena, Tape, type Tensor, tensor } from "../../mod.ts";
import { internals } from "../../src/core/tensor.ts";
import { ArenaRef, mergedTracks, slotIn, type Track, withTrack } from "../../src/core/track.ts";

const OWNER = { id: 0, isDisposed: false, own() {}, disown() {} };
const REFS = Array.from({ length: 12 }, (_, id) => new ArenaRef({ arena: OWNER }, id));

/** Tracks of some arenas, the oldest first, with slots that tell them apart. */
const tracksFrom = (slot: number) =>
  fc.subarray(REFS).map((refs) => refs.map((ref): Track => ({ ref, slot: slot + ref.id })));

Deno.test("tracks: one is found in any list, and only where it is", () => {
  fc.assert(fc.property(tracksFrom(100), fc.constantFrom(...REFS), (tracks, ref) => {
    assertEquals(slotIn(tracks, ref), tracks.find((track) => track.ref === ref)?.slot);
  }));
});

Deno.test("tracks: one is added by age, in place of an older one of its arena", () => {
  fc.assert(fc.property(tracksFrom(100), fc.constantFrom(...REFS), (tracks, ref) => {
    const added = withTrack(tracks, { ref, slot: 7 });
    const expected = [...tracks.filter((track) => track.ref !== ref), { ref, slot: 7 }];
    assertEquals(added, expected.sort((a, b) => a.ref.id - b.ref.id));
  }));
});

Deno.test("tracks: two lists become one by age, the first list's where both have one", () => {
  fc.assert(fc.property(tracksFrom(100), tracksFrom(200), (a, b) => {
    const others = b.filter(({ ref }) => a.every((track) => track.ref !== ref));
    const expected = [...a, ...others].sort((p, q) => p.ref.id - q.ref.id);
    assertEquals(mergedTracks(a, b), expected);
  }));
});

Deno.test("tracks: arenas that have ended are forgotten, others keep their slots", () => {
  const x: Tensor = tensor([1, 2, 3]);
  const arenas = [new Tape(), new Arena(), new Tape()] as const;
  // Followed in another order than they were made in.
  arenas[2].watch(x);
  arenas[1].follow(x);
  arenas[0].watch(x);
  assertEquals(internals.tracks(x).map(({ ref }) => ref), arenas.map(({ ref }) => ref));
  assertEquals(arenas[0].slotOf(x), 0);
  arenas[1].dispose();
  assertEquals(internals.tracks(x).map(({ ref }) => ref), [arenas[0].ref, arenas[2].ref]);
  assertEquals(arenas[2].slotOf(x), 0);
  assertStrictEquals(internals.slotIn(x, arenas[0].ref), 0);
  arenas[0].dispose();
  arenas[2].dispose();
  assertEquals(internals.tracks(x), []);
});

Deno.test("tracks: an arena releases what it owns once, whatever has been taken from it", () => {
  const order = fc.array(fc.nat(30), { maxLength: 30 });
  fc.assert(fc.property(fc.nat(30), order, (count, taken) => {
    const arena = new Arena();
    const tensors = Array.from({ length: count }, (_, i) => arena.adopt(tensor([i])));
    const gone = new Set(taken.filter((i) => i < count));
    for (const i of taken.filter((i) => i < count)) tensors[i].dispose();
    assertEquals(arena.owned, count - gone.size);
    assertEquals(tensors.map(({ isDisposed }) => isDisposed), tensors.map((_, i) => gone.has(i)));
    arena.dispose();
    assertEquals(arena.owned, 0);
    assertEquals(tensors.every(({ isDisposed }) => isDisposed), true);
  }));
});
