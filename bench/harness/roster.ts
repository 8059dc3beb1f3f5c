/**
 * Contenders: this library and its peers, each in every way in which it is worth timing.
 *
 * @module
 */
import { nativeBackend } from "@tapegrad/tapegrad/native";
import { isLarger } from "../models/larger.ts";
import type { Job } from "../peers/protocol.ts";
import type { Command } from "./process.ts";
import { INSTALL_BLAS, INSTALL_PYTORCH, type PyTorch, settingsOf } from "./pytorch.ts";

/** A model to train or to infer with. */
export interface Workload {
  readonly model: Job["model"];
  readonly mode: Job["mode"];
}

/** One way to run one library. */
export interface Contender {
  readonly name: string;
  /** Ways to run the same thing: the best of them is compared with the best of ours. */
  readonly family: string;
  readonly threads: number;
  readonly variant: string;
  readonly command: Command;
  readonly modes: readonly Job["mode"][];
  /** Runs the larger models, too. */
  readonly runsLarger: boolean;
  /** A step takes seconds: left out when in a hurry. */
  readonly isSlow: boolean;
}

/** A library that is not there, and how to get it. */
export interface Missing {
  readonly name: string;
  readonly install: string;
}

/** Contenders of a race, and those that are missing. */
export interface Roster {
  readonly contenders: readonly Contender[];
  readonly missing: readonly Missing[];
}

/** The family of this library's default backend. */
export const OURS = "tapegrad wasm";
/** The family of this library with native libraries. */
const NATIVE = "tapegrad native";

/** Tells the backends of this library that are made for speed. */
export function isOurs({ family }: Contender): boolean {
  return family === OURS || family === NATIVE;
}

/** Returns true if a contender can do what a race is about. */
export function takesPart(
  { modes, runsLarger }: Contender,
  { model, mode }: Workload,
): boolean {
  return modes.includes(mode) && (runsLarger || !isLarger(model));
}

const BENCH = new URL("../", import.meta.url);
const pathOf = (file: string) => new URL(file, BENCH).pathname;
const INSTALL_NPM = "`deno install --config bench/peers/deno.json`";

const INSTALL_NATIVE = "`apt-get install libdnnl2 libopenblas0`";

type Given = Pick<Contender, "family" | "threads" | "variant" | "modes"> & {
  isSlow?: boolean;
  runsLarger?: boolean;
};

function contender(command: Command, given: Given, note = given.variant): Contender {
  const { family, threads } = given;
  const name = `${family} ${threads}t${note === "" ? "" : ` ${note}`}`;
  return { name, command, isSlow: false, runsLarger: false, ...given };
}

/**
 * Makes the command of a script of the bench in a process of its own, with nothing fetched and
 * nothing asked.
 */
function deno(script: string, config: string, permissions: readonly string[]): Command {
  const args = ["run", "--quiet", "--no-prompt", "--cached-only", `--config=${pathOf(config)}`];
  return { program: Deno.execPath(), args: [...args, ...permissions, pathOf(script)], env: {} };
}

function ours(threads: readonly number[]): Contender[] {
  const command = deno("peers/ours.ts", "../deno.json", ["--allow-read"]);
  const plain: Contender = contender(
    command,
    { family: "tapegrad reference", threads: 1, variant: "reference", modes: ["train"] },
    "",
  );
  return [
    ...threads.map((count) =>
      contender(command, {
        ...{ family: OURS, threads: count, variant: "", modes: ["train", "infer"] },
        runsLarger: true,
      })
    ),
    { ...plain, isSlow: true },
  ];
}

/** This library with native ones; permission to load them is asked of nobody. */
function native(threads: readonly number[]): Contender[] {
  const permissions = ["--allow-read", "--allow-ffi", "--allow-env"];
  const command = deno("peers/ours.ts", "../deno.json", permissions);
  return threads.map((count) => {
    const given: Given = {
      family: NATIVE,
      threads: count,
      variant: "native",
      modes: ["train", "infer"],
      runsLarger: true,
    };
    return contender(command, given, "");
  });
}

function pytorch(found: PyTorch, threads: readonly number[]): Contender[] {
  return settingsOf(found).flatMap(({ family, env }, i) =>
    (i < 2 ? threads : threads.slice(-1)).flatMap((count) =>
      ["nchw", "nhwc"].map((variant) => {
        const args = [pathOf("peers/pytorch.py")];
        const command = { program: found.python, args, env: env(count) };
        const modes: Job["mode"][] = i < 2 ? ["train", "infer"] : ["train"];
        return contender(command, { family, threads: count, variant, modes, runsLarger: true });
      })
    )
  );
}

function tfjs(threads: readonly number[]): Contender[] {
  const command = deno("peers/tfjs.ts", "peers/deno.json", ["--allow-all"]);
  const wasm = threads.flatMap((count) => [
    contender(
      command,
      { family: "tfjs wasm + fill-in", threads: count, variant: "wasm+fill", modes: ["train"] },
      "",
    ),
    contender(
      command,
      { family: "tfjs wasm", threads: count, variant: "wasm", modes: ["infer"] },
      "",
    ),
  ]);
  const shipped: Given = { family: "tfjs wasm", threads: 1, variant: "wasm", modes: ["train"] };
  const cpu: Given = { family: "tfjs cpu", threads: 1, variant: "cpu", modes: ["train"] };
  return [
    contender(command, shipped, ""),
    ...wasm,
    contender(command, { ...cpu, isSlow: true }, ""),
  ];
}

function jax(threads: readonly number[]): Contender[] {
  const command = deno("peers/jax.ts", "peers/deno.json", ["--allow-all"]);
  return [1, Math.max(...threads)].filter((n, i, all) => all.indexOf(n) === i).map((count) => {
    const given: Given = { family: "jax-js wasm", threads: count, variant: "", modes: ["train"] };
    return { ...contender(command, given), isSlow: true };
  });
}

function onnx(threads: readonly number[]): Contender[] {
  const command = deno("peers/onnx.ts", "peers/deno.json", ["--allow-all"]);
  return threads.map((count) =>
    contender(command, {
      family: "onnxruntime-web wasm",
      threads: count,
      variant: "",
      modes: ["infer"],
    })
  );
}

const NPM_PEERS = [
  { name: "TensorFlow.js", folders: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] },
  { name: "jax-js", folders: ["@jax-js/jax"] },
  { name: "onnxruntime-web", folders: ["onnxruntime-web"] },
] as const;

async function isInstalled(folders: readonly string[]): Promise<boolean> {
  try {
    for (const folder of folders) await Deno.stat(pathOf(`peers/node_modules/${folder}`));
    return true;
  } catch {
    return false;
  }
}

/** Lists everybody who is there, and who is not. */
export async function makeRoster(
  threads: readonly number[],
  torch: PyTorch | undefined,
): Promise<Roster> {
  const contenders = ours(threads);
  const missing: Missing[] = [];
  if (nativeBackend.isAvailable()) contenders.push(...native(threads));
  else missing.push({ name: "oneDNN and a BLAS for tapegrad native", install: INSTALL_NATIVE });
  if (torch === undefined) missing.push({ name: "PyTorch", install: INSTALL_PYTORCH });
  else contenders.push(...pytorch(torch, threads));
  if (torch !== undefined && torch.blas === undefined) {
    const name = "an optimized BLAS for PyTorch (unless it has its own)";
    missing.push({ name, install: INSTALL_BLAS });
  }
  const rosters = { "TensorFlow.js": tfjs, "jax-js": jax, "onnxruntime-web": onnx };
  for (const { name, folders } of NPM_PEERS) {
    if (await isInstalled(folders)) contenders.push(...rosters[name](threads));
    else missing.push({ name, install: INSTALL_NPM });
  }
  return { contenders, missing };
}
