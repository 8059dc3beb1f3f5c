/**
 * The WebGPU backend: tensors on a graphics device, in Deno, browsers and Node.
 *
 * Its programs are written for it when they are first needed. Reading takes time: `await x.data()`
 * waits for the device, and `item()`, `dataSync()` and `toArray()` throw, unless the backend is made
 * with `synchronousReads`.
 *
 * @example Train on the graphics device, if there is one
 * ```ts
 * import { matmul, tensor } from "@tapegrad/tapegrad";
 * import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
 * import { assertEquals } from "@std/assert";
 *
 * if (await webgpuBackend.isAvailable()) {
 *   using backend = await webgpuBackend();
 *   const a = tensor([[1, 2], [3, 4]], { backend });
 *   assertEquals([...await matmul(a, a).data()], [7, 10, 15, 22]);
 * }
 * ```
 *
 * @module
 */
import "../../default_backend.ts";
import { checkInteger } from "../../core/check_integer.ts";
import type { TypedArray } from "../../core/dtype.ts";
import { checkOptions } from "../../core/options.ts";
import { Fallbacks } from "../fallback.ts";
import type { Backend, NdArray } from "../kernels.ts";
import { type CommandCounts, Commands } from "./commands.ts";
import { findAdapter, findDevice, noDevice, type PowerPreference } from "./device.ts";
import type { GpuAdapterInfo, GpuDevice, GpuLimits } from "./gpu_types.ts";
import { type Link, localLink } from "./link.ts";
import { GpuMemory } from "./memory.ts";
import { Programs } from "./programs.ts";
import { recordSelfTest, unmetRequirements } from "./self_test.ts";
import { webgpuTable } from "./table.ts";
import { workerLink } from "./worker_link.ts";

export type { CommandCounts } from "./commands.ts";
export type { PowerPreference } from "./device.ts";
export type { GpuAdapterInfo } from "./gpu_types.ts";

/** Options of {@link webgpuBackend}. */
export interface WebgpuBackendOptions {
  /** A `GPUDevice` to use; that of an adapter of this machine by default. */
  readonly device?: object;
  /** The kind of adapter that is wanted, where there are several. */
  readonly powerPreference?: PowerPreference;
  /**
   * Keep the device in a worker, so that `item()`, `dataSync()` and `toArray()` can wait for it: in
   * Deno, Node, workers, and nowhere else, for a page must not wait. False by default.
   */
  readonly synchronousReads?: boolean;
  /** Bytes that tensors may take; what a buffer of the device can have by default. */
  readonly maxBytes?: number;
}

const KNOWN = "device powerPreference synchronousReads? maxBytes#";
/** Smallest heap. */
const FEWEST_BYTES = 2 ** 24;

/** A backend on a graphics device. */
export interface WebgpuBackend extends Backend {
  /** Facts that the adapter tells about itself. */
  readonly adapter: GpuAdapterInfo;
  /** Counts of what the device was told so far. */
  readonly commands: CommandCounts;
  /** Gives the device back; the backend must not be used afterwards. */
  close(): void;
}

/** Makes a backend; see {@link webgpuBackend}. */
export interface MakeWebgpuBackend {
  (options?: WebgpuBackendOptions): Promise<WebgpuBackend>;
  /** Returns true if there is an adapter here. */
  isAvailable(): Promise<boolean>;
}

/** Adapters that have passed the test in this program, by what they say of themselves. */
const tested = new Set<string>();

/** Refuses a device whose driver does not keep what programs rely on. */
async function testDevice(
  programs: Programs,
  { vendor, architecture, description }: GpuAdapterInfo,
  close: () => void,
): Promise<void> {
  const name = [vendor, architecture, description].filter((part) => part !== "").join(" ");
  if (tested.has(name)) return;
  const { memory, commands } = programs;
  try {
    const y = recordSelfTest(programs);
    const results = commands.canWait ? memory.readHere(y, "test a device") : await memory.read(y);
    memory.free(y);
    const unmet = unmetRequirements(results);
    if (unmet.length === 0) return void tested.add(name);
    throw new Error(
      `Cannot make webgpu backend: the driver must keep to IEEE 754 where results depend on it: ` +
        `${name} fails in ${unmet.join(", ")}; another driver or adapter may do better`,
    );
  } catch (error) {
    close();
    throw error;
  }
}

/** A way to a device, and what is known of it. */
interface Found {
  readonly link: Link;
  readonly info: GpuAdapterInfo;
  readonly limits: GpuLimits;
}

const NO_INFO: GpuAdapterInfo = { vendor: "", architecture: "", description: "" };

async function findLink(
  { device, powerPreference, synchronousReads }: WebgpuBackendOptions,
  whenFull: (bytes: number) => void,
): Promise<Found> {
  if (synchronousReads !== true) {
    const found = device as GpuDevice | undefined ?? await findDevice(powerPreference);
    const { adapterInfo: info = NO_INFO, limits } = found;
    return { link: localLink(found, whenFull), info, limits };
  }
  if (device !== undefined) {
    throw new TypeError(
      "Cannot make webgpu backend: a device must stay where it is: synchronousReads puts one in a " +
        "worker; leave device or synchronousReads out",
    );
  }
  try {
    const request = powerPreference === undefined ? {} : { powerPreference };
    return await workerLink(request, whenFull);
  } catch (error) {
    throw noDevice((error as Error).message);
  }
}

async function makeBackend(options: WebgpuBackendOptions = {}): Promise<WebgpuBackend> {
  options = checkOptions("make webgpu backend", options, KNOWN);
  const { maxBytes } = options;
  if (maxBytes !== undefined) {
    checkInteger("make webgpu backend", "maxBytes", maxBytes, FEWEST_BYTES, 2 ** 34);
  }
  const { link, info, limits } = await findLink(options, (bytes) => memory.limitTo(bytes));
  const commands = new Commands(link);
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const memory = new GpuMemory(commands, Math.min(maxBytes ?? most, most));
  const fallbacks = new Fallbacks();
  const programs = new Programs(commands, memory);
  const { kernels, stepIfFinite } = webgpuTable(programs, fallbacks);
  await testDevice(programs, info, () => link.close());
  const readHere = (x: NdArray) => memory.readHere(x, "read").slice();
  return {
    name: "webgpu",
    kernels,
    adapter: info,
    fallbacks,
    get commands() {
      return commands.counts;
    },
    get liveBytes() {
      return memory.liveBytes;
    },
    read: (x: NdArray): Promise<TypedArray> =>
      commands.canWait ? Promise.resolve(readHere(x)) : memory.read(x),
    ...(commands.canWait ? { readSync: readHere } : { stepIfFinite }),
    ...(commands.canTime ? { timeKernels: () => commands.startTime() } : {}),
    ...(link.watchPrograms === undefined ? {} : { watchPrograms: link.watchPrograms }),
    close: () => link.close(),
    [Symbol.dispose]: () => link.close(),
  };
}

/**
 * Makes a backend whose tensors live on a graphics device.
 *
 * float32, int32 and uint8 are on the device; float64, and the little that has no program, is
 * computed in plain loops on the host and counted in `fallbacks`.
 *
 * @param options `device`, `powerPreference`, `synchronousReads`, `maxBytes`.
 * @returns a new backend with memory of its own.
 * @throws {Error} if there is no device: it says why, and what to do.
 * @throws {RangeError} if maxBytes is no such number.
 * @throws {TypeError} if both a device and synchronousReads are given.
 */
export const webgpuBackend: MakeWebgpuBackend = Object.assign(makeBackend, {
  isAvailable: async () => await findAdapter().catch(() => undefined) !== undefined,
});
