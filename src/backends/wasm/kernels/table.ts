// Written by `deno task build:wasm`. Do not edit.
import { activation, activationGrad, ActivationArgs, ActivationGradArgs } from "./activations";
import { averagePoolGrad } from "./average_pool";
import { binary, CombineArgs } from "./binary";
import { im2col, col2im } from "./columns";
import { compare, where, WhereArgs } from "./compare_where";
import { conv, convGradW, addParts } from "./conv";
import { convScatter } from "./conv_scatter";
import { softmaxCE, softmaxCEGrad } from "./cross_entropy";
import { cumsum } from "./cumsum";
import { depthwise } from "./depthwise";
import { depthwiseGradW } from "./depthwise_grad";
import { dropout } from "./dropout";
import { addInPlace, fill, copy, cast, AddInPlaceArgs, FillArgs, CopyArgs, CastArgs } from "./elementwise";
import { gather, scatterAdd, GatherArgs, ScatterAddArgs } from "./gather";
import { maxPoolGather, maxPoolGrad } from "./max_pool";
import { firstMaxima, moveFirst } from "./move_first";
import { packColumns, multiply, multiplyTransposed } from "./multiply";
import { columnMoments, columnSums, normalizeColumns } from "./norm";
import { rowMoments, normalizeRows, normalizeGradRows, rowNormalSums } from "./norm_rows";
import { sgd, adam, rmsprop, adagrad, lion, blend } from "./optimizer";
import { pairLoss } from "./pair_losses";
import { pool } from "./pool";
import { copyRows, transpose, CopyRowsArgs, TransposeArgs } from "./rearrange";
import { reduceRows, reduceColumns } from "./reduce";
import { resample } from "./resample";
import { softmax, logSoftmax } from "./softmax";
import { unary, UnaryArgs } from "./unary";
import { winogradFilters, winograd } from "./winograd";
import { winogradGradW, winogradFinish } from "./winograd_grad";

type Kernel = (chunk: i32, scratch: usize) => void;

const KERNELS: StaticArray<Kernel> = [
  (chunk: i32, scratch: usize): void => activation(chunk),
  (chunk: i32, scratch: usize): void => activationGrad(chunk),
  averagePoolGrad,
  (chunk: i32, scratch: usize): void => binary(chunk),
  (chunk: i32, scratch: usize): void => im2col(chunk),
  (chunk: i32, scratch: usize): void => col2im(chunk),
  (chunk: i32, scratch: usize): void => compare(chunk),
  (chunk: i32, scratch: usize): void => where(chunk),
  conv,
  convGradW,
  (chunk: i32, scratch: usize): void => addParts(chunk),
  convScatter,
  softmaxCE,
  (chunk: i32, scratch: usize): void => softmaxCEGrad(chunk),
  (chunk: i32, scratch: usize): void => cumsum(chunk),
  depthwise,
  (chunk: i32, scratch: usize): void => depthwiseGradW(chunk),
  (chunk: i32, scratch: usize): void => dropout(chunk),
  (chunk: i32, scratch: usize): void => addInPlace(chunk),
  (chunk: i32, scratch: usize): void => fill(chunk),
  (chunk: i32, scratch: usize): void => copy(chunk),
  (chunk: i32, scratch: usize): void => cast(chunk),
  (chunk: i32, scratch: usize): void => gather(chunk),
  (chunk: i32, scratch: usize): void => scatterAdd(chunk),
  maxPoolGather,
  maxPoolGrad,
  (chunk: i32, scratch: usize): void => firstMaxima(chunk),
  (chunk: i32, scratch: usize): void => moveFirst(chunk),
  (chunk: i32, scratch: usize): void => packColumns(chunk),
  (chunk: i32, scratch: usize): void => multiply(chunk),
  (chunk: i32, scratch: usize): void => multiplyTransposed(chunk),
  (chunk: i32, scratch: usize): void => columnMoments(chunk),
  (chunk: i32, scratch: usize): void => columnSums(chunk),
  (chunk: i32, scratch: usize): void => normalizeColumns(chunk),
  (chunk: i32, scratch: usize): void => rowMoments(chunk),
  (chunk: i32, scratch: usize): void => normalizeRows(chunk),
  (chunk: i32, scratch: usize): void => normalizeGradRows(chunk),
  (chunk: i32, scratch: usize): void => rowNormalSums(chunk),
  (chunk: i32, scratch: usize): void => sgd(chunk),
  (chunk: i32, scratch: usize): void => adam(chunk),
  (chunk: i32, scratch: usize): void => rmsprop(chunk),
  (chunk: i32, scratch: usize): void => adagrad(chunk),
  (chunk: i32, scratch: usize): void => lion(chunk),
  (chunk: i32, scratch: usize): void => blend(chunk),
  (chunk: i32, scratch: usize): void => pairLoss(chunk),
  (chunk: i32, scratch: usize): void => pool(chunk),
  (chunk: i32, scratch: usize): void => copyRows(chunk),
  (chunk: i32, scratch: usize): void => transpose(chunk),
  (chunk: i32, scratch: usize): void => reduceRows(chunk),
  (chunk: i32, scratch: usize): void => reduceColumns(chunk),
  resample,
  (chunk: i32, scratch: usize): void => softmax(chunk),
  (chunk: i32, scratch: usize): void => logSoftmax(chunk),
  (chunk: i32, scratch: usize): void => unary(chunk),
  (chunk: i32, scratch: usize): void => winogradFilters(chunk),
  winograd,
  winogradGradW,
  (chunk: i32, scratch: usize): void => winogradFinish(chunk),
];

/** Runs a chunk of the kernel at a place of the table, with the arguments of the job. */
export function execute(kernel: i32, chunk: i32, scratch: usize): void {
  unchecked(KERNELS[kernel])(chunk, scratch);
}

// The host writes arguments where the compiler puts them.
if (offsetof<ActivationArgs>() != 40 || offsetof<ActivationArgs>("kind") != 0 || offsetof<ActivationArgs>("x") != 4 || offsetof<ActivationArgs>("y") != 8 || offsetof<ActivationArgs>("size") != 12 || offsetof<ActivationArgs>("block") != 16 || offsetof<ActivationArgs>("slope") != 20 || offsetof<ActivationArgs>("low") != 24 || offsetof<ActivationArgs>("high") != 28 || offsetof<ActivationArgs>("above") != 32 || offsetof<ActivationArgs>("below") != 36) ERROR("the layout of ActivationArgs is another one");
if (offsetof<ActivationGradArgs>() != 44 || offsetof<ActivationGradArgs>("kind") != 0 || offsetof<ActivationGradArgs>("x") != 4 || offsetof<ActivationGradArgs>("y") != 8 || offsetof<ActivationGradArgs>("size") != 12 || offsetof<ActivationGradArgs>("block") != 16 || offsetof<ActivationGradArgs>("slope") != 20 || offsetof<ActivationGradArgs>("low") != 24 || offsetof<ActivationGradArgs>("high") != 28 || offsetof<ActivationGradArgs>("above") != 32 || offsetof<ActivationGradArgs>("below") != 36 || offsetof<ActivationGradArgs>("dy") != 40) ERROR("the layout of ActivationGradArgs is another one");
if (offsetof<CombineArgs>() != 46 || offsetof<CombineArgs>("kind") != 0 || offsetof<CombineArgs>("a") != 4 || offsetof<CombineArgs>("b") != 8 || offsetof<CombineArgs>("y") != 12 || offsetof<CombineArgs>("rows") != 16 || offsetof<CombineArgs>("length") != 20 || offsetof<CombineArgs>("rowsOfChunk") != 24 || offsetof<CombineArgs>("pieces") != 28 || offsetof<CombineArgs>("piece") != 32 || offsetof<CombineArgs>("dimensions") != 36 || offsetof<CombineArgs>("rank") != 40 || offsetof<CombineArgs>("aRepeats") != 44 || offsetof<CombineArgs>("bRepeats") != 45) ERROR("the layout of CombineArgs is another one");
if (offsetof<WhereArgs>() != 26 || offsetof<WhereArgs>("condition") != 0 || offsetof<WhereArgs>("a") != 4 || offsetof<WhereArgs>("b") != 8 || offsetof<WhereArgs>("y") != 12 || offsetof<WhereArgs>("size") != 16 || offsetof<WhereArgs>("block") != 20 || offsetof<WhereArgs>("aRepeats") != 24 || offsetof<WhereArgs>("bRepeats") != 25) ERROR("the layout of WhereArgs is another one");
if (offsetof<AddInPlaceArgs>() != 16 || offsetof<AddInPlaceArgs>("target") != 0 || offsetof<AddInPlaceArgs>("x") != 4 || offsetof<AddInPlaceArgs>("size") != 8 || offsetof<AddInPlaceArgs>("block") != 12) ERROR("the layout of AddInPlaceArgs is another one");
if (offsetof<FillArgs>() != 16 || offsetof<FillArgs>("y") != 0 || offsetof<FillArgs>("size") != 4 || offsetof<FillArgs>("block") != 8 || offsetof<FillArgs>("value") != 12) ERROR("the layout of FillArgs is another one");
if (offsetof<CopyArgs>() != 16 || offsetof<CopyArgs>("x") != 0 || offsetof<CopyArgs>("y") != 4 || offsetof<CopyArgs>("bytes") != 8 || offsetof<CopyArgs>("block") != 12) ERROR("the layout of CopyArgs is another one");
if (offsetof<CastArgs>() != 20 || offsetof<CastArgs>("x") != 0 || offsetof<CastArgs>("y") != 4 || offsetof<CastArgs>("size") != 8 || offsetof<CastArgs>("block") != 12 || offsetof<CastArgs>("xBytes") != 16) ERROR("the layout of CastArgs is another one");
if (offsetof<GatherArgs>() != 44 || offsetof<GatherArgs>("x") != 0 || offsetof<GatherArgs>("indices") != 4 || offsetof<GatherArgs>("y") != 8 || offsetof<GatherArgs>("size") != 12 || offsetof<GatherArgs>("inner") != 16 || offsetof<GatherArgs>("count") != 20 || offsetof<GatherArgs>("rows") != 24 || offsetof<GatherArgs>("rowsOfChunk") != 28 || offsetof<GatherArgs>("alongAxis") != 32 || offsetof<GatherArgs>("skip") != 36 || offsetof<GatherArgs>("indexBytes") != 40) ERROR("the layout of GatherArgs is another one");
if (offsetof<ScatterAddArgs>() != 52 || offsetof<ScatterAddArgs>("updates") != 0 || offsetof<ScatterAddArgs>("indices") != 4 || offsetof<ScatterAddArgs>("y") != 8 || offsetof<ScatterAddArgs>("size") != 12 || offsetof<ScatterAddArgs>("inner") != 16 || offsetof<ScatterAddArgs>("count") != 20 || offsetof<ScatterAddArgs>("blocks") != 24 || offsetof<ScatterAddArgs>("blocksOfChunk") != 28 || offsetof<ScatterAddArgs>("alongAxis") != 32 || offsetof<ScatterAddArgs>("skip") != 36 || offsetof<ScatterAddArgs>("indexBytes") != 40 || offsetof<ScatterAddArgs>("pieces") != 44 || offsetof<ScatterAddArgs>("piece") != 48) ERROR("the layout of ScatterAddArgs is another one");
if (offsetof<CopyRowsArgs>() != 44 || offsetof<CopyRowsArgs>("x") != 0 || offsetof<CopyRowsArgs>("y") != 4 || offsetof<CopyRowsArgs>("rows") != 8 || offsetof<CopyRowsArgs>("length") != 12 || offsetof<CopyRowsArgs>("rowsOfChunk") != 16 || offsetof<CopyRowsArgs>("pieces") != 20 || offsetof<CopyRowsArgs>("piece") != 24 || offsetof<CopyRowsArgs>("dimensions") != 28 || offsetof<CopyRowsArgs>("rank") != 32 || offsetof<CopyRowsArgs>("xStep") != 36 || offsetof<CopyRowsArgs>("yStep") != 40) ERROR("the layout of CopyRowsArgs is another one");
if (offsetof<TransposeArgs>() != 40 || offsetof<TransposeArgs>("x") != 0 || offsetof<TransposeArgs>("y") != 4 || offsetof<TransposeArgs>("rows") != 8 || offsetof<TransposeArgs>("columns") != 12 || offsetof<TransposeArgs>("xStep") != 16 || offsetof<TransposeArgs>("yStep") != 20 || offsetof<TransposeArgs>("blocks") != 24 || offsetof<TransposeArgs>("block") != 28 || offsetof<TransposeArgs>("dimensions") != 32 || offsetof<TransposeArgs>("rank") != 36) ERROR("the layout of TransposeArgs is another one");
if (offsetof<UnaryArgs>() != 20 || offsetof<UnaryArgs>("kind") != 0 || offsetof<UnaryArgs>("x") != 4 || offsetof<UnaryArgs>("y") != 8 || offsetof<UnaryArgs>("size") != 12 || offsetof<UnaryArgs>("block") != 16) ERROR("the layout of UnaryArgs is another one");
