/**
 * Ops that are not exported, and why. Together with the mappings these are all ops: a new one does
 * not compile before it is in one of the tables.
 *
 * @module
 */
import type { OpName } from "../../../ops/table.ts";
import type { mappings } from "./mappings.ts";

const GRADIENT = "it is part of a gradient, and a file has none";
const LOSS = "it is a loss, and a file makes predictions";
const COLUMNS = "only gradients of convolutions and functions of yours apply it";

/** Reasons by the names of ops. */
export const unmapped = {
  accumulate: GRADIENT,
  avgPoolGrad: GRADIENT,
  clipGrad: GRADIENT,
  col2im: COLUMNS,
  conv2dGradW: GRADIENT,
  dropout: "it drops at random, as only training does",
  eluGrad: GRADIENT,
  geluGrad: GRADIENT,
  geluTanhGrad: GRADIENT,
  hardSigmoidGrad: GRADIENT,
  hardSwishGrad: GRADIENT,
  huber: LOSS,
  huberGrad: GRADIENT,
  im2col: COLUMNS,
  klDiv: LOSS,
  klDivGrad: GRADIENT,
  leakyReluGrad: GRADIENT,
  logSigmoidGrad: GRADIENT,
  mae: LOSS,
  maeGrad: GRADIENT,
  maxGather: GRADIENT,
  maxGrad: GRADIENT,
  maxPoolGather: GRADIENT,
  maxPoolGrad: GRADIENT,
  mishGrad: GRADIENT,
  mse: LOSS,
  mseGrad: GRADIENT,
  normalizeGrad: GRADIENT,
  normalizeSums: GRADIENT,
  padWithinGrad: GRADIENT,
  relu6Grad: GRADIENT,
  reluGrad: GRADIENT,
  scatterAdd: "gradients of take and embedding apply it, and a file has none",
  sigmoidCE: LOSS,
  sigmoidCEGrad: GRADIENT,
  sigmoidFocal: LOSS,
  sigmoidFocalGrad: GRADIENT,
  siluGrad: GRADIENT,
  sliceGrad: GRADIENT,
  sliceGrads: GRADIENT,
  softmaxCE: LOSS,
  softmaxCEGrad: GRADIENT,
  softmaxCEMass: LOSS,
  softplusGrad: GRADIENT,
} as const satisfies Readonly<Record<Exclude<OpName, keyof typeof mappings>, string>>;

/** Ops in both tables: there must be none. */
type Both = keyof typeof mappings & keyof typeof unmapped;
const _none: [Both] extends [never] ? true : Both = true;

/** Says why an op of the library has no mapping; undefined for any other. */
export function reasonOf(name: string): string | undefined {
  return Object.hasOwn(unmapped, name) ? unmapped[name as keyof typeof unmapped] : undefined;
}
