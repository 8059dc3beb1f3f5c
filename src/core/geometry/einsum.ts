/**
 * The equations of `einsum`: parsed, and checked against the shapes of the operands.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { formatShape, type Shape } from "../shape.ts";

/** A dimension by its name: a letter, or `.0`, `.1`, … for those of an ellipsis, from the last. */
export type Subscript = string;

/** A parsed equation that fits its operands. */
export interface EinsumPlan {
  /** The subscripts of each operand, one per dimension. */
  readonly operands: readonly (readonly Subscript[])[];
  /** The subscripts of the result. */
  readonly output: readonly Subscript[];
  /** The size of each subscript. */
  readonly sizes: ReadonlyMap<Subscript, number>;
}

const ACTION = "apply einsum";
const ELLIPSIS = "...";

/** Parses an equation for operands of these shapes. */
export function einsumPlan(equation: string, shapes: readonly Shape[]): EinsumPlan {
  const [left, right] = sides(equation);
  const terms = left.split(",");
  if (terms.length !== shapes.length) {
    throw new SyntaxError(
      `Cannot ${ACTION}: the equation must have a term per operand: it has ${terms.length}, ` +
        `there are ${shapes.length} operands: equation is "${equation}"`,
    );
  }
  const operands = terms.map((term, i) => subscriptsOf(term, i, shapes[i], equation));
  const output = right === undefined ? implicitOutput(operands) : explicitOutput(right, operands);
  checkOutput(output, operands, equation);
  return { operands, output, sizes: sizesOf(operands, shapes, equation) };
}

/** Splits an equation at the arrow; the right side is undefined where there is none. */
function sides(equation: string): [left: string, right: string | undefined] {
  const compact = typeof equation === "string" ? equation.replaceAll(" ", "") : "";
  const term = String.raw`[A-Za-z]*(?:\.\.\.)?[A-Za-z]*`;
  if (
    typeof equation !== "string" || !new RegExp(`^${term}(,${term})*(->${term})?$`).test(compact)
  ) {
    throw new SyntaxError(
      `Cannot ${ACTION}: an equation must be terms of letters and at most one "...", joined by ` +
        `commas, and may go on with "->" and a term: equation is ${formatValue(equation)}`,
    );
  }
  const [left, right] = compact.split("->");
  return [left, right];
}

/**
 * Lists the letters of a term, and as many names for its ellipsis as the shape has dimensions left.
 */
function subscriptsOf(term: string, i: number, shape: Shape, equation: string): Subscript[] {
  const [before, after] = term.split(ELLIPSIS);
  const letters = before.length + (after ?? "").length;
  const free = shape.length - letters;
  if (after === undefined ? free !== 0 : free < 0) {
    throw new ShapeError(
      `Cannot ${ACTION}: an operand must have a dimension per subscript: term ${i} is "${term}", ` +
        `operand ${i} is ${formatShape(shape)}: equation is "${equation}"`,
    );
  }
  return after === undefined ? [...before] : [...before, ...ellipsis(free), ...after];
}

/** Names of the dimensions of an ellipsis, counted from the last, as broadcasting does. */
function ellipsis(count: number): Subscript[] {
  return Array.from({ length: count }, (_, i) => `.${count - 1 - i}`);
}

function ellipsisOf(operands: readonly (readonly Subscript[])[]): Subscript[] {
  const counts = operands.map((list) => list.filter((name) => name.startsWith(".")).length);
  return ellipsis(Math.max(...counts));
}

/**
 * Lists, where there is no arrow, the dimensions of the ellipsis, then letters that occur once, in
 * order.
 */
function implicitOutput(operands: readonly (readonly Subscript[])[]): Subscript[] {
  const all = operands.flat();
  const once = all.filter((name) =>
    !name.startsWith(".") && all.indexOf(name) === all.lastIndexOf(name)
  );
  return [...ellipsisOf(operands), ...once.sort()];
}

function explicitOutput(
  right: string,
  operands: readonly (readonly Subscript[])[],
): Subscript[] {
  const [before, after] = right.split(ELLIPSIS);
  return after === undefined ? [...before] : [...before, ...ellipsisOf(operands), ...after];
}

function checkOutput(
  output: readonly Subscript[],
  operands: readonly (readonly Subscript[])[],
  equation: string,
): void {
  const all = operands.flat();
  const wrong = output.find((name, i) => output.indexOf(name) !== i || !all.includes(name));
  if (wrong !== undefined) {
    throw new SyntaxError(
      `Cannot ${ACTION}: a subscript of the output must occur in an operand, and in the output ` +
        `once: "${wrong}" does not: equation is "${equation}"`,
    );
  }
  const lost = all.find((name) => name.startsWith(".") && !output.includes(name));
  if (lost !== undefined) {
    throw new SyntaxError(
      `Cannot ${ACTION}: the output must have "..." where an operand has dimensions for it: ` +
        `equation is "${equation}"`,
    );
  }
}

/**
 * Finds the size of each subscript: that of all its dimensions but those of size 1, which repeat.
 */
function sizesOf(
  operands: readonly (readonly Subscript[])[],
  shapes: readonly Shape[],
  equation: string,
): Map<Subscript, number> {
  const sizes = new Map<Subscript, number>();
  operands.forEach((names, i) =>
    names.forEach((name, d) => {
      const [known, size] = [sizes.get(name) ?? 1, shapes[i][d]];
      const isRepeatedWithin = names.indexOf(name) !== d && size !== shapes[i][names.indexOf(name)];
      if ((known !== 1 && size !== 1 && known !== size) || isRepeatedWithin) {
        throw new ShapeError(
          `Cannot ${ACTION}: the dimensions of a subscript must have one size (or 1, in another ` +
            `operand): those of "${name}" have ${known} and ${size}: equation is "${equation}", ` +
            `operands are ${shapes.map(formatShape).join(", ")}`,
        );
      }
      if (size !== 1 || !sizes.has(name)) sizes.set(name, size);
    })
  );
  return sizes;
}
