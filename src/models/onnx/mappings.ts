/**
 * Table of the ONNX nodes that each op becomes. It is typed by the table of ops: a mapping for
 * another op's attributes does not compile, nor does an op that is neither here nor in
 * `unmapped.ts`.
 *
 * @module
 */
import { type OpName, ops } from "../../../ops/table.ts";
import type { AnyOp } from "../../core/op_contract.ts";
import { elementwiseMappings } from "./map_elementwise.ts";
import { imagesMappings } from "./map_images.ts";
import { linalgMappings } from "./map_linalg.ts";
import { normsMappings } from "./map_norms.ts";
import { reduceMappings } from "./map_reduce.ts";
import { shapeMappings } from "./map_shape.ts";
import type { Mapping } from "./step.ts";

/** The attributes of an op. */
type AttributesOf<O> = O extends { forward(k: never, inputs: never, g: infer G): unknown } ? G
  : never;

type Mappings = { readonly [Name in OpName]?: Mapping<AttributesOf<(typeof ops)[Name]>> };

/** Mappings by the names of ops; gradients and losses have none. */
export const mappings = {
  ...elementwiseMappings,
  ...imagesMappings,
  ...linalgMappings,
  ...normsMappings,
  ...reduceMappings,
  ...shapeMappings,
} as const satisfies Mappings;

/** Mappings by the ops themselves: a user's op may have the name of one of ours. */
const byOp: ReadonlyMap<AnyOp, Mapping> = new Map(
  Object.entries(mappings).map(([name, mapping]) =>
    [ops[name as OpName] as unknown as AnyOp, mapping as Mapping] as const
  ),
);

/** Returns true if an op is one of the table: a user's may have the same name. */
export function isOurs(op: AnyOp): boolean {
  return Object.hasOwn(ops, op.name) && ops[op.name as OpName] as unknown === op;
}

/** Finds the mapping of an op; undefined where there is none. */
export function mappingOf(op: AnyOp): Mapping | undefined {
  return byOp.get(op);
}
