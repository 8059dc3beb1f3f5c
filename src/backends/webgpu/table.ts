/**
 * The table of kernels: programs of this backend, composed ones where a program declines, and the
 * reference's loops on the host for the rest.
 *
 * @module
 */
import type { DType } from "../../core/dtype.ts";
import { composedKernels, type ComposedName } from "../composed/mod.ts";
import { DECLINED, type Fallbacks, type FastTable, type Run, withFallback } from "../fallback.ts";
import type { Backend, Kernels } from "../kernels.ts";
import { referenceKernels } from "../reference/kernels.ts";
import { convKernels } from "./kernels/convolution.ts";
import { dropoutKernels } from "./kernels/dropout.ts";
import { elementwiseKernels } from "./kernels/elementwise.ts";
import { imageKernels } from "./kernels/images.ts";
import { moveKernels } from "./kernels/moves.ts";
import { normKernels } from "./kernels/norms.ts";
import { optimizerKernels } from "./kernels/optimizer.ts";
import { pairLossKernels } from "./kernels/pair_losses.ts";
import { pickKernels } from "./kernels/picks.ts";
import { poolKernels } from "./kernels/pools.ts";
import { productKernels } from "./kernels/products.ts";
import { reduceKernels } from "./kernels/reduce.ts";
import { rowKernels } from "./kernels/rows.ts";
import type { Programs } from "./programs.ts";

/** Dtypes that are on the device. */
const ON_DEVICE: readonly DType[] = ["float32", "int32", "uint8"];
const INTEGERS_TOO = ON_DEVICE;

/** Kernels that take integers. */
const DTYPES_OF: FastTable["dtypesOf"] = {
  create: ["float32", "float64", "int32", "uint8"],
  ...Object.fromEntries(
    ([
      "fill",
      "copy",
      "assignInPlace",
      "unary",
      "binary",
      "compare",
      "where",
      "addInPlace",
      "cast",
      "transpose",
      "broadcastTo",
      "pad",
      "concat",
      "slice",
      "sliceGrad",
      "gather",
      "scatterAdd",
      "oneHot",
      "reduce",
      "cumsum",
    ] as const).map((name) => [name, INTEGERS_TOO]),
  ),
};

/** Kernels whose program may leave a call to one that is composed of others. */
const COMPOSED_TOO: readonly ComposedName[] = [
  "softmax",
  "logSoftmax",
  "softmaxCE",
  "softmaxCEGrad",
  "moments",
  "normalizeGrad",
];

/** The table, and what is no kernel of its own. */
export interface WebgpuTable {
  readonly kernels: Kernels;
  /** See `Backend.stepIfFinite`. */
  readonly stepIfFinite: NonNullable<Backend["stepIfFinite"]>;
}

/** Makes the table; calls that run on the host are counted. */
export function webgpuTable(g: Programs, fallbacks: Fallbacks): WebgpuTable {
  const { memory } = g;
  const { stepInPlace, stepIfFinite } = optimizerKernels(g);
  const host = referenceKernels(memory);
  const own: FastTable["kernels"] = {
    create: ({ shape, dtype, data }) => memory.create(shape, dtype, data),
    read: (x) => memory.readHere(x, "read").slice(),
    free: memory.free,
    firstOutOfRange: (x, low, high, except) =>
      memory.readHere(x, "look for indices out of range")
        .findIndex((v: number) => (v < low || v >= high) && v !== except),
    ...elementwiseKernels(g),
    ...moveKernels(g),
    ...reduceKernels(g),
    ...productKernels(g),
    ...convKernels(g),
    ...poolKernels(g),
    ...imageKernels(g),
    ...pickKernels(g),
    ...rowKernels(g),
    ...normKernels(g),
    ...pairLossKernels(g),
    ...dropoutKernels(g),
    stepInPlace,
  };
  const reference = fallbacks.counting(host);
  const table = { kernels: own, dtypes: ["float32"] as const, dtypesOf: DTYPES_OF };
  const composed = composedKernels(withFallback(reference, table));
  const kernels = { ...own, ...composing(own, composed) };
  return { kernels: withFallback(reference, { ...table, kernels }), stepIfFinite };
}

/** Programs that leave what they decline to composed kernels. */
function composing(own: FastTable["kernels"], composed: Kernels): FastTable["kernels"] {
  const entries = COMPOSED_TOO.map((name) => {
    const [program, others] = [own[name] as Run, composed[name] as Run];
    const run: Run = (a, b, c, d, e, f) => {
      const y = program(a, b, c, d, e, f);
      return y === DECLINED ? others(a, b, c, d, e, f) : y;
    };
    return [name, run];
  });
  return Object.fromEntries(entries);
}
