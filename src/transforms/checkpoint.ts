/**
 * `checkpoint`: a function that is computed again in the backward pass, to save memory.
 *
 * @module
 */
import { runBackwardApart } from "../core/backward.ts";
import { isFloat } from "../core/dtype.ts";
import { checkIsTensor } from "../core/grad.ts";
import { scoped } from "../core/scoped.ts";
import { type Leaf, replaceTensors } from "../core/structure.ts";
import { Tape } from "../core/tape.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import { UNRECORDED } from "../core/track.ts";
import { pack, type Packed } from "./packing.ts";
import { applyOpaque, ENTRY_OPTIONS, type EntryOptions, tensorLeaves } from "./opaque.ts";
import { checkOptions } from "../core/options.ts";

/**
 * Makes of a function one that keeps nothing for the backward pass but its arguments and its
 * result: the backward pass runs it again.
 *
 * - **Formula**: `y = f(args)`.
 * - **Shapes**: those of f.
 * - **Gradient**: that of f, bit for bit, to any order; it flows to every tensor among the
 *   arguments.
 * - **Edge cases**: those of f.
 *
 * Memory against time: what f makes on its way is freed when it returns, and f is computed once
 * more when (and if) its gradient is asked for. Checkpointing each of n blocks keeps n results
 * instead of all that is in the blocks. Checkpoints nest.
 *
 * f must be pure: it runs twice, and must do the same both times. Random numbers are to come from
 * a generator that is made inside, or as tensors from outside. Watched tensors must be arguments:
 * one that f reads from elsewhere is an error. Constants may be read from elsewhere, and must live
 * until the backward pass.
 *
 * - **Source**: A. Griewank, "Achieving logarithmic growth of temporal and spatial complexity in
 *   reverse automatic differentiation" (1992); T. Chen et al., "Training deep nets with sublinear
 *   memory cost" (2016).
 *
 * @example
 * ```ts
 * import { checkpoint, grad, mul, sum, tanh, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const block = ({ w }: { w: Tensor }, x: Tensor) => tanh(mul(tanh(mul(x, w)), w));
 * const x = tensor([0.5, -1]);
 * const loss = (f: typeof block) => grad((p: { w: Tensor }) => sum(f(p, f(p, x))));
 * const params = { w: tensor([1, 2]) };
 * assertEquals(loss(checkpoint(block))(params).w.toArray(), loss(block)(params).w.toArray());
 * ```
 *
 * @param f the function: of tensors in nested objects and arrays, and of anything else. It returns
 * a tensor, or tensors of one dtype in nested objects and arrays: these go through one entry too, by
 * a copy into one row.
 * @param options `name`: what drawings, tables and errors call it.
 * @returns a function of the same arguments. It throws a `TypeError` where f returns
 * anything but tensors, or reads a watched tensor that is not among its arguments.
 */
export function checkpoint<Args extends readonly unknown[], Y>(
  f: (...args: Args) => Y,
  options: EntryOptions = {},
): (...args: Args) => Y {
  options = checkOptions("make checkpoint", options, ENTRY_OPTIONS);
  const { name = f.name === "" ? "checkpoint" : `checkpoint ${f.name}` } = options;
  return (...args) => {
    const wanted = tensorLeaves(args).filter(({ tensor }) => isRecorded(tensor))
      .map(({ path }) => path);
    let packed: Packed<Y> | undefined;
    const run = (...args: Args): Tensor => (packed = packResult(name, f(...args))).tensor;
    const y = applyOpaque(run, args, {
      name,
      readsResult: false,
      backward(dy, saved) {
        // All gradients at once, when the first is asked for.
        let gradients: ReadonlyMap<string, readonly Tensor[]> | undefined;
        const gradientOf = (path: string) => {
          gradients ??= recompute(run, saved as unknown as Args, wanted, dy);
          return gradients.get(path)!;
        };
        return Object.fromEntries(wanted.map((path) => [path, () => gradientOf(path)]));
      },
    });
    return packed!.unpack(y);
  };
}

function packResult<Y>(name: string, y: Y): Packed<Y> {
  if (y instanceof Promise) checkIsTensor(`apply ${name}`, y);
  return pack(`apply ${name}`, y);
}

/** Returns true if a tape may ask for the tensor's gradient. */
function isRecorded(tensor: Tensor): boolean {
  return isFloat(tensor.dtype) && internals.tracks(tensor).some(({ slot }) => slot !== UNRECORDED);
}

/**
 * Runs f on a tape of its own, and that backwards from dy. What goes into a gradient is not added
 * up here, but by the tape that asked, in the order in which it would come without a checkpoint.
 */
function recompute<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  args: Args,
  wanted: readonly string[],
  dy: Tensor,
): ReadonlyMap<string, readonly Tensor[]> {
  return scoped(new Tape(), (tape) => {
    const watched: Leaf[] = [];
    const standIns = replaceTensors(args, (t, path) => {
      const tensor = internals.alias(t, { owner: tape });
      if (!wanted.includes(path)) return tape.follow(tensor);
      watched.push({ path, tensor });
      return tape.watch(tensor);
    });
    const y: unknown = f(...standIns);
    checkIsTensor("compute gradient", y);
    const tensors = watched.map(({ tensor }) => tensor);
    const gradients = tape.slotOf(y) === UNRECORDED
      ? []
      : runBackwardApart(tape, [{ y, seed: dy }], tensors);
    tape.keep(gradients);
    return new Map(watched.map(({ path }, i) => [path, gradients[i] ?? []]));
  });
}
