/**
 * Measurements of this library alone: the time a process takes to its first training step, and the
 * memory a step takes.
 *
 * @module
 */
import type { Model } from "../models/inputs.ts";
import { type MemoryUse, neededBytes } from "../models/memory_use.ts";
import type { Job } from "../peers/protocol.ts";
import { median, smallest } from "../support/statistics.ts";
import { formatMebibytes, formatNumber, formatTable } from "../support/table.ts";
import { type Command, PeerProcess } from "./process.ts";
import type { Contender } from "./roster.ts";

/** Milliseconds from the start of a process to the end of its first training step. */
export interface Start {
  readonly name: string;
  readonly milliseconds: readonly number[];
}

const LIMIT_MS = 60_000;

/** Starts each contender so often, in turn; the first start of each only fills the caches. */
export async function timeStarts(
  contenders: readonly Contender[],
  model: Model,
  inputs: string,
  times: number,
): Promise<Start[]> {
  const found = contenders.map(({ name }) => ({ name, milliseconds: [] as number[] }));
  for (let round = 0; round <= times; round++) {
    for (const [i, { command, threads, variant }] of contenders.entries()) {
      const job: Job = { model, mode: "train", inputs, threads, steps: 1, variant };
      await using process = new PeerProcess(command, job);
      const milliseconds = await process.first(LIMIT_MS);
      if (round > 0) found[i].milliseconds.push(milliseconds);
    }
  }
  return found;
}

/** Writes a table of starts. */
export function formatStarts(starts: readonly Start[]): string {
  return formatTable(
    [
      { head: "process start to first training step done", align: "left" },
      { head: "median ms", align: "right" },
      { head: "min ms", align: "right" },
      { head: "starts", align: "right" },
    ],
    starts.map(({ name, milliseconds }) => [
      name,
      formatNumber(median(milliseconds)),
      formatNumber(smallest(milliseconds)),
      `${milliseconds.length}`,
    ]),
  );
}

/** Measures memory in a process of its own, which runs like `ours`. */
export async function measureMemory(
  ours: Contender,
  model: Model,
  inputs: string,
): Promise<MemoryUse> {
  const { program, args } = memoryCommand(ours.command);
  const job: Job = { model, mode: "train", inputs, threads: ours.threads, steps: 0, variant: "" };
  const command = new Deno.Command(program, { args: [...args, JSON.stringify(job)] });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new TypeError(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function memoryCommand({ program, args, env }: Command): Command {
  return { program, args: args.map((arg) => arg.replace(/ours\.ts$/, "ours_memory.ts")), env };
}

/** Writes a table of memory use. */
export function formatMemory(
  uses: readonly { readonly model: Model; readonly use: MemoryUse }[],
): string {
  const heads = ["activations", "parameters", "gradients", "moments", "sum", "peak", "peak / sum"];
  const columns = ["model", ...heads, "all memory", "constant"].map((head, i) => ({
    head,
    align: i === 0 ? "left" as const : "right" as const,
  }));
  return formatTable(
    columns,
    uses.map(({ model, use }) => {
      const { activations, parameters, gradients, moments, peak, reserved, isConstant } = use;
      const needed = neededBytes(use);
      return [
        model,
        ...[activations, parameters, gradients, moments, needed, peak].map(formatMebibytes),
        formatNumber(peak / needed),
        formatMebibytes(reserved),
        isConstant ? "yes" : "NO",
      ];
    }),
  );
}
