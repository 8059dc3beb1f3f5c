// From a kernel's number to the kernel: normalisation and dropout. Others: `execute_arrays.ts`,
// which comes here by way of `execute_images.ts`.
import {
  COLUMN_MOMENTS,
  COLUMN_SUMS,
  DROPOUT,
  NORMALIZE_COLUMNS,
  NORMALIZE_GRAD_ROWS,
  NORMALIZE_ROWS,
  ROW_MOMENTS,
  ROW_NORMAL_SUMS,
} from "../kernel_ids";
import { dropout } from "./dropout";
import { columnMoments, columnSums, normalizeColumns } from "./norm";
import { normalizeGradRows, normalizeRows, rowMoments, rowNormalSums } from "./norm_rows";

/** Runs a chunk of a kernel with the arguments of the job. */
export function executeNorms(kernel: i32, chunk: i32): void {
  switch (kernel) {
    case COLUMN_MOMENTS:
      columnMoments(chunk);
      break;
    case COLUMN_SUMS:
      columnSums(chunk);
      break;
    case NORMALIZE_COLUMNS:
      normalizeColumns(chunk);
      break;
    case ROW_MOMENTS:
      rowMoments(chunk);
      break;
    case NORMALIZE_ROWS:
      normalizeRows(chunk);
      break;
    case NORMALIZE_GRAD_ROWS:
      normalizeGradRows(chunk);
      break;
    case ROW_NORMAL_SUMS:
      rowNormalSums(chunk);
      break;
    case DROPOUT:
      dropout(chunk);
      break;
    default:
      unreachable();
  }
}
