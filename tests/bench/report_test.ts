// Tables of the bench: whose best is compared with whose.

import { assertEquals } from "@std/assert";
import { compare } from "../../bench/harness/report.ts";
import type { Result } from "../../bench/harness/race.ts";

function resultOf(family: string, threads: number, medianMs: number, isSame = true): Result {
  const name = `${family} ${threads}t`;
  const command = { program: "none", args: [], env: {} };
  const contender = { name, family, threads, variant: "", command, modes: [] };
  const rounds = [[medianMs], [medianMs]];
  return {
    contender: { ...contender, isSlow: false, runsLarger: true },
    isSame,
    rounds,
    medianMs,
    minMs: medianMs / 2,
  };
}

/** Names of both sides and the two ratios. */
const rowsOf = (results: readonly Result[]) =>
  compare(results).map(({ ours, best, ratio, ratioOfMinima }) => [
    ours,
    best,
    ratio,
    ratioOfMinima,
  ]);

Deno.test("bench: native libraries count as ours, and the default backend has rows of its own", () => {
  const results = [
    resultOf("tapegrad wasm", 1, 12),
    resultOf("tapegrad wasm", 2, 8),
    resultOf("tapegrad native", 2, 4),
    resultOf("PyTorch", 2, 16),
    resultOf("PyTorch", 1, 32),
    resultOf("tfjs wasm", 1, 64),
  ];
  assertEquals(rowsOf(results), [
    ["tapegrad native 2t", "PyTorch 2t", 0.25, 0.25],
    ["tapegrad native 2t", "tfjs wasm 1t", 0.0625, 0.0625],
    ["tapegrad wasm 2t", "PyTorch 2t", 0.5, 0.5],
    ["tapegrad wasm 2t", "tfjs wasm 1t", 0.125, 0.125],
  ]);
});

Deno.test("bench: where the default backend is the best of ours, it is compared once", () => {
  const results = [
    resultOf("tapegrad wasm", 2, 4),
    resultOf("tapegrad native", 2, 8),
    resultOf("PyTorch", 2, 16),
  ];
  assertEquals(rowsOf(results), [["tapegrad wasm 2t", "PyTorch 2t", 0.25, 0.25]]);
});

Deno.test("bench: who did other work is not the best", () => {
  const results = [
    resultOf("tapegrad wasm", 2, 4),
    resultOf("tapegrad native", 2, 1, false),
    resultOf("PyTorch", 2, 16),
    resultOf("PyTorch", 1, 2, false),
  ];
  assertEquals(rowsOf(results), [["tapegrad wasm 2t", "PyTorch 2t", 0.25, 0.25]]);
  assertEquals(rowsOf(results.slice(1)), []);
});
