/**
 * `einsum`: sums of products of tensors, by an equation.
 *
 * Two operands at a time are contracted: their dimensions are ordered to make of them batches of
 * matrices, which `matmul` multiplies. All steps are ops with gradients of their own.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { einsumPlan, type SliceRange, type Subscript } from "../../src/core/geometry/mod.ts";
import { sizeOf } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "../elementwise/mul.ts";
import { sum } from "../reduce/sum.ts";
import { reshape } from "../shape/reshape.ts";
import { slice } from "../shape/slice.ts";
import { transpose } from "../shape/transpose.ts";
import { matmul } from "./matmul.ts";

/** A tensor whose dimensions have names. */
interface Named {
  readonly x: Tensor;
  readonly names: readonly Subscript[];
}

/**
 * Sums of products of tensors, by an equation of subscripts.
 *
 * Each operand has a term, a letter per dimension; letters that do not occur after the arrow are
 * summed over, a letter that an operand has twice takes its diagonal. `...` stands for any further
 * dimensions, which broadcast. Without an arrow the result has the letters that occur once, in
 * alphabetical order.
 *
 * - **Formula**: `einsum("ik,kj->ij", a, b)` is `y[i, j] = sum_k a[i, k] b[k, j]`.
 * - **Shapes**: the dimensions of a letter have one size, or 1, which is repeated.
 * - **Gradient**: in each operand, as the sum is linear in it.
 * - **Edge cases**: a sum over nothing is 0; NaN and Infinity spread as IEEE 754 says. Operands are
 *   contracted from left to right, two at a time.
 * - **Source**: NumPy's `einsum`.
 *
 * @example
 * ```ts
 * import { einsum, tensor, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = [tensor([[1, 2], [3, 4]]), tensor([[0, 1], [1, 0]])];
 * assertEquals(einsum("ik,kj->ij", a, b).toArray(), [[2, 1], [4, 3]]);
 * assertEquals(einsum("ii", a).item(), 5);
 * assertEquals(einsum("bqhd,bkhd->bhqk", zeros([8, 5, 2, 4]), zeros([8, 7, 2, 4])).shape, [8, 2, 5, 7]);
 * ```
 *
 * @param equation terms joined by commas, and after `->` the term of the result.
 * @param operands float tensors of one dtype, one per term.
 * @returns a tensor with the dimensions of the result.
 * @throws {SyntaxError} if the equation is none, or has other terms than operands.
 * @throws {ShapeError} if shapes do not fit the equation, or dtypes differ.
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const inputs = operands.map((x, i) => [`operands[${i}]`, x]);
  if (inputs.length > 0) checkFloats("apply einsum", Object.fromEntries(inputs));
  const { operands: terms, output, sizes } = einsumPlan(equation, operands.map((x) => x.shape));
  const named = operands.map((x, i) => squeezed(diagonals({ x, names: terms[i] }), sizes));
  // Sum dimensions that only one operand has, and the output has not, before all else.
  const prepared = named.map((operand, i) => {
    const elsewhere = new Set([...output, ...namesOf(named.toSpliced(i, 1))]);
    return summed(operand, (name) => !elsewhere.has(name));
  });
  let whole = prepared[0];
  for (let i = 1; i < prepared.length; i++) {
    const needed = new Set([...output, ...namesOf(prepared.slice(i + 1))]);
    whole = contract(whole, prepared[i], needed);
  }
  return ordered(whole, output);
}

function namesOf(operands: readonly Named[]): Subscript[] {
  return operands.flatMap(({ names }) => names);
}

/** Takes the diagonal of every pair of dimensions of one name. */
function diagonals({ x, names }: Named): Named {
  const second = names.findIndex((name, d) => names.indexOf(name) !== d);
  if (second < 0) return { x, names };
  const first = names.indexOf(names[second]);
  const others = names.flatMap((_, d) => d === first || d === second ? [] : [d]);
  const n = x.shape[first];
  const lead = others.map((d) => x.shape[d]);
  // Of n rows of n, each element of the diagonal is n + 1 after the one before.
  const rows = reshape(transpose(x, [...others, first, second]), [...lead, n * n]);
  const diagonal = slice(rows, [...lead.map((): SliceRange => null), [null, null, n + 1]]);
  return diagonals({ x: diagonal, names: [...others.map((d) => names[d]), names[first]] });
}

/** Drops dimensions of size 1 that stand for a larger size: a product repeats what it lacks. */
function squeezed({ x, names }: Named, sizes: ReadonlyMap<Subscript, number>): Named {
  const kept = names.flatMap((name, d) => x.shape[d] === sizes.get(name) ? [d] : []);
  return { x: reshape(x, kept.map((d) => x.shape[d])), names: kept.map((d) => names[d]) };
}

/** Sums over some of the names of a tensor. */
function summed({ x, names }: Named, over: (name: Subscript) => boolean): Named {
  const axis = names.flatMap((name, d) => over(name) ? [d] : []);
  if (axis.length === 0) return { x, names };
  return { x: sum(x, { axis }), names: names.filter((name) => !over(name)) };
}

/** Multiplies two tensors, and sums over the names of both that are not needed any more. */
function contract(a: Named, b: Named, needed: ReadonlySet<Subscript>): Named {
  const shared = a.names.filter((name) => b.names.includes(name));
  const batch = shared.filter((name) => needed.has(name));
  const inner = shared.filter((name) => !needed.has(name));
  const rows = a.names.filter((name) => !shared.includes(name));
  const columns = b.names.filter((name) => !shared.includes(name));
  if (inner.length === 0 || (rows.length === 0 && columns.length === 0)) {
    const names = [...batch, ...inner, ...rows, ...columns];
    return summed(
      { x: mul(aligned(a, names), aligned(b, names)), names },
      (name) => inner.includes(name),
    );
  }
  const [left, right] = [matrices(a, batch, rows, inner), matrices(b, batch, inner, columns)];
  const y = matmul(left.x, right.x, {
    transposeA: left.isTransposed,
    transposeB: right.isTransposed,
  });
  const shape = [sizesIn(a, batch), sizesIn(a, rows), sizesIn(b, columns)].flat();
  return { x: reshape(y, shape), names: [...batch, ...rows, ...columns] };
}

/** Puts dimensions in the order of names, with size 1 for those that the operand does not have. */
function aligned(a: Named, names: readonly Subscript[]): Tensor {
  const own = names.filter((name) => a.names.includes(name));
  const sizes = names.map((name) => own.includes(name) ? sizesIn(a, [name])[0] : 1);
  return reshape(ordered(a, own), sizes);
}

/**
 * Shapes an operand as a batch of matrices, the other way round where no element then has to move.
 */
function matrices(
  a: Named,
  batch: readonly Subscript[],
  rows: readonly Subscript[],
  columns: readonly Subscript[],
): { x: Tensor; isTransposed: boolean } {
  const isTransposed = isOrder(a.names, [...batch, ...columns, ...rows]) &&
    !isOrder(a.names, [...batch, ...rows, ...columns]);
  const parts = isTransposed ? [batch, columns, rows] : [batch, rows, columns];
  const x = ordered(a, parts.flat());
  return { x: reshape(x, parts.map((names) => sizeOf(sizesIn(a, names)))), isTransposed };
}

function ordered({ x, names }: Named, order: readonly Subscript[]): Tensor {
  return isOrder(names, order) ? x : transpose(x, order.map((name) => names.indexOf(name)));
}

function isOrder(names: readonly Subscript[], order: readonly Subscript[]): boolean {
  return names.every((name, d) => name === order[d]);
}

function sizesIn({ x, names }: Named, wanted: readonly Subscript[]): number[] {
  return wanted.map((name) => x.shape[names.indexOf(name)]);
}
