// `deno task soak`: a long training, by hand and by `fit`, on one and on two threads; a row of
// figures for each, and an error where something grew.

import { assertNothingGrew, soak } from "../tests/support/soak.ts";

const STEPS = Number(Deno.args[0] ?? 30_000);

const { gc } = globalThis as { gc?: () => void };
if (gc === undefined) throw new Error("Cannot soak: run `deno task soak`, which exposes gc");

function heapBytes(): number {
  gc!();
  gc!();
  return Deno.memoryUsage().heapUsed;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

console.log(
  "| Loop | Threads | Steps | ms a step, early and late | Loss | Bytes of arrays | Memory, MiB | Heap, MiB |",
);
console.log(
  "| ---- | ------- | ----- | ------------------------- | ---- | --------------- | ----------- | --------- |",
);
for (const way of ["by hand", "fit"] as const) {
  for (const threads of [1, 2]) {
    const figures = await soak({ way, threads, steps: STEPS, heap: heapBytes });
    const { steps, milliseconds, loss, liveBytes, memory, heap } = figures;
    const cells = [
      way,
      threads,
      steps,
      milliseconds.map((ms) => ms.toFixed(2)).join(", "),
      loss.map((value) => value.toPrecision(2)).join(" → "),
      liveBytes.join(", "),
      memory.map(mebibytes).join(" → "),
      heap!.map(mebibytes).join(" → "),
    ];
    console.log(`| ${cells.join(" | ")} |`);
    assertNothingGrew(figures);
  }
}
