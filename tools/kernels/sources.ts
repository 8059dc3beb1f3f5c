// Reads the sources of the kernels, and makes the files that are written from them.

import {
  ACTIVATION_KINDS,
  BINARY_KINDS,
  COMPARE_KINDS,
  MAP_KINDS,
  PAIR_LOSS_KINDS,
  REDUCE_KINDS,
} from "../../src/backends/kinds.ts";
import { PARAMS, PARAMS_BYTES } from "../../src/backends/wasm/layout.ts";
import { declarationsOf } from "./declarations.ts";
import { hostSide } from "./host_side.ts";
import { kindsText, tableText } from "./kernel_side.ts";

/** Lists of kinds, by the names they have in kernels. */
const KINDS = {
  MapKind: MAP_KINDS,
  ActivationKind: ACTIVATION_KINDS,
  BinaryKind: BINARY_KINDS,
  CompareKind: COMPARE_KINDS,
  ReduceKind: REDUCE_KINDS,
  PairLossKind: PAIR_LOSS_KINDS,
};

/** The folder of the WASM backend. */
export const WASM = new URL("../../src/backends/wasm/", import.meta.url);

const KERNELS = new URL("kernels/", WASM);

/** Files in the folder of the backend that are written here. */
export type Written = "abi.ts" | "kernels/table.ts" | "kernels/kinds.ts";

/** The texts of the files that are made of the kernels' declarations. */
export async function writtenFiles(): Promise<Record<Written, string>> {
  const sources = new Map<string, string>();
  for await (const { name } of Deno.readDir(KERNELS)) {
    if (name !== "table.ts") sources.set(name, await Deno.readTextFile(new URL(name, KERNELS)));
  }
  const declared = declarationsOf(sources, PARAMS_BYTES);
  return {
    "abi.ts": hostSide(declared, PARAMS),
    "kernels/table.ts": tableText(declared),
    "kernels/kinds.ts": kindsText(KINDS),
  };
}
