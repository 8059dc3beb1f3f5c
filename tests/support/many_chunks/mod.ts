// Calls that make several chunks of work of every kernel, in each of its choices.

import { moves, picks, products, reductions } from "./arrays.ts";
import type { ManyChunks } from "./case.ts";
import { elements, functions, losses, steps } from "./elementwise.ts";
import { norms, softmaxes } from "./rows.ts";
import { convolutions, images, pools } from "./windows.ts";

export { Arrays, type ManyChunks } from "./case.ts";

/** The calls, by what their kernels do. */
export const MANY_CHUNKS: Readonly<Record<string, () => Iterable<ManyChunks>>> = {
  functions,
  elements,
  losses,
  steps,
  moves,
  picks,
  reductions,
  products,
  softmaxes,
  norms,
  convolutions,
  pools,
  images,
};
