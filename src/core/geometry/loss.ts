/**
 * Geometry of the softmax cross entropy: logits against class indices or distributions.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { formatShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { RowsGeometry } from "./matrix.ts";

/** Sizes of a softmax cross entropy. */
export interface SoftmaxCEGeometry extends RowsGeometry {
  /** Labels are one class index a row, not a distribution. */
  readonly indices: boolean;
  /** Share of the target spread evenly over all classes. */
  readonly labelSmoothing: number;
  /** Rows with this class index have neither loss nor gradient. */
  readonly ignoreIndex?: number;
  /** Losses are divided by the sum of the weights of the labels, ignored ones left out. */
  readonly divided?: boolean;
}

/** A tensor as far as shape checks see it. */
export interface Typed {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
}

/** Options that {@link softmaxCEGeometry} checks besides logits and labels. */
export interface SoftmaxCESettings {
  /** Share of the target spread evenly over all classes. */
  readonly labelSmoothing: number;
  /** A weight for each class. */
  readonly classWeights?: Typed;
  /** The class index of rows that do not count. */
  readonly ignoreIndex?: number;
}

/** Computes the sizes of `softmaxCE(logits, labels, settings)`. */
export function softmaxCEGeometry(
  logits: Typed,
  labels: Typed,
  { labelSmoothing, classWeights, ignoreIndex }: SoftmaxCESettings,
): SoftmaxCEGeometry {
  const action = "apply softmaxCE";
  if (logits.shape.length < 1) {
    throw new ShapeError(
      `Cannot ${action}: logits must be [..., C]: logits is ${formatShape(logits.shape)}`,
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(
      `Cannot ${action}: labelSmoothing must be from 0 to 1: got ${labelSmoothing}`,
    );
  }
  const lead = logits.shape.slice(0, -1);
  const columns = logits.shape[lead.length];
  if (classWeights !== undefined && !sameShape(classWeights.shape, [columns])) {
    throw new ShapeError(
      `Cannot ${action}: classWeights must have one element per class, [${columns}]: ` +
        `classWeights is ${formatShape(classWeights.shape)}, logits is ${
          formatShape(logits.shape)
        }`,
    );
  }
  const indices = labels.dtype === "int32" || labels.dtype === "uint8";
  if (!indices && labels.dtype !== logits.dtype) {
    throw new ShapeError(
      `Cannot ${action}: labels must be int32 class indices or a distribution of the logits' ` +
        `dtype: labels is ${labels.dtype}, logits is ${logits.dtype}` +
        labelsHint(labels, logits, indices),
    );
  }
  checkIgnoreIndex(action, ignoreIndex, indices);
  const expected = indices ? lead : logits.shape;
  if (!sameShape(labels.shape, expected)) {
    const kind = indices ? "class indices" : "distributions";
    throw new ShapeError(
      `Cannot ${action}: labels that are ${kind} must be ${formatShape(expected)}: labels is ` +
        `${formatShape(labels.shape)}, logits is ${formatShape(logits.shape)}` +
        labelsHint(labels, logits, indices),
    );
  }
  const g = { rows: sizeOf(lead), columns, indices, labelSmoothing };
  return ignoreIndex === undefined ? g : { ...g, ignoreIndex };
}

/** Makes the end of an error about labels: what makes those that were meant of them. */
function labelsHint({ shape }: Typed, logits: Typed, indices: boolean): string {
  const rows = logits.shape.slice(0, -1);
  if (indices && sameShape(shape, logits.shape)) {
    return `; distributions are floats: cast(labels, "${logits.dtype}")`;
  }
  const isColumn = sameShape(shape, [...rows, 1]);
  if (!isColumn && !sameShape(shape, rows)) return "";
  const flat = isColumn ? `reshape(labels, [${rows.join(", ")}])` : "labels";
  return `; class indices are integers ${formatShape(rows)}: ` +
    (indices ? flat : `cast(${flat}, "int32")`);
}

function checkIgnoreIndex(
  action: string,
  ignoreIndex: number | undefined,
  indices: boolean,
): void {
  if (ignoreIndex === undefined) return;
  if (!indices) {
    throw new ShapeError(
      `Cannot ${action}: ignoreIndex is for labels that are class indices: got ${ignoreIndex} ` +
        "with distributions",
    );
  }
  if (ignoreIndex !== (ignoreIndex | 0)) {
    throw new RangeError(
      `Cannot ${action}: ignoreIndex must be an integer of 32 bits: got ${ignoreIndex}`,
    );
  }
}

/** Throws a {@link ShapeError} unless two inputs of a loss have the same shape. */
export function checkSameShape(action: string, shapes: Readonly<Record<string, Shape>>): void {
  const [[nameA, a], [nameB, b]] = Object.entries(shapes);
  if (sameShape(a, b)) return;
  throw new ShapeError(
    `Cannot ${action}: ${nameA} and ${nameB} must have the same shape: ` +
      `${nameA} is ${formatShape(a)}, ${nameB} is ${formatShape(b)}`,
  );
}

/** A loss of two elements, a prediction x and its target t, with its parameters; `d = x - t`. */
export type PairLoss =
  /** `d²`. */
  | { readonly kind: "squared" }
  /** `|d|`; its derivative at 0 is 0. */
  | { readonly kind: "absolute" }
  /** `d² / 2` where `|d| <= delta`, else `delta (|d| - delta / 2)`. */
  | { readonly kind: "huber"; readonly delta: number }
  /**
   * `positive t f(x) + negative (1 - t) f(-x)` with `f(x) = (1 - sigmoid(x))^gamma
   * softplus(-x)`, without overflow. What is multiplied by 0 adds nothing, even where it is
   * infinite.
   */
  | {
    readonly kind: "focal";
    readonly positive: number;
    readonly negative: number;
    readonly gamma: number;
  }
  /**
   * `t (log(t) - x)`, or with `logTarget` `exp(t) (t - x)`; nothing where the factor is 0. NaN
   * in x wins.
   */
  | { readonly kind: "divergence"; readonly logTarget: boolean };
