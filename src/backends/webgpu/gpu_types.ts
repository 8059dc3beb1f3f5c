/**
 * The part of WebGPU that this backend uses, as types of its own: TypeScript's `dom` library does
 * not have them everywhere.
 *
 * @module
 */

/** Facts about an adapter. */
export interface GpuAdapterInfo {
  /** Vendor, as `nvidia`; may be empty. */
  readonly vendor: string;
  /** Family of devices; may be empty. */
  readonly architecture: string;
  /** Name for people; may be empty. */
  readonly description: string;
  /** True where the processor takes the place of a graphics device. */
  readonly isFallbackAdapter?: boolean;
}

/** Limits that matter here. */
export interface GpuLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
}

/** Limits of an adapter that are asked for, as large as it has them. */
export const REQUIRED_LIMITS: readonly (keyof GpuLimits)[] = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
];

/** Features that are asked for where an adapter has them. */
export const WANTED_FEATURES: readonly string[] = ["timestamp-query"];

/** A graphics device that can be asked for. */
export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: GpuLimits;
  requestDevice(descriptor: {
    readonly label?: string;
    readonly requiredFeatures?: readonly string[];
    readonly requiredLimits?: Readonly<Record<string, number>>;
  }): Promise<GpuDevice>;
}

/** Place of adapters: `navigator.gpu`. */
export interface Gpu {
  requestAdapter(
    options?: { readonly powerPreference?: "low-power" | "high-performance" },
  ): Promise<GpuAdapter | null>;
}

/** Memory of a device. */
export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number, offset?: number, size?: number): Promise<void>;
  getMappedRange(offset?: number, size?: number): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** Something opaque: a layout, a group, a compiled program, a list of commands. */
export type GpuObject = object;

/** A program's text, compiled. */
export interface GpuModule {
  getCompilationInfo(): Promise<{ readonly messages: readonly { readonly message: string }[] }>;
}

/** Commands that compute. */
export interface GpuComputePass {
  setPipeline(pipeline: GpuObject): void;
  setBindGroup(index: number, group: GpuObject, offsets: readonly number[]): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

/** A list of commands under way. */
export interface GpuEncoder {
  beginComputePass(descriptor?: object): GpuComputePass;
  copyBufferToBuffer(
    source: GpuBuffer,
    sourceOffset: number,
    target: GpuBuffer,
    targetOffset: number,
    size: number,
  ): void;
  resolveQuerySet(
    set: GpuObject,
    first: number,
    count: number,
    target: GpuBuffer,
    offset: number,
  ): void;
  finish(): GpuObject;
}

/** An error of a device. */
export interface GpuError {
  readonly message: string;
}

/** A graphics device. */
export interface GpuDevice {
  readonly adapterInfo?: GpuAdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: GpuLimits;
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>;
  readonly queue: {
    writeBuffer(
      buffer: GpuBuffer,
      offset: number,
      data: ArrayBufferView,
      dataOffset?: number,
      size?: number,
    ): void;
    submit(commands: readonly GpuObject[]): void;
  };
  createBuffer(descriptor: { label?: string; size: number; usage: number }): GpuBuffer;
  createShaderModule(descriptor: { label?: string; code: string }): GpuModule;
  createBindGroupLayout(descriptor: object): GpuObject;
  createPipelineLayout(descriptor: object): GpuObject;
  createBindGroup(descriptor: object): GpuObject;
  createComputePipelineAsync(descriptor: object): Promise<GpuObject>;
  createQuerySet(descriptor: { type: "timestamp"; count: number }): GpuObject;
  createCommandEncoder(): GpuEncoder;
  pushErrorScope(filter: "validation" | "out-of-memory" | "internal"): void;
  popErrorScope(): Promise<GpuError | null>;
  addEventListener(type: "uncapturederror", listener: (event: { error: GpuError }) => void): void;
  destroy(): void;
}
