// Runs cells in Deno's own Jupyter kernel, which is part of the `deno` program: cells mean here what
// they mean in a notebook, and no Jupyter is needed.
//
// Source: "Messaging in Jupyter", version 5.3 of the protocol, jupyter-client.readthedocs.io.

import type { Output } from "./notebook.ts";
import { type Frame, Socket } from "./zeromq.ts";

/** Ends the addresses of a message; what follows are its four parts. */
const DELIMITER = "<IDS|MSG>";

/** Milliseconds: to start in, and between two attempts to connect. */
const [START, RETRY] = [60_000, 20];

/** Options of {@link DenoKernel.run}. */
export interface RunOptions {
  /** Milliseconds after which a cell is given up; 300,000 by default. */
  readonly timeout?: number;
}

interface Message {
  readonly type: string;
  /** The id of the request that it belongs to. */
  readonly request?: string;
  // deno-lint-ignore no-explicit-any -- the protocol's: a different shape for every type
  readonly content: any;
}

/** A running kernel. */
export class DenoKernel {
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #session = crypto.randomUUID();
  #shell!: Socket;
  #published!: Socket;

  private constructor(process: Deno.ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts a kernel whose working folder is that of the notebook. */
  static async start(workingFolder: URL): Promise<DenoKernel> {
    const folder = await Deno.makeTempDir({ prefix: "tapegrad-kernel-" });
    const connection = connectionTo(freePorts(5));
    const file = `${folder}/connection.json`;
    await Deno.writeTextFile(file, JSON.stringify(connection));
    const process = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd: workingFolder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const kernel = new DenoKernel(process, folder);
    try {
      await kernel.#within(START, "start kernel", () => kernel.#connect(connection));
      return kernel;
    } catch (error) {
      await kernel.close();
      throw error;
    }
  }

  async #connect(connection: ReturnType<typeof connectionTo>): Promise<void> {
    this.#shell = await connectWhenOpen(connection.shell_port, "DEALER", this.#process);
    this.#published = await connectWhenOpen(connection.iopub_port, "SUB", this.#process);
    await this.#untilHeard();
  }

  /**
   * Asks until what is published arrives: a subscription counts once the kernel has read it, and
   * nothing says when that is.
   */
  async #untilHeard(): Promise<void> {
    let isHeard = false;
    this.#receive(this.#published).then(() => isHeard = true, () => {}); // an end is met below
    while (!isHeard) {
      await this.#answer(await this.#send("kernel_info_request", {}));
      await wait(RETRY);
    }
  }

  /** Runs one cell: what it printed, displayed and threw, in order. */
  async run(source: string, { timeout = 300_000 }: RunOptions = {}): Promise<Output[]> {
    return await this.#within(timeout, "run cell", async () => {
      await this.#execute(source, { isCounted: true });
      return merged(await this.#outputs());
    });
  }

  async #execute(code: string, { isCounted }: { readonly isCounted: boolean }): Promise<void> {
    const id = await this.#send("execute_request", {
      code,
      silent: false,
      store_history: isCounted,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: false,
    });
    await this.#answer(id);
  }

  /**
   * All that has been published since the last call. This kernel says that it is idle before the
   * last outputs are out, but keeps them in order. So it prints a line, after which there are none.
   */
  async #outputs(): Promise<Output[]> {
    const last = `${crypto.randomUUID()}\n`;
    await this.#execute(`console.log(${JSON.stringify(last.trimEnd())})`, { isCounted: false });
    const outputs: Output[] = [];
    while (true) {
      const { type, content } = await this.#receive(this.#published);
      const output = outputOf(type, content);
      if (output?.output_type === "stream" && output.text === last) return outputs;
      if (output !== undefined) outputs.push(output);
    }
  }

  /** The answer to a request, which comes apart from what is published. */
  async #answer(id: string): Promise<void> {
    while ((await this.#receive(this.#shell)).request !== id);
  }

  /** Sends a request; returns its id. */
  async #send(type: string, content: object): Promise<string> {
    const id = crypto.randomUUID();
    const header = {
      "msg_id": id,
      "msg_type": type,
      session: this.#session,
      username: "tapegrad",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const signature = ""; // none, where the key is empty
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const encoder = new TextEncoder();
    await this.#shell.send([DELIMITER, signature, ...parts].map((part) => encoder.encode(part)));
    return id;
  }

  async #receive(socket: Socket): Promise<Message> {
    const frames = (await socket.receive()).map((frame: Frame) => new TextDecoder().decode(frame));
    const [header, request, , content] = frames.slice(frames.indexOf(DELIMITER) + 2)
      .map((part) => JSON.parse(part));
    return { type: header.msg_type, request: request.msg_id, content };
  }

  /** Does something in time, or ends the kernel, so that nobody waits any more. */
  async #within<T>(milliseconds: number, action: string, run: () => Promise<T>): Promise<T> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#process.kill("SIGKILL");
    }, milliseconds);
    try {
      return await run();
    } catch (error) {
      if (!isLate) throw error;
      throw new RangeError(`Cannot ${action}: it must be done in ${milliseconds} ms: it was not`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the kernel. */
  async close(): Promise<void> {
    this.#shell?.close();
    this.#published?.close();
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function connectionTo([shell, iopub, stdin, control, heartbeat]: readonly number[]) {
  return {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: heartbeat,
    signature_scheme: "hmac-sha256",
    key: "",
  };
}

/** Ports that nobody listens at: the system gives them, all different, and takes them back. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

/** Connects as soon as the kernel listens; fails if it ends before. */
async function connectWhenOpen(
  port: number,
  type: "DEALER" | "SUB",
  process: Deno.ChildProcess,
): Promise<Socket> {
  let hasEnded = false;
  process.status.then(() => hasEnded = true);
  while (true) {
    try {
      return await Socket.connect(port, type);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      if (hasEnded) throw new TypeError("Cannot start kernel: it must stay alive: it has ended");
      await wait(RETRY);
    }
  }
}

async function wait(milliseconds: number): Promise<void> {
  await new Promise((done) => setTimeout(done, milliseconds));
}

/** Makes the output that a message adds to a cell; nothing, if it is about something else. */
function outputOf(type: string, content: Message["content"]): Output | undefined {
  switch (type) {
    case "stream":
      return { output_type: type, name: content.name, text: content.text };
    case "execute_result": {
      const { data, metadata, execution_count } = content;
      return { output_type: type, data, metadata, execution_count };
    }
    case "display_data":
      return { output_type: type, data: content.data, metadata: content.metadata };
    case "error": {
      const { ename, evalue, traceback } = content;
      return { output_type: type, ename, evalue, traceback };
    }
    case "status":
    case "execute_input":
      return undefined;
    default:
      throw new TypeError(
        `Cannot run cell: outputs must be text, values, pictures or errors: got ${type}`,
      );
  }
}

/** Lines that are printed one after the other are one output. */
function merged(outputs: readonly Output[]): Output[] {
  const list: Output[] = [];
  for (const output of outputs) {
    const last = list.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream") {
      if (last.name === output.name) {
        list[list.length - 1] = { ...last, text: last.text + output.text };
        continue;
      }
    }
    list.push(output);
  }
  return list;
}
