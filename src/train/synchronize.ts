/**
 * Beginning of a training in a group: all ranks take over the parameters and the optimizer of rank 0.
 *
 * @module
 */
import type { TypedArray } from "../core/dtype.ts";
import { tensorsIn } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";
import { broadcastTensors, checkEqual } from "../distributed/broadcast_tensors.ts";
import { broadcastBytes } from "../distributed/gather.ts";
import type { Group } from "../distributed/group.ts";
import { packState, unpackState } from "../distributed/state_bytes.ts";
import type { Optimizer } from "../optim/mod.ts";
import { backendOf } from "./model.ts";

/** Gives all ranks the parameters of rank 0, and the state of its optimizer. */
export async function synchronize(
  group: Group,
  params: unknown,
  optimizer: Optimizer,
): Promise<void> {
  if (group.size === 1) return;
  await broadcastTensors(group, params);
  const state = optimizer.state();
  const elements = new Map<Tensor, TypedArray>();
  for (const tensor of tensorsIn(state)) elements.set(tensor, await tensor.data());
  const bytes = broadcastBytes(group, packState(state, (tensor) => elements.get(tensor)!), 0);
  if (group.rank > 0) {
    const copy = unpackState(bytes, backendOf(params));
    optimizer.load(copy);
    for (const tensor of tensorsIn(copy)) tensor.dispose();
  }
  await checkEqual(group, params);
}
