/**
 * Matrix products, with either operand read transposed.
 *
 * @module
 */
import { type MatmulOptions, matmulPlan } from "../../src/core/geometry/mod.ts";
import { formatShape, freeing, type KernelCase, operand } from "./kernel_case.ts";

const ORIENTATIONS: readonly (MatmulOptions & { readonly letters: string })[] = [
  { letters: "NN", transposeA: false, transposeB: false },
  { letters: "TN", transposeA: true, transposeB: false },
  { letters: "NT", transposeA: false, transposeB: true },
];

/** Rows, inner dimension and columns; the last one is the first dense layer of model M. */
const SIZES = [[512, 512, 512], [1024, 1024, 1024], [64, 576, 64]] as const;

/** Products of square matrices and of a dense layer. */
export const MATMUL_CASES: readonly KernelCase[] = SIZES.flatMap((size) =>
  ORIENTATIONS.map((orientation) => matmulCase(size, orientation))
);

function matmulCase(
  [rows, inner, columns]: readonly [number, number, number],
  { letters, ...options }: typeof ORIENTATIONS[number],
): KernelCase {
  const a = options.transposeA ? [inner, rows] : [rows, inner];
  const b = options.transposeB ? [columns, inner] : [inner, columns];
  const g = matmulPlan(a, b, options).g;
  return {
    name: `matmul ${letters}`,
    shape: `${formatShape(a)} · ${formatShape(b)}`,
    limit: "arithmetic",
    work: 2 * rows * inner * columns,
    prepare(k) {
      const [left, right] = [operand(k, a), operand(k, b)];
      return freeing(k, () => k.matmul(left, right, null, g));
    },
  };
}
