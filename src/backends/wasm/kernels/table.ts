// Written by `deno task build:wasm`. Do not edit.
import { activation, activationGrad, ActivationArgs, ActivationGradArgs } from "./activations";
import { averagePoolGrad, AveragePoolGradArgs } from "./average_pool";
import { binary, CombineArgs } from "./binary";
import { im2col, col2im, ColumnsArgs } from "./columns";
import { compare, where, WhereArgs } from "./compare_where";
import { conv, convGradW } from "./conv";
import { convScatter } from "./conv_scatter";
import { softmaxCE, softmaxCEGrad } from "./cross_entropy";
import { cumsum } from "./cumsum";
import { depthwise, SlidingArgs, DepthwiseArgs } from "./depthwise";
import { depthwiseGradW, DepthwiseGradWArgs } from "./depthwise_grad";
import { dropout, DropoutArgs } from "./dropout";
import { addInPlace, fill, copy, cast, AddInPlaceArgs, FillArgs, CopyArgs, CastArgs } from "./elementwise";
import { MaximaArgs } from "./first_maxima";
import { gather, scatterAdd, GatherArgs, ScatterAddArgs } from "./gather";
import { maxPoolGather, maxPoolGrad, MaxPoolGatherArgs, MaxPoolGradArgs } from "./max_pool";
import { firstMaxima, moveFirst } from "./move_first";
import { packColumns, multiply, multiplyTransposed, PackColumnsArgs, MultiplyArgs, MultiplyTransposedArgs } from "./multiply";
import { columnMoments, columnSums, normalizeColumns } from "./norm";
import { rowMoments, normalizeRows, normalizeGradRows, rowNormalSums } from "./norm_rows";
import { sgd, adam, rmsprop, adagrad, lion, blend } from "./optimizer";
import { pairLoss } from "./pair_losses";
import { addParts, AddPartsArgs } from "./parts";
import { pool, WindowArgs, PoolArgs } from "./pool";
import { copyRows, transpose, CopyRowsArgs, TransposeArgs } from "./rearrange";
import { reduceRows, reduceColumns } from "./reduce";
import { resample, ResampleArgs } from "./resample";
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
  (chunk: i32, scratch: usize): void => addParts(chunk),
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
if (offsetof<WindowArgs>() != 60 || offsetof<WindowArgs>("y") != 0 || offsetof<WindowArgs>("batch") != 4 || offsetof<WindowArgs>("height") != 8 || offsetof<WindowArgs>("width") != 12 || offsetof<WindowArgs>("channels") != 16 || offsetof<WindowArgs>("outHeight") != 20 || offsetof<WindowArgs>("outWidth") != 24 || offsetof<WindowArgs>("windowHeight") != 28 || offsetof<WindowArgs>("windowWidth") != 32 || offsetof<WindowArgs>("strideHeight") != 36 || offsetof<WindowArgs>("strideWidth") != 40 || offsetof<WindowArgs>("padTop") != 44 || offsetof<WindowArgs>("padLeft") != 48 || offsetof<WindowArgs>("unitsOfChunk") != 52 || offsetof<WindowArgs>("unitsOfImage") != 56) ERROR("the layout of WindowArgs is another one");
if (offsetof<AveragePoolGradArgs>() != 65 || offsetof<AveragePoolGradArgs>("y") != 0 || offsetof<AveragePoolGradArgs>("batch") != 4 || offsetof<AveragePoolGradArgs>("height") != 8 || offsetof<AveragePoolGradArgs>("width") != 12 || offsetof<AveragePoolGradArgs>("channels") != 16 || offsetof<AveragePoolGradArgs>("outHeight") != 20 || offsetof<AveragePoolGradArgs>("outWidth") != 24 || offsetof<AveragePoolGradArgs>("windowHeight") != 28 || offsetof<AveragePoolGradArgs>("windowWidth") != 32 || offsetof<AveragePoolGradArgs>("strideHeight") != 36 || offsetof<AveragePoolGradArgs>("strideWidth") != 40 || offsetof<AveragePoolGradArgs>("padTop") != 44 || offsetof<AveragePoolGradArgs>("padLeft") != 48 || offsetof<AveragePoolGradArgs>("unitsOfChunk") != 52 || offsetof<AveragePoolGradArgs>("unitsOfImage") != 56 || offsetof<AveragePoolGradArgs>("dy") != 60 || offsetof<AveragePoolGradArgs>("countPadding") != 64) ERROR("the layout of AveragePoolGradArgs is another one");
if (offsetof<CombineArgs>() != 46 || offsetof<CombineArgs>("kind") != 0 || offsetof<CombineArgs>("a") != 4 || offsetof<CombineArgs>("b") != 8 || offsetof<CombineArgs>("y") != 12 || offsetof<CombineArgs>("rows") != 16 || offsetof<CombineArgs>("length") != 20 || offsetof<CombineArgs>("rowsOfChunk") != 24 || offsetof<CombineArgs>("pieces") != 28 || offsetof<CombineArgs>("piece") != 32 || offsetof<CombineArgs>("dimensions") != 36 || offsetof<CombineArgs>("rank") != 40 || offsetof<CombineArgs>("aRepeats") != 44 || offsetof<CombineArgs>("bRepeats") != 45) ERROR("the layout of CombineArgs is another one");
if (offsetof<ColumnsArgs>() != 69 || offsetof<ColumnsArgs>("x") != 0 || offsetof<ColumnsArgs>("columns") != 4 || offsetof<ColumnsArgs>("batch") != 8 || offsetof<ColumnsArgs>("height") != 12 || offsetof<ColumnsArgs>("width") != 16 || offsetof<ColumnsArgs>("channels") != 20 || offsetof<ColumnsArgs>("outHeight") != 24 || offsetof<ColumnsArgs>("outWidth") != 28 || offsetof<ColumnsArgs>("windowHeight") != 32 || offsetof<ColumnsArgs>("windowWidth") != 36 || offsetof<ColumnsArgs>("strideHeight") != 40 || offsetof<ColumnsArgs>("strideWidth") != 44 || offsetof<ColumnsArgs>("dilationHeight") != 48 || offsetof<ColumnsArgs>("dilationWidth") != 52 || offsetof<ColumnsArgs>("padTop") != 56 || offsetof<ColumnsArgs>("padLeft") != 60 || offsetof<ColumnsArgs>("unitsOfChunk") != 64 || offsetof<ColumnsArgs>("channelsFirst") != 68) ERROR("the layout of ColumnsArgs is another one");
if (offsetof<WhereArgs>() != 26 || offsetof<WhereArgs>("condition") != 0 || offsetof<WhereArgs>("a") != 4 || offsetof<WhereArgs>("b") != 8 || offsetof<WhereArgs>("y") != 12 || offsetof<WhereArgs>("size") != 16 || offsetof<WhereArgs>("block") != 20 || offsetof<WhereArgs>("aRepeats") != 24 || offsetof<WhereArgs>("bRepeats") != 25) ERROR("the layout of WhereArgs is another one");
if (offsetof<SlidingArgs>() != 56 || offsetof<SlidingArgs>("x") != 0 || offsetof<SlidingArgs>("height") != 4 || offsetof<SlidingArgs>("width") != 8 || offsetof<SlidingArgs>("channels") != 12 || offsetof<SlidingArgs>("padTop") != 16 || offsetof<SlidingArgs>("padLeft") != 20 || offsetof<SlidingArgs>("strideHeight") != 24 || offsetof<SlidingArgs>("strideWidth") != 28 || offsetof<SlidingArgs>("outHeight") != 32 || offsetof<SlidingArgs>("outWidth") != 36 || offsetof<SlidingArgs>("windowHeight") != 40 || offsetof<SlidingArgs>("windowWidth") != 44 || offsetof<SlidingArgs>("dilationHeight") != 48 || offsetof<SlidingArgs>("dilationWidth") != 52) ERROR("the layout of SlidingArgs is another one");
if (offsetof<DepthwiseArgs>() != 93 || offsetof<DepthwiseArgs>("x") != 0 || offsetof<DepthwiseArgs>("height") != 4 || offsetof<DepthwiseArgs>("width") != 8 || offsetof<DepthwiseArgs>("channels") != 12 || offsetof<DepthwiseArgs>("padTop") != 16 || offsetof<DepthwiseArgs>("padLeft") != 20 || offsetof<DepthwiseArgs>("strideHeight") != 24 || offsetof<DepthwiseArgs>("strideWidth") != 28 || offsetof<DepthwiseArgs>("outHeight") != 32 || offsetof<DepthwiseArgs>("outWidth") != 36 || offsetof<DepthwiseArgs>("windowHeight") != 40 || offsetof<DepthwiseArgs>("windowWidth") != 44 || offsetof<DepthwiseArgs>("dilationHeight") != 48 || offsetof<DepthwiseArgs>("dilationWidth") != 52 || offsetof<DepthwiseArgs>("spreadHeight") != 56 || offsetof<DepthwiseArgs>("spreadWidth") != 60 || offsetof<DepthwiseArgs>("turned") != 64 || offsetof<DepthwiseArgs>("w") != 68 || offsetof<DepthwiseArgs>("bias") != 72 || offsetof<DepthwiseArgs>("y") != 76 || offsetof<DepthwiseArgs>("adds") != 80 || offsetof<DepthwiseArgs>("rows") != 84 || offsetof<DepthwiseArgs>("rowsOfChunk") != 88 || offsetof<DepthwiseArgs>("relu") != 92) ERROR("the layout of DepthwiseArgs is another one");
if (offsetof<DepthwiseGradWArgs>() != 72 || offsetof<DepthwiseGradWArgs>("x") != 0 || offsetof<DepthwiseGradWArgs>("height") != 4 || offsetof<DepthwiseGradWArgs>("width") != 8 || offsetof<DepthwiseGradWArgs>("channels") != 12 || offsetof<DepthwiseGradWArgs>("padTop") != 16 || offsetof<DepthwiseGradWArgs>("padLeft") != 20 || offsetof<DepthwiseGradWArgs>("strideHeight") != 24 || offsetof<DepthwiseGradWArgs>("strideWidth") != 28 || offsetof<DepthwiseGradWArgs>("outHeight") != 32 || offsetof<DepthwiseGradWArgs>("outWidth") != 36 || offsetof<DepthwiseGradWArgs>("windowHeight") != 40 || offsetof<DepthwiseGradWArgs>("windowWidth") != 44 || offsetof<DepthwiseGradWArgs>("dilationHeight") != 48 || offsetof<DepthwiseGradWArgs>("dilationWidth") != 52 || offsetof<DepthwiseGradWArgs>("dy") != 56 || offsetof<DepthwiseGradWArgs>("batch") != 60 || offsetof<DepthwiseGradWArgs>("parts") != 64 || offsetof<DepthwiseGradWArgs>("imagesOfPart") != 68) ERROR("the layout of DepthwiseGradWArgs is another one");
if (offsetof<DropoutArgs>() != 32 || offsetof<DropoutArgs>("x") != 0 || offsetof<DropoutArgs>("y") != 4 || offsetof<DropoutArgs>("size") != 8 || offsetof<DropoutArgs>("block") != 12 || offsetof<DropoutArgs>("key0") != 16 || offsetof<DropoutArgs>("key1") != 20 || offsetof<DropoutArgs>("threshold") != 24 || offsetof<DropoutArgs>("factor") != 28) ERROR("the layout of DropoutArgs is another one");
if (offsetof<AddInPlaceArgs>() != 16 || offsetof<AddInPlaceArgs>("target") != 0 || offsetof<AddInPlaceArgs>("x") != 4 || offsetof<AddInPlaceArgs>("size") != 8 || offsetof<AddInPlaceArgs>("block") != 12) ERROR("the layout of AddInPlaceArgs is another one");
if (offsetof<FillArgs>() != 16 || offsetof<FillArgs>("y") != 0 || offsetof<FillArgs>("size") != 4 || offsetof<FillArgs>("block") != 8 || offsetof<FillArgs>("value") != 12) ERROR("the layout of FillArgs is another one");
if (offsetof<CopyArgs>() != 16 || offsetof<CopyArgs>("x") != 0 || offsetof<CopyArgs>("y") != 4 || offsetof<CopyArgs>("bytes") != 8 || offsetof<CopyArgs>("block") != 12) ERROR("the layout of CopyArgs is another one");
if (offsetof<CastArgs>() != 20 || offsetof<CastArgs>("x") != 0 || offsetof<CastArgs>("y") != 4 || offsetof<CastArgs>("size") != 8 || offsetof<CastArgs>("block") != 12 || offsetof<CastArgs>("xBytes") != 16) ERROR("the layout of CastArgs is another one");
if (offsetof<MaximaArgs>() != 64 || offsetof<MaximaArgs>("y") != 0 || offsetof<MaximaArgs>("batch") != 4 || offsetof<MaximaArgs>("height") != 8 || offsetof<MaximaArgs>("width") != 12 || offsetof<MaximaArgs>("channels") != 16 || offsetof<MaximaArgs>("outHeight") != 20 || offsetof<MaximaArgs>("outWidth") != 24 || offsetof<MaximaArgs>("windowHeight") != 28 || offsetof<MaximaArgs>("windowWidth") != 32 || offsetof<MaximaArgs>("strideHeight") != 36 || offsetof<MaximaArgs>("strideWidth") != 40 || offsetof<MaximaArgs>("padTop") != 44 || offsetof<MaximaArgs>("padLeft") != 48 || offsetof<MaximaArgs>("unitsOfChunk") != 52 || offsetof<MaximaArgs>("unitsOfImage") != 56 || offsetof<MaximaArgs>("x") != 60) ERROR("the layout of MaximaArgs is another one");
if (offsetof<GatherArgs>() != 44 || offsetof<GatherArgs>("x") != 0 || offsetof<GatherArgs>("indices") != 4 || offsetof<GatherArgs>("y") != 8 || offsetof<GatherArgs>("size") != 12 || offsetof<GatherArgs>("inner") != 16 || offsetof<GatherArgs>("count") != 20 || offsetof<GatherArgs>("rows") != 24 || offsetof<GatherArgs>("rowsOfChunk") != 28 || offsetof<GatherArgs>("alongAxis") != 32 || offsetof<GatherArgs>("skip") != 36 || offsetof<GatherArgs>("indexBytes") != 40) ERROR("the layout of GatherArgs is another one");
if (offsetof<ScatterAddArgs>() != 52 || offsetof<ScatterAddArgs>("updates") != 0 || offsetof<ScatterAddArgs>("indices") != 4 || offsetof<ScatterAddArgs>("y") != 8 || offsetof<ScatterAddArgs>("size") != 12 || offsetof<ScatterAddArgs>("inner") != 16 || offsetof<ScatterAddArgs>("count") != 20 || offsetof<ScatterAddArgs>("blocks") != 24 || offsetof<ScatterAddArgs>("blocksOfChunk") != 28 || offsetof<ScatterAddArgs>("alongAxis") != 32 || offsetof<ScatterAddArgs>("skip") != 36 || offsetof<ScatterAddArgs>("indexBytes") != 40 || offsetof<ScatterAddArgs>("pieces") != 44 || offsetof<ScatterAddArgs>("piece") != 48) ERROR("the layout of ScatterAddArgs is another one");
if (offsetof<MaxPoolGatherArgs>() != 68 || offsetof<MaxPoolGatherArgs>("y") != 0 || offsetof<MaxPoolGatherArgs>("batch") != 4 || offsetof<MaxPoolGatherArgs>("height") != 8 || offsetof<MaxPoolGatherArgs>("width") != 12 || offsetof<MaxPoolGatherArgs>("channels") != 16 || offsetof<MaxPoolGatherArgs>("outHeight") != 20 || offsetof<MaxPoolGatherArgs>("outWidth") != 24 || offsetof<MaxPoolGatherArgs>("windowHeight") != 28 || offsetof<MaxPoolGatherArgs>("windowWidth") != 32 || offsetof<MaxPoolGatherArgs>("strideHeight") != 36 || offsetof<MaxPoolGatherArgs>("strideWidth") != 40 || offsetof<MaxPoolGatherArgs>("padTop") != 44 || offsetof<MaxPoolGatherArgs>("padLeft") != 48 || offsetof<MaxPoolGatherArgs>("unitsOfChunk") != 52 || offsetof<MaxPoolGatherArgs>("unitsOfImage") != 56 || offsetof<MaxPoolGatherArgs>("x") != 60 || offsetof<MaxPoolGatherArgs>("values") != 64) ERROR("the layout of MaxPoolGatherArgs is another one");
if (offsetof<MaxPoolGradArgs>() != 68 || offsetof<MaxPoolGradArgs>("y") != 0 || offsetof<MaxPoolGradArgs>("batch") != 4 || offsetof<MaxPoolGradArgs>("height") != 8 || offsetof<MaxPoolGradArgs>("width") != 12 || offsetof<MaxPoolGradArgs>("channels") != 16 || offsetof<MaxPoolGradArgs>("outHeight") != 20 || offsetof<MaxPoolGradArgs>("outWidth") != 24 || offsetof<MaxPoolGradArgs>("windowHeight") != 28 || offsetof<MaxPoolGradArgs>("windowWidth") != 32 || offsetof<MaxPoolGradArgs>("strideHeight") != 36 || offsetof<MaxPoolGradArgs>("strideWidth") != 40 || offsetof<MaxPoolGradArgs>("padTop") != 44 || offsetof<MaxPoolGradArgs>("padLeft") != 48 || offsetof<MaxPoolGradArgs>("unitsOfChunk") != 52 || offsetof<MaxPoolGradArgs>("unitsOfImage") != 56 || offsetof<MaxPoolGradArgs>("x") != 60 || offsetof<MaxPoolGradArgs>("dy") != 64) ERROR("the layout of MaxPoolGradArgs is another one");
if (offsetof<PackColumnsArgs>() != 41 || offsetof<PackColumnsArgs>("source") != 0 || offsetof<PackColumnsArgs>("matrixBytes") != 4 || offsetof<PackColumnsArgs>("taps") != 8 || offsetof<PackColumnsArgs>("tapStride") != 12 || offsetof<PackColumnsArgs>("rows") != 16 || offsetof<PackColumnsArgs>("rowStride") != 20 || offsetof<PackColumnsArgs>("columns") != 24 || offsetof<PackColumnsArgs>("columnStride") != 28 || offsetof<PackColumnsArgs>("packed") != 32 || offsetof<PackColumnsArgs>("panels") != 36 || offsetof<PackColumnsArgs>("flip") != 40) ERROR("the layout of PackColumnsArgs is another one");
if (offsetof<MultiplyArgs>() != 45 || offsetof<MultiplyArgs>("a") != 0 || offsetof<MultiplyArgs>("packed") != 4 || offsetof<MultiplyArgs>("bias") != 8 || offsetof<MultiplyArgs>("c") != 12 || offsetof<MultiplyArgs>("rows") != 16 || offsetof<MultiplyArgs>("inner") != 20 || offsetof<MultiplyArgs>("columns") != 24 || offsetof<MultiplyArgs>("block") != 28 || offsetof<MultiplyArgs>("blocks") != 32 || offsetof<MultiplyArgs>("matrices") != 36 || offsetof<MultiplyArgs>("zero") != 40 || offsetof<MultiplyArgs>("relu") != 44) ERROR("the layout of MultiplyArgs is another one");
if (offsetof<MultiplyTransposedArgs>() != 28 || offsetof<MultiplyTransposedArgs>("a") != 0 || offsetof<MultiplyTransposedArgs>("b") != 4 || offsetof<MultiplyTransposedArgs>("c") != 8 || offsetof<MultiplyTransposedArgs>("rows") != 12 || offsetof<MultiplyTransposedArgs>("inner") != 16 || offsetof<MultiplyTransposedArgs>("columns") != 20 || offsetof<MultiplyTransposedArgs>("block") != 24) ERROR("the layout of MultiplyTransposedArgs is another one");
if (offsetof<AddPartsArgs>() != 20 || offsetof<AddPartsArgs>("parts") != 0 || offsetof<AddPartsArgs>("count") != 4 || offsetof<AddPartsArgs>("bytes") != 8 || offsetof<AddPartsArgs>("sum") != 12 || offsetof<AddPartsArgs>("block") != 16) ERROR("the layout of AddPartsArgs is another one");
if (offsetof<PoolArgs>() != 66 || offsetof<PoolArgs>("y") != 0 || offsetof<PoolArgs>("batch") != 4 || offsetof<PoolArgs>("height") != 8 || offsetof<PoolArgs>("width") != 12 || offsetof<PoolArgs>("channels") != 16 || offsetof<PoolArgs>("outHeight") != 20 || offsetof<PoolArgs>("outWidth") != 24 || offsetof<PoolArgs>("windowHeight") != 28 || offsetof<PoolArgs>("windowWidth") != 32 || offsetof<PoolArgs>("strideHeight") != 36 || offsetof<PoolArgs>("strideWidth") != 40 || offsetof<PoolArgs>("padTop") != 44 || offsetof<PoolArgs>("padLeft") != 48 || offsetof<PoolArgs>("unitsOfChunk") != 52 || offsetof<PoolArgs>("unitsOfImage") != 56 || offsetof<PoolArgs>("x") != 60 || offsetof<PoolArgs>("averages") != 64 || offsetof<PoolArgs>("countPadding") != 65) ERROR("the layout of PoolArgs is another one");
if (offsetof<CopyRowsArgs>() != 44 || offsetof<CopyRowsArgs>("x") != 0 || offsetof<CopyRowsArgs>("y") != 4 || offsetof<CopyRowsArgs>("rows") != 8 || offsetof<CopyRowsArgs>("length") != 12 || offsetof<CopyRowsArgs>("rowsOfChunk") != 16 || offsetof<CopyRowsArgs>("pieces") != 20 || offsetof<CopyRowsArgs>("piece") != 24 || offsetof<CopyRowsArgs>("dimensions") != 28 || offsetof<CopyRowsArgs>("rank") != 32 || offsetof<CopyRowsArgs>("xStep") != 36 || offsetof<CopyRowsArgs>("yStep") != 40) ERROR("the layout of CopyRowsArgs is another one");
if (offsetof<TransposeArgs>() != 40 || offsetof<TransposeArgs>("x") != 0 || offsetof<TransposeArgs>("y") != 4 || offsetof<TransposeArgs>("rows") != 8 || offsetof<TransposeArgs>("columns") != 12 || offsetof<TransposeArgs>("xStep") != 16 || offsetof<TransposeArgs>("yStep") != 20 || offsetof<TransposeArgs>("blocks") != 24 || offsetof<TransposeArgs>("block") != 28 || offsetof<TransposeArgs>("dimensions") != 32 || offsetof<TransposeArgs>("rank") != 36) ERROR("the layout of TransposeArgs is another one");
if (offsetof<ResampleArgs>() != 44 || offsetof<ResampleArgs>("x") != 0 || offsetof<ResampleArgs>("y") != 4 || offsetof<ResampleArgs>("batch") != 8 || offsetof<ResampleArgs>("height") != 12 || offsetof<ResampleArgs>("width") != 16 || offsetof<ResampleArgs>("channels") != 20 || offsetof<ResampleArgs>("outHeight") != 24 || offsetof<ResampleArgs>("outWidth") != 28 || offsetof<ResampleArgs>("vertical") != 32 || offsetof<ResampleArgs>("horizontal") != 36 || offsetof<ResampleArgs>("rowsOfChunk") != 40) ERROR("the layout of ResampleArgs is another one");
if (offsetof<UnaryArgs>() != 20 || offsetof<UnaryArgs>("kind") != 0 || offsetof<UnaryArgs>("x") != 4 || offsetof<UnaryArgs>("y") != 8 || offsetof<UnaryArgs>("size") != 12 || offsetof<UnaryArgs>("block") != 16) ERROR("the layout of UnaryArgs is another one");
