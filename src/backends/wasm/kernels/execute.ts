// From a kernel's number to the kernel: products and convolutions. Others: `execute_arrays.ts`.
import {
  ADD_PARTS,
  CONV,
  CONV_GRAD_W,
  CONV_SCATTER,
  MULTIPLY,
  MULTIPLY_TRANSPOSED,
  PACK_COLUMNS,
  WINOGRAD,
  WINOGRAD_FILTERS,
  WINOGRAD_FINISH,
  WINOGRAD_GRAD_W,
} from "../kernel_ids";
import { addParts, conv, convGradW } from "./conv";
import { convScatter } from "./conv_scatter";
import { executeArrays } from "./execute_arrays";
import { winograd, winogradFilters } from "./winograd";
import { winogradFinish, winogradGradW } from "./winograd_grad";
import { multiply, multiplyTransposed, packColumns } from "./multiply";

/** Runs a chunk of a kernel with the arguments of the job. */
export function execute(kernel: i32, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case PACK_COLUMNS:
      packColumns(chunk);
      break;
    case MULTIPLY:
      multiply(chunk);
      break;
    case MULTIPLY_TRANSPOSED:
      multiplyTransposed(chunk);
      break;
    case ADD_PARTS:
      addParts(chunk);
      break;
    case CONV:
      conv(chunk, scratch);
      break;
    case CONV_GRAD_W:
      convGradW(chunk, scratch);
      break;
    case WINOGRAD:
      winograd(chunk, scratch);
      break;
    case WINOGRAD_FILTERS:
      winogradFilters(chunk);
      break;
    case WINOGRAD_GRAD_W:
      winogradGradW(chunk, scratch);
      break;
    case WINOGRAD_FINISH:
      winogradFinish(chunk);
      break;
    case CONV_SCATTER:
      convScatter(chunk, scratch);
      break;
    default:
      executeArrays(kernel, chunk, scratch);
  }
}
