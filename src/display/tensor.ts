/**
 * Tensors as texts and tables: the elements that are shown, and their form.
 *
 * @module
 */
import { formatCount } from "./amounts.ts";
import type { DType, TypedArray } from "../core/dtype.ts";
import { htmlTable } from "./markup.ts";
import type { Shown } from "./shown.ts";
import { formatShape, type Shape } from "../core/shape.ts";

/** A tensor, as far as it is shown. */
export interface ShownTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly size: number;
  readonly isDisposed: boolean;
  /** True where the backend takes time to answer: no element is shown. */
  readonly isSlow: boolean;
  /** Copies the upper left corner of the elements in rows of `columns`; nothing else. */
  corner(columns: number, rowsShown: number, columnsShown: number): TypedArray;
}

const SHOWN_ELEMENTS = 8;
const MOST_ROWS = 20;
const MOST_COLUMNS = 12;

/** Stands for the elements on a backend that takes time to answer. */
const SLOW = "elements by await tensor.data()";

/** Writes a line with dtype, shape and the first elements. */
export function tensorText(tensor: ShownTensor): string {
  const { size } = tensor;
  if (tensor.isDisposed) return `${headOf(tensor)} (disposed)`;
  if (tensor.isSlow) return `${headOf(tensor)} (${SLOW})`;
  const shown = firstElements(tensor, SHOWN_ELEMENTS);
  return `${headOf(tensor)} (${shown.join(", ")}${size > SHOWN_ELEMENTS ? ", …" : ""})`;
}

function headOf({ dtype, shape }: ShownTensor): string {
  return `Tensor ${dtype} ${formatShape(shape)}`;
}

function firstElements(tensor: ShownTensor, most: number): string[] {
  const count = Math.min(tensor.size, most);
  return count === 0 ? [] : Array.from(tensor.corner(tensor.size, 1, count), formatElement);
}

/** Shows a table of up to two dimensions; of more the line of text with some more elements. */
export function tensorShown(tensor: ShownTensor): Shown {
  return { "text/plain": tensorText(tensor), "text/html": tensorHtml(tensor) };
}

function tensorHtml(tensor: ShownTensor): string {
  const { shape, size, isDisposed, isSlow } = tensor;
  const caption = isDisposed
    ? `${headOf(tensor)}, disposed: its memory has been freed`
    : headOf(tensor);
  const isTable = shape.length <= 2 && size > 0 && !isDisposed && !isSlow;
  if (isTable) return tableOf(tensor, caption);
  const rest = isDisposed ? "" : size === 0 ? "no elements" : isSlow ? SLOW : firstOf(tensor);
  return htmlTable({ caption, headings: [], rows: [], align: "", note: rest });
}

function firstOf(tensor: ShownTensor): string {
  const shown = firstElements(tensor, 2 * SHOWN_ELEMENTS);
  const count = formatCount(tensor.size);
  return `${count} elements: ${shown.join(", ")}${shown.length < tensor.size ? ", …" : ""}`;
}

function tableOf(tensor: ShownTensor, caption: string): string {
  const [rows, columns] = [[1, 1], [1, tensor.shape[0]], tensor.shape][tensor.shape.length];
  const [high, wide] = [Math.min(rows, MOST_ROWS), Math.min(columns, MOST_COLUMNS)];
  const data = Array.from(tensor.corner(columns, high, wide), formatElement);
  const hasRowNames = tensor.shape.length === 2;
  const hidden = [
    high < rows ? [`${high} of ${formatCount(rows)} rows`] : [],
    wide < columns ? [`${wide} of ${formatCount(columns)} columns`] : [],
  ].flat();
  const indices = Array.from({ length: wide }, (_, j) => String(j));
  return htmlTable({
    caption,
    headings: tensor.shape.length === 0 ? [] : [...hasRowNames ? [""] : [], ...indices],
    rows: Array.from({ length: high }, (_, i) => [
      ...hasRowNames ? [String(i)] : [],
      ...data.slice(i * wide, (i + 1) * wide),
    ]),
    align: "r".repeat(wide + 1),
    hasRowNames,
    note: hidden.length === 0 ? "" : `${hidden.join(", ")} are shown`,
  });
}

function formatElement(value: number): string {
  return String(Number(value.toPrecision(6)));
}
