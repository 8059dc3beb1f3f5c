/**
 * Workers that decode images while the main thread trains. Where they cannot be had, or cannot load
 * the decoders, the main thread decodes by itself: later, with the same result.
 *
 * A worker is inline source, as those of the WASM backend are, that imports the very module which
 * the main thread would use. From a registry that needs no permission in Deno; in a checkout it
 * needs `--allow-read` for the module, which readers of image folders mostly have.
 *
 * @module
 */
import { FileError } from "../../core/errors.ts";
import { decodeImage, type DecodeOptions, MODULE_URL } from "./decode.ts";
import type { Pixels } from "../../formats/pixels.ts";

const SOURCE = `
const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
const loaded = import(workerData);
loaded.catch(() => {}); // told with the first job
parentPort.on("message", async ({ id, bytes, name, options }) => {
  let decode;
  try {
    ({ decodeImage: decode } = await loaded);
  } catch {
    return parentPort.postMessage({ id, unable: true });
  }
  try {
    const image = await decode(new Uint8Array(bytes), name, options);
    parentPort.postMessage({ id, image }, [image.data.buffer]);
  } catch (error) {
    parentPort.postMessage({ id, error: { type: error?.name, message: error?.message } });
  }
});
`;

/** Answer of a worker. */
interface Answer {
  readonly id: number;
  readonly image?: Pixels;
  readonly error?: { readonly type: string; readonly message: string };
  /** True if it could not load the decoders. */
  readonly unable?: true;
}

interface NodeWorker {
  ref(): void;
  unref(): void;
  on(event: "message", listener: (answer: Answer) => void): void;
  on(event: "error", listener: () => void): void;
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  terminate(): Promise<unknown>;
}

interface NodeWorkers {
  Worker: new (source: string, options: NodeWorkerOptions) => NodeWorker;
}

interface NodeWorkerOptions {
  eval: true;
  workerData: string;
  env: Record<string, string>;
}

interface BuiltinModules {
  getBuiltinModule?(name: string): unknown;
}

/** Decodes one image, wherever. */
interface Job {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly options: DecodeOptions;
  readonly resolve: (image: Pixels | Promise<Pixels>) => void;
  readonly reject: (error: unknown) => void;
}

/** A worker with the jobs that it has not answered. */
interface Member {
  readonly worker: NodeWorker;
  readonly jobs: Map<number, Job>;
}

/** Decodes images on some workers. */
export class DecodePool {
  readonly #members: Member[] = [];
  #nextId = 0;

  /** Starts workers; with 0, or where none start, the main thread decodes. */
  constructor(workers: number, module: string = MODULE_URL) {
    const process = (globalThis as { process?: BuiltinModules }).process;
    const node = process?.getBuiltinModule?.("node:worker_threads") as NodeWorkers | undefined;
    for (let i = 0; i < workers && node !== undefined; i++) {
      const member = start(node, module);
      if (member === undefined) break;
      member.worker.on("message", (answer) => this.#settle(member, answer));
      member.worker.on("error", () => void this.#dismiss(member));
      this.#members.push(member);
    }
  }

  /** Number of workers at work. */
  get workers(): number {
    return this.#members.length;
  }

  /** Decodes an image file; `name` is that of the file in errors. */
  decode(bytes: Uint8Array, name: string, options: DecodeOptions): Promise<Pixels> {
    if (this.#members.length === 0) return decodeImage(bytes, name, options);
    const [idlest] = this.#members.toSorted((a, b) => a.jobs.size - b.jobs.size);
    const id = this.#nextId++;
    if (idlest.jobs.size === 0) idlest.worker.ref(); // an answer is worth waiting for
    return new Promise((resolve, reject) => {
      idlest.jobs.set(id, { bytes, name, options, resolve, reject });
      // A buffer and no view of it, of which Deno would look at every element.
      const { buffer } = bytes.slice();
      idlest.worker.postMessage({ id, bytes: buffer, name, options }, [buffer]);
    });
  }

  /** Ends the workers. What they have not answered the main thread decodes. */
  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => this.#dismiss(member)));
  }

  #settle(member: Member, { id, image, error, unable }: Answer): void {
    if (unable) return void this.#dismiss(member);
    const job = member.jobs.get(id);
    member.jobs.delete(id);
    if (member.jobs.size === 0) member.worker.unref();
    if (image !== undefined) job?.resolve(image);
    else job?.reject(errorOf(error!));
  }

  /** Dismisses a worker that cannot work: its jobs are done here. */
  async #dismiss(member: Member): Promise<void> {
    const at = this.#members.indexOf(member);
    if (at >= 0) this.#members.splice(at, 1);
    for (const { bytes, name, options, resolve } of member.jobs.values()) {
      resolve(decodeImage(bytes, name, options));
    }
    member.jobs.clear();
    await member.worker.terminate();
  }
}

function start({ Worker }: NodeWorkers, module: string): Member | undefined {
  try {
    // Without an environment of its own a worker copies ours, for which Deno asks the user.
    const worker = new Worker(SOURCE, { eval: true, workerData: module, env: {} });
    worker.unref();
    return { worker, jobs: new Map() };
  } catch {
    return undefined; // not allowed, or no threads at all
  }
}

/** Makes the error that the decoder has thrown on the other side. */
function errorOf({ type, message }: { type: string; message: string }): Error {
  if (type === "RangeError") return new RangeError(message);
  if (type === "FileError") return new FileError(message);
  return type === "SyntaxError" ? new SyntaxError(message) : new TypeError(message);
}
