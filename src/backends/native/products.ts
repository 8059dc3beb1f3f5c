/**
 * Products of matrices by oneDNN in float32, which adds the bias and applies relu on the way, and by
 * BLAS in float64, or where there is no oneDNN.
 *
 * @module
 */
import type { MatmulBatch, MatmulGeometry } from "../../core/geometry/mod.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { FusedActivation, NdArray } from "../kernels.ts";
import type { Blas } from "./blas.ts";
import { isUsualProduct } from "./limits.ts";
import type { Machine } from "./machine.ts";
import type { Onednn } from "./onednn/library.ts";
import type { Plan } from "./onednn/plan.ts";
import { planProduct, type ProductRequest } from "./onednn/product.ts";

type ProductKernels = Pick<FastKernels, "matmul">;

/**
 * Multiplications from which on a library is called for float32. An 8 × 16 matrix times one of 16 × 4
 * takes 1.8 µs in WebAssembly and 3.3 by oneDNN, 64 × 64 times 64 × 10 takes 4.9 and 4.5.
 */
const FEWEST_PRODUCTS = 2 ** 14;

/** One product, of the first matrices. */
const ONE: MatmulBatch = { a: [0], b: [0] };

/** Products; those that neither library computes are declined. */
export function productKernels(machine: Machine): ProductKernels {
  const { onednn, blas } = machine;
  return {
    matmul(a, b, bias, g, activation = "linear") {
      const count = g.batch?.a.length ?? 1;
      const isSmall = count * g.rows * g.inner * g.columns < FEWEST_PRODUCTS;
      if (!isUsualProduct(g, count) || (isSmall && a.dtype === "float32")) return DECLINED;
      const call = { a, b, bias, g, activation };
      if (a.dtype === "float32" && onednn !== undefined) return byOnednn(machine, onednn, call);
      return blas === undefined ? DECLINED : byBlas(machine, blas, call);
    },
  };
}

interface ProductCall {
  readonly a: NdArray;
  readonly b: NdArray;
  readonly bias: NdArray | null;
  readonly g: MatmulGeometry;
  readonly activation: FusedActivation;
}

function byOnednn(
  machine: Machine,
  onednn: Onednn,
  { a, b, bias, g, activation }: ProductCall,
): NdArray | typeof DECLINED {
  const relu = activation === "relu";
  const request = requestOf(g, bias !== null, relu);
  if (request === undefined) return DECLINED;
  machine.useThreads();
  const plan: Plan | undefined = machine.plans.get(
    keyOf(request),
    () => planProduct(onednn, request),
  );
  if (plan === undefined) return DECLINED;
  const result = { shape: g.shape, place: (y: NdArray) => ({ x: a, w: b, bias, y }) };
  return machine.compute({ plan, inputs: [a, b], bias, relu, result });
}

/** One call for all products, where their matrices follow each other or b is the same for all. */
function requestOf(
  g: MatmulGeometry,
  hasBias: boolean,
  relu: boolean,
): ProductRequest | undefined {
  const { a, b } = g.batch ?? ONE;
  const count = a.length;
  const followEachOther = (list: readonly number[]) => list.every((index, i) => index === i);
  const sharesB = count > 1 && b.every((index) => index === 0);
  if (!followEachOther(a) || !(sharesB || followEachOther(b))) return undefined;
  return { geometry: g, count, sharesB, hasBias, relu };
}

function keyOf({ geometry: g, count, sharesB, hasBias, relu }: ProductRequest): string {
  const flags = [g.transposeA, g.transposeB, sharesB, hasBias, relu].map(Number).join("");
  return `product ${flags} ${count} ${g.rows} ${g.inner} ${g.columns}`;
}

function byBlas(machine: Machine, blas: Blas, call: ProductCall): NdArray {
  const { a, b, bias, g, activation } = call;
  const { memory } = machine;
  machine.useThreads();
  const dtype = a.dtype as "float32" | "float64";
  const y = memory.reserve(g.shape, dtype);
  const results = memory.view(y) as Float32Array | Float64Array;
  if (bias !== null) {
    const row = memory.view(bias);
    for (let at = 0; at < results.length; at += g.columns) results.set(row, at);
  }
  const bytes = dtype === "float32" ? 4 : 8;
  const { a: left, b: right } = g.batch ?? ONE;
  const [aAt, bAt, yAt] = [a, b, y].map((x) => machine.addressOf(x));
  left.forEach((_, i) => {
    blas.multiply(dtype, {
      ...g,
      a: aAt + left[i] * g.rows * g.inner * bytes,
      b: bAt + right[i] * g.inner * g.columns * bytes,
      y: yAt + i * g.rows * g.columns * bytes,
      beta: bias === null ? 0 : 1,
    });
  });
  if (activation === "relu") {
    for (let i = 0; i < results.length; i++) if (results[i] < 0) results[i] = 0;
  }
  return y;
}
