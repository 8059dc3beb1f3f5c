/**
 * Normalisation and dropout: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { normalizeByOp } from "./batch_norm.ts";
import { dropoutOp } from "./dropout.ts";
import { momentsOp, normalizeGradOp, normalizeOp, normalizeSumsOp } from "./normalize.ts";

/** Normalisation and dropout, and their gradients. */
export const normsOps = {
  dropout: dropoutOp,
  moments: momentsOp,
  normalize: normalizeOp,
  normalizeBy: normalizeByOp,
  normalizeGrad: normalizeGradOp,
  normalizeSums: normalizeSumsOp,
} as const;
