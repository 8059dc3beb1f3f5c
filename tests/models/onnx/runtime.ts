// onnxruntime-web, the outside oracle for exported files: how to run one of them.

import type { HostArray, Tensor } from "../../../mod.ts";

interface OrtTensor {
  readonly type: string;
  readonly data: HostArray["data"] | BigInt64Array;
  readonly dims: readonly number[];
}

interface Session {
  run(inputs: Readonly<Record<string, OrtTensor>>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  readonly env: { wasm: { numThreads: number }; logLevel: string };
  readonly Tensor: new (
    type: string,
    data: OrtTensor["data"],
    dims: readonly number[],
  ) => OrtTensor;
  readonly InferenceSession: {
    create(file: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
}

/** Permissions for loading the package, and the WASM file in it. */
export const ORT_NEEDS = { read: true, env: true, sys: true } as const;

// By a name that the type checker does not follow: its types want a browser's.
const PACKAGE = "onnxruntime-web";
let loaded: Promise<Ort> | undefined;

async function load(): Promise<Ort> {
  const module = await import(PACKAGE);
  const ort: Ort = module.InferenceSession ? module : module.default;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return ort;
}

const ORT_NAMES: Readonly<Record<string, string>> = {
  float32: "float32",
  float64: "float64",
  int32: "int32",
  uint8: "uint8",
};

/** Runs a file on tensors, on one thread; int64 numbers as float64. */
export async function runOnnx(
  file: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
  graphOptimizationLevel: "all" | "disabled" = "disabled",
  kinds: Readonly<Record<string, string>> = {},
): Promise<Record<string, HostArray>> {
  const ort = await (loaded ??= load());
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ["wasm"],
    graphOptimizationLevel,
    logSeverityLevel: 3, // errors
  });
  const given64 = (kind: string | undefined, x: Tensor) =>
    kind === "int64" ? BigInt64Array.from(x.dataSync(), BigInt) : x.dataSync();
  const given = Object.entries(inputs).map(([name, x]) =>
    [
      name,
      new ort.Tensor(kinds[name] ?? ORT_NAMES[x.dtype], given64(kinds[name], x), [...x.shape]),
    ] as const
  );
  const results = await session.run(Object.fromEntries(given));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, data, dims }]) => [
      name,
      {
        shape: dims,
        dtype: type as HostArray["dtype"],
        data: data instanceof BigInt64Array ? Float64Array.from(data, Number) : data,
      },
    ]),
  );
}
