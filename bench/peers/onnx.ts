/**
 * onnxruntime-web on its WASM backend as a peer: inference of model S.
 *
 * The package is imported by a name that the type checker does not follow: the project checks
 * without it.
 *
 * @module
 */
import { type Arrays, readArrays, transposed } from "../models/arrays.ts";
import { signsFile } from "./onnx_file.ts";
import { type Job, type Peer, servePeer } from "./protocol.ts";

interface OrtTensor {
  readonly data: Float32Array;
}

interface Ort {
  readonly env: {
    readonly wasm: { numThreads: number };
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly Tensor: new (
    type: "float32",
    data: Float32Array,
    shape: readonly number[],
  ) => OrtTensor;
  readonly InferenceSession: {
    create(file: Uint8Array, options: unknown): Promise<{
      run(inputs: Readonly<Record<string, OrtTensor>>): Promise<Record<string, OrtTensor>>;
    }>;
  };
}

const PACKAGE = "onnxruntime-web";

/** Puts the first image into the order of the library. */
function firstImage({ x }: Arrays): Float32Array {
  const { data } = transposed(x, [0, 3, 1, 2]);
  return Float32Array.from(data.subarray(0, data.length / x.shape[0]));
}

async function setUp({ inputs, threads }: Job): Promise<Peer> {
  const module = await import(PACKAGE);
  const ort: Ort = module.InferenceSession ? module : module.default;
  ort.env.wasm.numThreads = threads;
  const arrays = await readArrays(inputs);
  const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
  const session = await ort.InferenceSession.create(signsFile(arrays), options);
  const image = firstImage(arrays);
  const step = async () => {
    const { y } = await session.run({ x: new ort.Tensor("float32", image, [1, 3, 64, 64]) });
    return y.data;
  };
  return { version: `onnxruntime-web ${ort.env.versions.web}, ${threads} threads`, step };
}

await servePeer(setUp);
