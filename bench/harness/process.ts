/**
 * A peer as the bench sees it: a process that answers lines with lines.
 *
 * @module
 */
import { type Job, MARK, type Message, type Turn } from "../peers/protocol.ts";

/** Command that starts a peer. */
export interface Command {
  readonly program: string;
  /** Arguments before the job, which is the last one. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Results by which a peer shows its work before it is timed. */
export interface Proof {
  /** Losses of the first steps, or probabilities. */
  readonly numbers: readonly number[];
  /** Milliseconds of each of those steps. */
  readonly milliseconds: readonly number[];
  readonly version: string;
  /** Milliseconds from the start of the process to the end of the first step. */
  readonly startMs: number;
}

const KEPT_ERROR_LINES = 200;

/** A running peer. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #started: number;
  readonly #messages: AsyncGenerator<Message>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #errors: Promise<string>;

  /** Starts a peer. */
  constructor({ program, args, env }: Command, job: Job) {
    this.#started = performance.now();
    this.#child = new Deno.Command(program, {
      args: [...args, JSON.stringify(job)],
      env: { ...env, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#messages = messagesOf(this.#child.stdout);
    this.#input = this.#child.stdin.getWriter();
    this.#errors = lastLines(this.#child.stderr);
  }

  /** Waits for the proof; throws a TypeError that says why there is none. */
  async prove(limitMs: number): Promise<Proof> {
    let startMs = NaN;
    while (true) {
      const message = await this.#next(limitMs);
      if (message.event === "first") startMs = performance.now() - this.#started;
      if (message.event !== "ready") continue;
      const { proof: numbers, milliseconds, version } = message;
      return { numbers, milliseconds, version, startMs };
    }
  }

  /** Waits for the first step only; returns milliseconds since the start of the process. */
  async first(limitMs: number): Promise<number> {
    while ((await this.#next(limitMs)).event !== "first");
    return performance.now() - this.#started;
  }

  /** Has the peer time its steps; returns the milliseconds of each. */
  async turn(turn: Turn, limitMs: number): Promise<readonly number[]> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(turn)}\n`));
    while (true) {
      const message = await this.#next(limitMs);
      if (message.event === "turn") return message.milliseconds;
    }
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#input.abort().catch(() => {});
    await this.#child.status;
    await this.#errors;
  }

  async #next(limitMs: number): Promise<Message> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const seconds = Math.round(limitMs / 1000);
      timer = setTimeout(() => reject(new TypeError(`no answer in ${seconds} s`)), limitMs);
    });
    try {
      const { value, done } = await Promise.race([this.#messages.next(), late]);
      if (done) throw new TypeError((await this.#errors) || "it ended without a word");
      if (value.event === "failed") throw new TypeError(value.reason);
      return value;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* messagesOf(output: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  for await (const line of linesOf(output)) {
    if (line.startsWith(MARK)) yield JSON.parse(line.slice(MARK.length));
  }
}

/** Returns the last line of an output that says something, once it has ended. */
async function lastLines(output: ReadableStream<Uint8Array>): Promise<string> {
  const kept: string[] = [];
  for await (const line of linesOf(output)) {
    if (kept.push(line) > KEPT_ERROR_LINES) kept.shift();
  }
  return kept.findLast((line) => line.trim() !== "")?.trim().slice(0, 200) ?? "";
}

async function* linesOf(output: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoderStream() as TransformStream<Uint8Array, string>;
  for await (const text of output.pipeThrough(decoder)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
