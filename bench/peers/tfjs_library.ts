/**
 * TensorFlow.js, loaded on one of its backends, and the little of its types that is used here.
 *
 * It is imported by a name that the type checker does not follow: the project checks without it.
 *
 * @module
 */

/** A tensor of TensorFlow.js, or a variable. */
export interface TfTensor {
  readonly name: string;
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
  assign(value: TfTensor): void;
}

type Size = number | number[];

/** Functions of TensorFlow.js. */
export interface Tf {
  readonly version: Readonly<Record<string, string>>;
  readonly losses: { softmaxCrossEntropy(labels: TfTensor, logits: TfTensor): TfTensor };
  readonly train: {
    adam(rate: number, beta1: number, beta2: number, epsilon: number): {
      minimize(loss: () => TfTensor, returnCost: true, variables: TfTensor[]): TfTensor;
    };
  };
  readonly image: { resizeNearestNeighbor(x: TfTensor, size: [number, number]): TfTensor };
  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  div(a: TfTensor, b: TfTensor): TfTensor;
  equal(a: TfTensor, b: TfTensor): TfTensor;
  cast(x: TfTensor, dtype: string): TfTensor;
  sqrt(x: TfTensor): TfTensor;
  square(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  softmax(x: TfTensor): TfTensor;
  zerosLike(x: TfTensor): TfTensor;
  pad(x: TfTensor, amounts: [number, number][]): TfTensor;
  slice(x: TfTensor, begin: number[], size: number[]): TfTensor;
  reverse(x: TfTensor, axes: number[]): TfTensor;
  transpose(x: TfTensor, axes: number[]): TfTensor;
  reshape(x: TfTensor, shape: number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  conv2d(x: TfTensor, w: TfTensor, stride: number, padding: string): TfTensor;
  maxPool(x: TfTensor, size: Size, stride: Size, padding: string): TfTensor;
  tensor(data: Float32Array | Int32Array, shape: readonly number[], dtype?: string): TfTensor;
  oneHot(labels: TfTensor, classes: number): TfTensor;
  variable(value: TfTensor, trainable: boolean): TfTensor;
  variableGrads(loss: () => TfTensor, variables: TfTensor[]): {
    readonly value: TfTensor;
    readonly grads: Readonly<Record<string, TfTensor>>;
  };
  tidy<Result>(make: () => Result): Result;
  ready(): Promise<void>;
  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  env(): { set(flag: string, value: boolean): void };
  getKernel(name: string, backend: string): unknown;
  unregisterKernel(name: string, backend: string): void;
  registerKernel(config: KernelConfig): void;
}

/** Registration of a kernel with TensorFlow.js. */
export interface KernelConfig {
  readonly kernelName: string;
  readonly backendName: string;
  readonly kernelFunc: (call: {
    readonly inputs: Readonly<Record<string, TfTensor>>;
    readonly attrs: Readonly<Record<string, number & number[]>>;
  }) => TfTensor;
}

interface WasmPackage {
  setWasmPaths(folder: string): void;
  setThreadsCount(threads: number): void;
  getThreadsCount(): number;
}

/** Imports a package whether its exports are its own or those of its default export. */
async function load<T>(name: string, has: string): Promise<T> {
  const module = await import(name);
  return (has in module ? module : module.default) as T;
}

/** Loads TensorFlow.js on a backend, with its version. */
export async function loadTf(
  backend: "cpu" | "wasm",
  threads: number,
): Promise<{ readonly tf: Tf; readonly version: string }> {
  const tf = await load<Tf>("@tensorflow/tfjs", "tensor");
  let note = () => "";
  if (backend === "wasm") note = await prepareWasm(tf, threads);
  if (!await tf.setBackend(backend)) throw new TypeError(`no backend ${backend} here`);
  await tf.ready();
  return { tf, version: `TensorFlow.js ${tf.version["tfjs-core"]}, ${backend} backend${note()}` };
}

async function prepareWasm(tf: Tf, threads: number): Promise<() => string> {
  if (threads > 1) {
    const { allowThreads } = await import("./tfjs_threads.ts");
    allowThreads(threads);
  }
  const wasm = await load<WasmPackage>("@tensorflow/tfjs-backend-wasm", "setWasmPaths");
  const folder = new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);
  wasm.setWasmPaths(folder.pathname);
  tf.env().set("WASM_HAS_SIMD_SUPPORT", true);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads > 1);
  if (threads > 1) wasm.setThreadsCount(threads);
  return () => `, SIMD, threads: ${threads > 1 ? wasm.getThreadsCount() : 1}`;
}
