// From a kernel's number to the kernel: depthwise convolution, windows as rows, resampling.
import { COL2IM, DEPTHWISE, DEPTHWISE_GRAD_W, IM2COL, RESAMPLE } from "../kernel_ids";
import { executeNorms } from "./execute_norms";
import { col2im, im2col } from "./columns";
import { depthwise } from "./depthwise";
import { depthwiseGradW } from "./depthwise_grad";
import { resample } from "./resample";

/** Runs a chunk of a kernel with the arguments of the job. */
export function executeImages(kernel: i32, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case DEPTHWISE:
      depthwise(chunk, scratch);
      break;
    case DEPTHWISE_GRAD_W:
      depthwiseGradW(chunk);
      break;
    case IM2COL:
      im2col(chunk);
      break;
    case COL2IM:
      col2im(chunk);
      break;
    case RESAMPLE:
      resample(chunk, scratch);
      break;
    default:
      executeNorms(kernel, chunk);
  }
}
