// From a kernel's number to the kernel: those of arrays. Products and convolutions: `execute.ts`;
// the rest of what concerns images: `execute_images.ts`.
import {
  ACTIVATION,
  ACTIVATION_GRAD,
  ADAGRAD,
  ADAM,
  ADD_IN_PLACE,
  AVERAGE_POOL_GRAD,
  BINARY,
  BLEND,
  CAST,
  COMPARE,
  COPY,
  COPY_ROWS,
  CUMSUM,
  FILL,
  FIRST_MAXIMA,
  LION,
  GATHER,
  LOG_SOFTMAX,
  MAX_POOL_GATHER,
  MAX_POOL_GRAD,
  PAIR_LOSS,
  MOVE_FIRST,
  POOL,
  REDUCE_COLUMNS,
  REDUCE_ROWS,
  RMSPROP,
  SCATTER_ADD,
  SGD,
  SOFTMAX,
  SOFTMAX_CE,
  SOFTMAX_CE_GRAD,
  TRANSPOSE,
  UNARY,
  WHERE,
} from "../kernel_ids";
import { activation, activationGrad } from "./activations";
import { averagePoolGrad } from "./average_pool";
import { binary } from "./binary";
import { compare, where } from "./compare_where";
import { softmaxCE, softmaxCEGrad } from "./cross_entropy";
import { cumsum } from "./cumsum";
import { addInPlace, cast, copy, fill } from "./elementwise";
import { firstMaxima, moveFirst } from "./move_first";
import { gather, scatterAdd } from "./gather";
import { executeImages } from "./execute_images";
import { maxPoolGather, maxPoolGrad } from "./max_pool";
import { pairLoss } from "./pair_losses";
import { adagrad, adam, blend, lion, rmsprop, sgd } from "./optimizer";
import { pool } from "./pool";
import { copyRows, transpose } from "./rearrange";
import { reduceColumns, reduceRows } from "./reduce";
import { logSoftmax, softmax } from "./softmax";
import { unary } from "./unary";

/** Runs a chunk of a kernel with the arguments of the job. */
export function executeArrays(kernel: i32, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case FILL:
      fill(chunk);
      break;
    case COPY:
      copy(chunk);
      break;
    case UNARY:
      unary(chunk);
      break;
    case BINARY:
      binary(chunk);
      break;
    case ACTIVATION:
      activation(chunk);
      break;
    case ACTIVATION_GRAD:
      activationGrad(chunk);
      break;
    case COMPARE:
      compare(chunk);
      break;
    case WHERE:
      where(chunk);
      break;
    case ADD_IN_PLACE:
      addInPlace(chunk);
      break;
    case COPY_ROWS:
      copyRows(chunk);
      break;
    case TRANSPOSE:
      transpose(chunk);
      break;
    case GATHER:
      gather(chunk);
      break;
    case SCATTER_ADD:
      scatterAdd(chunk);
      break;
    case REDUCE_ROWS:
      reduceRows(chunk);
      break;
    case REDUCE_COLUMNS:
      reduceColumns(chunk);
      break;
    case CAST:
      cast(chunk);
      break;
    case FIRST_MAXIMA:
      firstMaxima(chunk);
      break;
    case MOVE_FIRST:
      moveFirst(chunk);
      break;
    case CUMSUM:
      cumsum(chunk);
      break;
    case POOL:
      pool(chunk);
      break;
    case MAX_POOL_GATHER:
      maxPoolGather(chunk, scratch);
      break;
    case MAX_POOL_GRAD:
      maxPoolGrad(chunk, scratch);
      break;
    case AVERAGE_POOL_GRAD:
      averagePoolGrad(chunk, scratch);
      break;
    case SOFTMAX:
      softmax(chunk);
      break;
    case LOG_SOFTMAX:
      logSoftmax(chunk);
      break;
    case SOFTMAX_CE:
      softmaxCE(chunk, scratch);
      break;
    case SOFTMAX_CE_GRAD:
      softmaxCEGrad(chunk);
      break;
    case PAIR_LOSS:
      pairLoss(chunk);
      break;
    case SGD:
      sgd(chunk);
      break;
    case ADAM:
      adam(chunk);
      break;
    case RMSPROP:
      rmsprop(chunk);
      break;
    case ADAGRAD:
      adagrad(chunk);
      break;
    case LION:
      lion(chunk);
      break;
    case BLEND:
      blend(chunk);
      break;
    default:
      executeImages(kernel, chunk, scratch);
  }
}
