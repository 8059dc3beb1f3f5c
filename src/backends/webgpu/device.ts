/**
 * Finds a device: the caller's, or that of an adapter of this machine; or says why there is none.
 *
 * @module
 */
import {
  type Gpu,
  type GpuAdapter,
  type GpuDevice,
  REQUIRED_LIMITS,
  WANTED_FEATURES,
} from "./gpu_types.ts";

/** The kind of adapter that is wanted, where there are several. */
export type PowerPreference = "low-power" | "high-performance";

/** Makes the error of a machine without a device. */
export function noDevice(why: string): Error {
  return new Error(
    `Cannot make webgpu backend: there must be a device: ${why}; pages need https (or localhost) ` +
      "and a browser with WebGPU (chromium --enable-unsafe-webgpu, where it does not trust the " +
      "driver); Deno and Node need a Vulkan, Metal or D3D12 driver (Debian: mesa-vulkan-drivers), " +
      "Node the package webgpu, too: globalThis.navigator = { gpu: create([]) }",
  );
}

/** Looks where browsers, Deno and packages for Node put it. */
function gpuHere(): Gpu | undefined {
  return (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
}

/** Finds an adapter; undefined where there is none. */
export async function findAdapter(
  powerPreference?: PowerPreference,
): Promise<GpuAdapter | undefined> {
  const request = powerPreference === undefined ? {} : { powerPreference };
  return await gpuHere()?.requestAdapter(request) ?? undefined;
}

/** Makes a device with the largest limits that its adapter has. */
export async function findDevice(powerPreference?: PowerPreference): Promise<GpuDevice> {
  if (gpuHere() === undefined) throw noDevice("navigator.gpu is not there");
  let adapter: GpuAdapter | undefined;
  try {
    adapter = await findAdapter(powerPreference);
    if (adapter !== undefined) return await deviceOf(adapter);
  } catch (error) {
    throw noDevice(`the adapter gives none: ${(error as Error).message}`);
  }
  throw noDevice("no adapter was found");
}

async function deviceOf(adapter: GpuAdapter): Promise<GpuDevice> {
  const limits = REQUIRED_LIMITS.map((name) => [name, adapter.limits[name]]);
  const device = await adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(limits),
  });
  if (device.adapterInfo === undefined) {
    Object.defineProperty(device, "adapterInfo", { value: adapter.info });
  }
  return device;
}
