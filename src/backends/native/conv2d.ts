/**
 * Convolution and its gradients by oneDNN.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";
import { DECLINED, type FastKernels } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import { isSoundGradW, isUsualConvolution } from "./limits.ts";
import type { Machine } from "./machine.ts";
import { type ConvolutionRequest, planConvolution } from "./onednn/convolution.ts";
import type { Onednn } from "./onednn/library.ts";
import type { Plan } from "./onednn/plan.ts";

type ConvKernels = Pick<FastKernels, "conv2d" | "conv2dGradX" | "conv2dGradW">;

/** Filters that fill half a vector of 512 bits. */
const FEW_FILTERS = 8;
/** Share of elements that are not zero from which on oneDNN is faster. */
const FEW_OTHERS = 1 / 24;
/** Elements that are looked at for that. */
const SEEN = 4096;

/** Convolutions; those that oneDNN has no plan for are declined. */
export function convKernels(machine: Machine, onednn: Onednn): ConvKernels {
  const { memory } = machine;
  const planOf = (request: ConvolutionRequest): Plan | undefined => {
    if (!isUsualConvolution(request.geometry)) return undefined;
    machine.useThreads(); // a plan is made for a number of threads
    return machine.plans.get(keyOf(request), () => planConvolution(onednn, request));
  };
  return {
    conv2d(x, w, bias, g, activation) {
      const relu = activation === "relu";
      const plan = planOf({ kind: "forward", geometry: g, hasBias: bias !== null, relu });
      if (plan === undefined) return DECLINED;
      const place = (y: NdArray) => ({ x, w, bias, y });
      const result = { shape: g.yShape, place };
      return machine.compute({ plan, inputs: [x, w], bias, relu, result });
    },

    conv2dGradX(dy, w, g) {
      const plan = planOf({ kind: "gradX", geometry: g, hasBias: false, relu: false });
      if (plan === undefined) return DECLINED;
      const result = { shape: g.xShape, place: (x: NdArray) => ({ x, w, y: dy }) };
      return machine.compute({ plan, inputs: [dy, w], result });
    },

    conv2dGradW(dy, x, g) {
      if (!isSoundGradW(g) || isForSparse(memory.view(dy), g)) return DECLINED;
      const plan = planOf({ kind: "gradW", geometry: g, hasBias: false, relu: false });
      if (plan === undefined) return DECLINED;
      const result = { shape: g.wShape, place: (w: NdArray) => ({ x, w, y: dy }) };
      return machine.compute({ plan, inputs: [dy, x], result });
    },
  };
}

/**
 * Returns true if a gradient of filters is left to the kernel of WebAssembly, which passes over zeros: where
 * dy has few other elements, as behind a large pool, and the filters are too few to fill a vector.
 * For 64 images of 64 × 64 × 3, 8 filters of 4 × 4 and one element in 64 it takes half the time of
 * oneDNN; for 16 filters and more it does not.
 */
function isForSparse(dy: TypedArray, { outChannels }: Conv2dGeometry): boolean {
  if (outChannels > FEW_FILTERS) return false;
  const step = Math.max(Math.floor(dy.length / SEEN), 1) | 1; // odd, so that all channels are seen
  let [seen, others] = [0, 0];
  for (let i = 0; i < dy.length; i += step) {
    seen++;
    if (dy[i] !== 0) others++;
  }
  return others < FEW_OTHERS * seen;
}

/** Everything that a plan depends on. */
function keyOf({ kind, geometry: g, hasBias, relu }: ConvolutionRequest): string {
  return `${kind} ${Number(hasBias)}${Number(relu)} ${g.xShape} ${g.wShape} ${g.yShape} ` +
    `${g.strideHeight} ${g.strideWidth} ${g.dilationHeight} ${g.dilationWidth} ` +
    `${g.padTop} ${g.padLeft} ${g.groups}`;
}
