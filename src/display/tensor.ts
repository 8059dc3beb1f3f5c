/**
 * Tensors as texts and tables: the elements that are shown, and their form.
 *
 * @module
 */
import { formatCount } from "./amounts.ts";
import type { DType } from "../core/dtype.ts";
import { LINE_WIDTH, nestedText, type ReadBlock } from "./elements.ts";
import { escapeXml, htmlTable } from "./markup.ts";
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
  /** Copies a block of the elements, `counts` along each axis from `starts` on; nothing else. */
  readonly block: ReadBlock;
}

const MOST_ROWS = 20;
const MOST_COLUMNS = 12;

/** Stands for the elements on a backend that takes time to answer. */
const SLOW = "elements by await tensor.data()";

/** Writes dtype and shape, and the elements in nested brackets. */
export function tensorText(tensor: ShownTensor): string {
  const { shape, dtype, isDisposed, isSlow, block } = tensor;
  const head = headOf(tensor);
  if (isDisposed) return `${head} (disposed)`;
  if (isSlow) return `${head} (${SLOW})`;
  const elements = nestedText(shape, dtype, block);
  const isLine = !elements.includes("\n") && head.length + 1 + elements.length <= LINE_WIDTH;
  return head + (isLine ? " " : "\n") + elements;
}

function headOf({ dtype, shape }: ShownTensor): string {
  return `Tensor ${dtype} ${formatShape(shape)}`;
}

/** Shows a table of up to two dimensions; of more the text. */
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
  const rest = isDisposed ? "" : size === 0 ? "no elements" : isSlow ? SLOW : undefined;
  const lines = htmlTable({ caption, headings: [], rows: [], align: "", note: rest });
  if (rest !== undefined) return lines;
  return `${lines}<pre>${escapeXml(nestedText(shape, tensor.dtype, tensor.block))}</pre>`;
}

function tableOf(tensor: ShownTensor, caption: string): string {
  const [rows, columns] = [[1, 1], [1, tensor.shape[0]], tensor.shape][tensor.shape.length];
  const [high, wide] = [Math.min(rows, MOST_ROWS), Math.min(columns, MOST_COLUMNS)];
  const counts = [high, wide].slice(2 - tensor.shape.length);
  const data = Array.from(tensor.block(counts.map(() => 0), counts), formatElement);
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
