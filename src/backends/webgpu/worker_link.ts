/**
 * The way to a device in a worker, for reading at once: this thread sleeps until the answer is in
 * shared memory.
 *
 * @module
 */
import { type Batch, makeExecutor } from "./executor.ts";
import { type GpuAdapterInfo, type GpuLimits, REQUIRED_LIMITS } from "./gpu_types.ts";
import { deviceError, type Link, type WhenFull } from "./link.ts";

/** Places in the shared words: state, length of the fault, size of a full heap. */
const [STATE, FAULT_BYTES, FULL] = [0, 1, 2];
const [SENT, ANSWERED, FAILED] = [1, 2, 3];
/** Words before the bytes of answers. */
const HEAD = 16;
/** Most bytes of a fault's text. */
const FAULT_ROOM = 1024;
/** Unit in which the size of a full heap is told: it may not fit 32 bits. */
const PAGE = 2 ** 16;
/** Bytes of shared memory for answers, unless one is larger. */
const SMALLEST_ANSWER = 2 ** 16;

/**
 * The life of the worker, as source: makes a device, then runs what it is sent. What cannot be
 * answered is said in the place of the answer.
 */
const LIFE = `
const makeExecutor = ${makeExecutor};
function live(post) {
  let executor, state, answer;
  const tell = (value) => {
    Atomics.store(state, ${STATE}, value);
    Atomics.notify(state, ${STATE});
  };
  const failed = (fault) => {
    const bytes = new TextEncoder().encode(fault).subarray(0, ${FAULT_ROOM});
    new Uint8Array(state.buffer, ${4 * HEAD}).set(bytes);
    Atomics.store(state, ${FAULT_BYTES}, bytes.length);
    tell(${FAILED});
  };
  const events = {
    read(_, bytes, fault) {
      if (bytes === null) return failed(fault);
      new Uint8Array(answer).set(new Uint8Array(bytes));
      tell(${ANSWERED});
    },
    timed() {},
    compiled() {},
    full(bytes) { Atomics.store(state, ${FULL}, bytes / ${PAGE} + 1); },
  };
  async function start({ request, shared }, required) {
    state = new Int32Array(shared);
    try {
      const adapter = await globalThis.navigator?.gpu?.requestAdapter(request);
      if (!adapter) return post({ fault: "a worker finds no adapter here" });
      const requiredLimits = Object.fromEntries(required.map((name) => [name, adapter.limits[name]]));
      const device = await adapter.requestDevice({ requiredLimits });
      executor = makeExecutor(device, events);
      const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
      const limits = Object.fromEntries(required.map((name) => [name, device.limits[name]]));
      post({ info: { vendor, architecture, description, isFallbackAdapter }, limits });
    } catch (error) {
      post({ fault: String(error.message ?? error) });
    }
  }
  return (message) => {
    if (message.start) return start(message.start, ${JSON.stringify(REQUIRED_LIMITS)});
    if (message.define) return executor.define(...message.define);
    if (message.answer) answer = message.answer;
    if (message.batch) executor.submit(message.batch);
    if (message.close) executor?.close();
  };
}
`;

const NODE_SOURCE = `
const { parentPort } = process.getBuiltinModule("node:worker_threads");${LIFE}
parentPort.on("message", live((message) => parentPort.postMessage(message)));`;

const WEB_SOURCE = `${LIFE}
const hear = live((message) => postMessage(message));
onmessage = ({ data }) => hear(data);`;

/** Message from the worker when its device is there, or not. */
interface Hello {
  readonly fault?: string;
  readonly info: GpuAdapterInfo;
  readonly limits: GpuLimits;
}

interface NodeWorker {
  unref(): void;
  terminate(): void;
  postMessage(message: unknown): void;
  on(event: "message" | "error", listener: (value: never) => void): void;
}

interface NodeWorkers {
  Worker: new (source: string, options: object) => NodeWorker;
}

/** A worker, whoever runs it. */
interface Peer {
  readonly hello: Promise<Hello>;
  post(message: unknown): void;
  end(): void;
}

function startPeer(): Peer {
  const modules =
    (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
  const node = modules?.getBuiltinModule?.("node:worker_threads") as NodeWorkers | undefined;
  return node === undefined ? startWebWorker() : startNodeWorker(node);
}

function startNodeWorker({ Worker }: NodeWorkers): Peer {
  // Without an environment of its own a worker copies ours, for which Deno asks the user.
  const worker = new Worker(NODE_SOURCE, { eval: true, env: {} });
  const hello = new Promise<Hello>((resolve, reject) => {
    worker.on("message", (message: never) => {
      worker.unref(); // from now on nobody waits for a message
      resolve(message);
    });
    worker.on("error", (error: never) => reject(error));
  });
  return { hello, post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

function startWebWorker(): Peer {
  const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const hello = new Promise<Hello>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
  return { hello, post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

/** A way to a device, and what that is. */
export interface FoundLink {
  readonly link: Link;
  readonly info: GpuAdapterInfo;
  readonly limits: GpuLimits;
}

/** Starts a worker with a device of its own; throws why there is none. */
export async function workerLink(request: object, whenFull: WhenFull): Promise<FoundLink> {
  const shared = new SharedArrayBuffer(4 * HEAD + FAULT_ROOM);
  const state = new Int32Array(shared);
  const peer = startPeer();
  peer.post({ start: { request, shared } });
  const { fault, info, limits } = await peer.hello;
  if (fault !== undefined) {
    peer.end();
    throw new Error(fault);
  }
  let answer = new SharedArrayBuffer(SMALLEST_ANSWER);

  function waitHere(batch: Batch, bytes: number): ArrayBuffer {
    if (answer.byteLength < bytes) answer = new SharedArrayBuffer(bytes);
    Atomics.store(state, STATE, SENT);
    peer.post({ batch, answer });
    Atomics.wait(state, STATE, SENT);
    const full = Atomics.exchange(state, FULL, 0);
    if (full > 0) whenFull((full - 1) * PAGE);
    if (Atomics.load(state, STATE) === ANSWERED) return copyOf(answer, 0, bytes);
    const said = copyOf(shared, 4 * HEAD, Atomics.load(state, FAULT_BYTES));
    throw deviceError(new TextDecoder().decode(said));
  }

  const link: Link = {
    define: (...define) => peer.post({ define }),
    submit: (batch) => peer.post({ batch }),
    wait: () => Promise.reject(new TypeError("Cannot wait: this way to a device answers at once")),
    waitHere,
    close() {
      peer.post({ close: true });
      peer.end();
    },
  };
  return { link, info, limits };
}

function copyOf(shared: SharedArrayBuffer, start: number, length: number): ArrayBuffer {
  return new Uint8Array(shared, start, length).slice().buffer;
}
