/**
 * Messages between the bench and its peers: lines of JSON.
 *
 * A peer is a process. Its last argument says what to do; it sets up, proves with its results that
 * it does that work, and then times so many seconds of steps whenever a line asks it to. So all
 * peers are ready at once, and take turns. Peers import this: it depends on nothing but types.
 *
 * @module
 */
import type { LargerModel } from "../models/larger.ts";
import { timeSteps } from "../support/timing.ts";

/** Task of a peer, its last argument. */
export interface Job {
  /** Model to run. */
  readonly model: "S" | "M" | LargerModel;
  readonly mode: "train" | "infer";
  /** Path of the inputs, without the extension. */
  readonly inputs: string;
  readonly threads: number;
  /** Losses to compute before timing. */
  readonly steps: number;
  /** Setting that only this peer understands. */
  readonly variant: string;
}

/** Asks for timings. */
export interface Turn {
  readonly seconds: number;
  readonly atLeast: number;
}

/** Message from a peer. */
export type Message =
  /** The first step is done; how long after the start of the process, the bench knows. */
  | { readonly event: "first" }
  /** `proof` is losses of the first steps or probabilities; `milliseconds` is of those steps. */
  | {
    readonly event: "ready";
    readonly proof: readonly number[];
    readonly milliseconds: readonly number[];
    readonly version: string;
  }
  | { readonly event: "turn"; readonly milliseconds: readonly number[] }
  | { readonly event: "failed"; readonly reason: string };

/** Precedes a message on standard output, where libraries write what they like. */
export const MARK = "@bench ";

/** A peer that is set up. */
export interface Peer {
  /** Name and version of the library, and how it runs. */
  readonly version: string;
  /**
   * Does a training step, returning the loss before it, or an inference, returning probabilities.
   */
  step(): number | ArrayLike<number> | Promise<number | ArrayLike<number>>;
}

/** No step is begun for the proof after this many ms, once there are two. */
const PROOF_MS = 20_000;

/** Runs a peer from start to end; ends the process. */
export async function servePeer(setUp: (job: Job) => Promise<Peer> | Peer): Promise<never> {
  try {
    const job: Job = JSON.parse(Deno.args.at(-1)!);
    const peer = await setUp(job);
    await prove(peer, job);
    for await (const turn of turns()) {
      say({ event: "turn", milliseconds: await timeSteps(() => peer.step(), turn) });
    }
  } catch (error) {
    console.error(error);
    const reason = error instanceof Error ? error.message : String(error);
    say({ event: "failed", reason: reason.split("\n")[0].slice(0, 200) });
  }
  Deno.exit(0);
}

async function prove(peer: Peer, { mode, steps }: Job): Promise<void> {
  const proof: number[] = [];
  const milliseconds: number[] = [];
  const wanted = mode === "train" ? steps : 1;
  while (milliseconds.length < wanted && !isLate(milliseconds)) {
    const start = performance.now();
    const result = await peer.step();
    milliseconds.push(performance.now() - start);
    if (milliseconds.length === 1) say({ event: "first" });
    proof.push(...(typeof result === "number" ? [result] : Array.from(result)));
  }
  say({ event: "ready", proof, milliseconds, version: peer.version });
}

function isLate(milliseconds: readonly number[]): boolean {
  return milliseconds.length > 1 && milliseconds.reduce((sum, ms) => sum + ms) > PROOF_MS;
}

function say(message: Message): void {
  const line = new TextEncoder().encode(`${MARK}${JSON.stringify(message)}\n`);
  for (let at = 0; at < line.length;) at += Deno.stdout.writeSync(line.subarray(at));
}

/** Yields the turns that lines of standard input ask for. */
async function* turns(): AsyncGenerator<Turn> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}
