/**
 * Losses of a prediction and its target, composed of primitives.
 *
 * @module
 */
import type { PairLoss } from "../../core/geometry/mod.ts";
import type { NdArray } from "../kernels.ts";
import type { Scratch, Term } from "./scratch.ts";

type Focal = PairLoss & { readonly kind: "focal" };

/** Computes the loss of each element. */
export function value(s: Scratch, loss: PairLoss, x: NdArray, t: NdArray): NdArray {
  switch (loss.kind) {
    case "squared":
      return s.map("square", s.sub(x, t));
    case "absolute":
      return s.map("abs", s.sub(x, t));
    case "huber": {
      const d = s.map("abs", s.sub(x, t));
      const far = s.mul(s.sub(d, loss.delta / 2), loss.delta);
      return s.where(s.compare("lessEqual", d, loss.delta), s.div(s.map("square", d), 2), far);
    }
    case "focal":
      return focal(s, loss, x, t, focalValue, s.add);
    case "divergence": {
      const share = loss.logTarget ? s.map("exp", t) : t;
      const loss_ = s.mul(share, s.sub(loss.logTarget ? t : s.map("log", t), x));
      const isNothing = s.compare("equal", share, 0);
      return s.where(s.compare("notEqual", x, x), x, s.where(isNothing, 0, loss_));
    }
  }
}

/** Computes the derivative of the loss of each element by x. */
export function slope(s: Scratch, loss: PairLoss, x: NdArray, t: NdArray): NdArray {
  switch (loss.kind) {
    case "squared":
      return s.mul(s.sub(x, t), 2);
    case "absolute":
      return s.map("sign", s.sub(x, t));
    case "huber": {
      const above = s.binary("maximum", s.sub(x, t), -loss.delta);
      return s.binary("minimum", above, loss.delta);
    }
    case "focal":
      return focal(s, loss, x, t, focalSlope, s.sub);
    case "divergence":
      return s.map("neg", loss.logTarget ? s.map("exp", t) : t);
  }
}

type FocalTerm = (s: Scratch, share: NdArray, x: NdArray, gamma: number) => NdArray;

/** Computes both terms of the focal loss, or of its derivative, NaN where x is. */
function focal(
  s: Scratch,
  { positive, negative, gamma }: Focal,
  x: NdArray,
  t: NdArray,
  term: FocalTerm,
  join: (a: Term, b: Term) => NdArray,
): NdArray {
  const other = s.mul(s.sub(1, t), negative);
  const both = join(
    term(s, s.mul(t, positive), x, gamma),
    term(s, other, s.map("neg", x), gamma),
  );
  return s.where(s.compare("notEqual", x, x), x, both);
}

/** Multiplies a share by `(1 - sigmoid(x))^gamma`. */
function modulated(s: Scratch, share: NdArray, x: NdArray, gamma: number): NdArray {
  if (gamma === 0) return share;
  return s.mul(share, s.map("exp", s.mul(s.map("softplus", x), -gamma)));
}

function unlessNone(s: Scratch, share: NdArray, y: NdArray): NdArray {
  return s.where(s.compare("equal", share, 0), 0, y);
}

function focalValue(s: Scratch, share: NdArray, x: NdArray, gamma: number): NdArray {
  const soft = s.map("softplus", s.map("neg", x));
  return unlessNone(s, share, s.mul(modulated(s, share, x, gamma), soft));
}

function focalSlope(s: Scratch, share: NdArray, x: NdArray, gamma: number): NdArray {
  const against = s.map("neg", x);
  const [right, wrong] = [s.map("sigmoid", x), s.map("sigmoid", against)];
  const turning = s.mul(s.mul(right, gamma), s.map("softplus", against));
  const rate = gamma === 0 ? wrong : s.add(unlessNone(s, right, turning), wrong);
  return unlessNone(s, share, s.map("neg", s.mul(modulated(s, share, x, gamma), rate)));
}
