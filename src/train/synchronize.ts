/**
 * Beginning of a training in a group: all ranks take over the parameters and the optimizer of rank 0.
 *
 * @module
 */
import { tensorsIn } from "../core/structure.ts";
import { broadcastTensors, checkEqual } from "../distributed/broadcast_tensors.ts";
import { broadcastBytes } from "../distributed/gather.ts";
import type { Group } from "../distributed/group.ts";
import { readSafetensors, writeSafetensors } from "../formats/safetensors/safetensors.ts";
import type { Optimizer, OptimizerState } from "../optim/mod.ts";
import { backendOf } from "./model.ts";
import { flattenState, type SavedState, unflattenState } from "./saved_state.ts";

const ACTION = "train";

/** Gives all ranks the parameters of rank 0, and the state of its optimizer. */
export async function synchronize(
  group: Group,
  params: unknown,
  optimizer: Optimizer,
): Promise<void> {
  if (group.size === 1) return;
  await broadcastTensors(group, params);
  const own = flattenState(ACTION, optimizer.state() as unknown as SavedState);
  const structure = broadcastBytes(group, new TextEncoder().encode(own.structure), 0);
  const tensors = broadcastBytes(group, writeSafetensors(own.tensors), 0);
  if (group.rank > 0) {
    const backend = backendOf(params);
    const read = await readSafetensors(tensors, { backend });
    const state = unflattenState("Cannot train", new TextDecoder().decode(structure), read);
    optimizer.load(state as unknown as OptimizerState);
    for (const tensor of tensorsIn(state)) tensor.dispose();
  }
  await checkEqual(group, params);
}
