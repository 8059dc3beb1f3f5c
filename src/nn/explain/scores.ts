/**
 * The score that is explained: of one class for each example.
 *
 * @module
 */
import { cast } from "../../../ops/elementwise/cast.ts";
import { argMax } from "../../../ops/reduce/arg_max.ts";
import { reshape } from "../../../ops/shape/reshape.ts";
import { zerosLike } from "../../core/backward.ts";
import { checkFloats } from "../../core/checks.ts";
import { oneHot } from "../../core/create.ts";
import { ShapeError } from "../../core/errors.ts";
import { checkElements } from "../../core/pending_checks.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tape } from "../../core/tape.ts";
import { internals, Tensor } from "../../core/tensor.ts";
import { UNRECORDED } from "../../core/track.ts";

/** Options of explaining: the score of each example that is explained. */
export interface ExplainOptions {
  /** A class for each example; the one with the largest score by default. */
  readonly classes?: Tensor | ArrayLike<number>;
}

/** Throws unless x is a batch of images that a gradient can be taken of. */
export function checkImages(action: string, x: unknown): asserts x is Tensor {
  checkFloats(action, { x: x as Tensor });
  const { shape } = x as Tensor;
  if (shape.length === 4) return;
  throw new ShapeError(`Cannot ${action}: x must be [N, H, W, C]: got ${formatShape(shape)}`);
}

/**
 * Computes the gradient of the scores with respect to a tensor that the tape watches. Scores of
 * different examples do not depend on one another, so that one backward pass does for all.
 */
export function scoreGradient(
  tape: Tape,
  action: string,
  scores: Tensor,
  wanted: Tensor,
  { classes }: ExplainOptions,
): Tensor {
  if (!(scores instanceof Tensor) || scores.rank !== 2 || scores.shape[0] !== wanted.shape[0]) {
    throw new ShapeError(
      `Cannot ${action}: the model must make [N, classes] of x, a score for each class: it makes ` +
        (scores instanceof Tensor ? formatShape(scores.shape) : typeof scores),
    );
  }
  const chosen = classes === undefined
    ? tape.adopt(argMax(tape.follow(scores), { axis: 1 }))
    : classesOf(tape, action, classes, scores);
  const options = { dtype: scores.dtype, backend: scores.backend };
  const seed = tape.adopt(oneHot(chosen, scores.shape[1], options));
  if (tape.slotOf(scores) === UNRECORDED) return tape.adopt(zerosLike(wanted));
  return tape.gradient(scores, wanted, { seed });
}

/** Returns the classes that were asked for, once they are found to be some. */
function classesOf(
  tape: Tape,
  action: string,
  classes: Tensor | ArrayLike<number>,
  { shape: [count, below] }: Tensor,
): Tensor | number[] {
  const length = classes instanceof Tensor ? classes.size : classes?.length;
  if (length !== count) {
    throw new ShapeError(
      `Cannot ${action}: there must be one of classes for each example of x: ` +
        `got ${length ?? typeof classes} for ${count}`,
    );
  }
  const check = (list: ArrayLike<number>) => {
    for (let i = 0; i < count; i++) {
      if (Number.isInteger(list[i]) && list[i] >= 0 && list[i] < below) continue;
      throw new RangeError(
        `Cannot ${action}: classes must be integers from 0 to ${below - 1}: ` +
          `classes[${i}] is ${list[i]}`,
      );
    }
  };
  if (!(classes instanceof Tensor)) {
    check(classes);
    return Array.from(classes);
  }
  checkElements(classes.backend, internals.array(classes), check);
  if (classes.backend.readSync !== undefined) return Array.from(classes.dataSync());
  return tape.adopt(cast(tape.adopt(reshape(classes, [count])), "int32"));
}
