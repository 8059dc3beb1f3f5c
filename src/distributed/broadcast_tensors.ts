/**
 * Tensors of one rank for all, and the question whether they are equal on all.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { formatShape } from "../core/shape.ts";
import { type Leaf, leavesOf } from "../core/structure.ts";
import { changeElements, readElements } from "./elements.ts";
import { gatherArrays } from "./gather.ts";
import { checkRoot, type Group } from "./group.ts";

/**
 * Gives tensors the values that they have on one rank, in place, on all others.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { broadcastTensors, singleGroup } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { w: tensor([1, 2]) };
 * await broadcastTensors(singleGroup(), params);
 * assertEquals(params.w.toArray(), [1, 2]);
 * ```
 *
 * @param group the ranks.
 * @param structure tensors in nested objects and arrays, of the same paths, shapes and dtypes on all.
 * @param root the rank whose values all get; 0 by default.
 * @returns the same structure.
 * @throws {Error} (asynchronously) if ranks have other tensors; nothing is changed then.
 */
export async function broadcastTensors<S>(group: Group, structure: S, root = 0): Promise<S> {
  const action = "broadcast tensors";
  checkRoot(action, root, group.size);
  const leaves = leavesOf(action, structure);
  if (group.size === 1) return structure;
  compare(
    action,
    group,
    leaves.map(({ path, tensor: { dtype, shape } }) => (
      { name: `${printable(path) || "the tensor"} ${dtype} ${formatShape(shape)}`, hash: [0, 0] }
    )),
  );
  for (const { tensor } of leaves) {
    const copy = readElements(tensor, (elements) => elements.slice());
    const values = copy instanceof Promise ? await copy : copy;
    group.broadcast(values, root);
    if (group.rank !== root) await changeElements(tensor, (elements) => elements.set(values));
  }
  return structure;
}

/** A tensor by its name, with a hash of its elements. */
interface Fingerprint {
  readonly name: string;
  readonly hash: readonly number[];
}

/**
 * Makes sure that tensors have the same bits on all ranks: training that is right keeps them so.
 * Hashes cross, not the tensors.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { checkEqual, singleGroup } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await checkEqual(singleGroup(), { w: tensor([1, 2]) }), undefined); // they are
 * ```
 *
 * @param group the ranks.
 * @param structure tensors in nested objects and arrays.
 * @throws {Error} (asynchronously, on all ranks) if one differs; it says which, and on which rank.
 */
export async function checkEqual(group: Group, structure: unknown): Promise<void> {
  const action = "go on";
  const leaves = leavesOf(action, structure);
  if (group.size === 1) return;
  const prints = await Promise.all(leaves.map(async ({ path, tensor }: Leaf) => ({
    name: printable(path) || "the tensor",
    hash: await readElements(tensor, hashOf),
  })));
  compare(action, group, prints);
}

/** Throws, on all ranks alike, unless all have the same tensors. */
function compare(action: string, group: Group, own: readonly Fingerprint[]): void {
  const text = own.map(({ name, hash }) => `${name}\t${hash.join(" ")}`).join("\n");
  const lists = gatherArrays(group, new TextEncoder().encode(text))
    .map((bytes) => new TextDecoder().decode(bytes).split("\n"));
  const [first] = lists;
  for (const [rank, list] of lists.entries()) {
    const length = Math.max(first.length, list.length);
    for (let i = 0; i < length; i++) {
      if (first[i] === list[i]) continue;
      const [expected, found] = [first[i], list[i]].map((line) =>
        line?.split("\t")[0] ?? "nothing"
      );
      const both = expected === found
        ? `${expected} differs on rank ${rank} from that on rank 0`
        : `rank 0 has ${expected}, rank ${rank} has ${found}`;
      throw new Error(`Cannot ${action}: tensors must be equal on all ranks: ${both}`);
    }
  }
}

/** Primes of the two hashes, and where they begin. */
const [PRIME_A, PRIME_B] = [0x01000193, 0x85ebca6b];
const [START_A, START_B] = [0x811c9dc5 | 0, 0x9e3779b9 | 0];

/** Computes two hashes of the bits of an array (FNV-1a by words, and a second of other constants). */
export function hashOf({ buffer, byteOffset, byteLength }: ArrayBufferView): number[] {
  const isAligned = byteOffset % 4 === 0;
  const whole = isAligned ? byteLength >> 2 : 0;
  const words = new Int32Array(buffer, isAligned ? byteOffset : 0, whole);
  let [a, b] = [START_A, START_B];
  for (let i = 0; i < words.length; i++) {
    a = Math.imul(a ^ words[i], PRIME_A);
    b = Math.imul((b << 13 | b >>> 19) ^ words[i], PRIME_B);
  }
  const rest = new Uint8Array(buffer, byteOffset + whole * 4, byteLength - whole * 4);
  for (const byte of rest) {
    a = Math.imul(a ^ byte, PRIME_A);
    b = Math.imul((b << 13 | b >>> 19) ^ byte, PRIME_B);
  }
  return [a, b];
}
