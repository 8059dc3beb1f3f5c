// deno-fmt-ignore-file
/**
 * The kernels by name, with the arguments that their sources in `kernels/` declare. Written by
 * `deno task generate`. Do not edit.
 *
 * @module
 */
import { distance, int32, type Job, uint32 } from "./arguments.ts";

/** Arguments of `kernels/activations.ts`. */
export interface ActivationArgs {
  /** An `ActivationKind`. */
  readonly kind: number;
  readonly x: number;
  /** The result; dx for gradients. */
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  readonly above: number;
  readonly below: number;
}

/** Arguments of `kernels/activations.ts`. */
export interface ActivationGradArgs extends ActivationArgs {
  readonly dy: number;
}

/** Arguments of `kernels/pool.ts`. */
export interface WindowArgs {
  /** The result: y, or dx for gradients. */
  readonly y: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly unitsOfChunk: number;
  /** Rows of windows; or 1 for gradients, where windows of different rows overlap. */
  readonly unitsOfImage: number;
}

/** Arguments of `kernels/average_pool.ts`. */
export interface AveragePoolGradArgs extends WindowArgs {
  readonly dy: number;
  /** Averages count padding. */
  readonly countPadding: boolean;
}

/** Arguments of `kernels/binary.ts`. */
export interface CombineArgs {
  /** A kind of the kernel's functions. */
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly y: number;
  readonly rows: number;
  /** Elements of a row. */
  readonly length: number;
  /** Rows of a chunk. */
  readonly rowsOfChunk: number;
  /** Pieces of a row: where there are several, each is a chunk. */
  readonly pieces: number;
  /** Elements of a piece. */
  readonly piece: number;
  /** Dimensions of the rows, with strides in a and b. */
  readonly dimensions: number;
  /** Number of dimensions. */
  readonly rank: number;
  /** Each row of a is one element. */
  readonly aRepeats: boolean;
  /** Each row of b is one element. */
  readonly bRepeats: boolean;
}

/** Arguments of `kernels/columns.ts`. */
export interface ColumnsArgs {
  readonly x: number;
  readonly columns: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  /** Rows of windows of im2col, images of col2im. */
  readonly unitsOfChunk: number;
  readonly channelsFirst: boolean;
}

/** Arguments of `kernels/compare_where.ts`. */
export interface WhereArgs {
  /** Bytes: zeros choose b. */
  readonly condition: number;
  readonly a: number;
  readonly b: number;
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
  /** All of a is one element. */
  readonly aRepeats: boolean;
  /** All of b is one element. */
  readonly bRepeats: boolean;
}

/** Arguments of `kernels/windows.ts`. */
export interface ImagesArgs {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Negative where rows are left out. */
  readonly padTop: number;
  /** Negative where columns are left out. */
  readonly padLeft: number;
  /** Pixels of a row that windows are read from. */
  readonly paddedWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  /** Rows of the output, or of tiles, that a band makes. */
  readonly rowsOfBand: number;
}

/** Arguments of `kernels/windows.ts`. */
export interface WindowsArgs extends ImagesArgs {
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly groups: number;
  /** Rows that a window reaches over. */
  readonly reach: number;
  /** Bytes from a window to each of its segments. */
  readonly offsets: number;
  /** Segments of a window: what is together in memory. */
  readonly segments: number;
  /** Elements of a segment. */
  readonly length: number;
  /** Reads windows where the images are. */
  readonly inPlace: boolean;
}

/** Arguments of `kernels/conv.ts`. */
export interface ConvArgs extends WindowsArgs {
  /** Distance of rows of pixels; zeros are between them. */
  readonly spreadHeight: number;
  /** Distance of columns of pixels; zeros are between them. */
  readonly spreadWidth: number;
  /** Bands of an image. */
  readonly bands: number;
  /** Packed filters, group by group. */
  readonly filters: number;
  /** Whole panels of each group, or 0. */
  readonly bias: number;
  readonly y: number;
  readonly relu: boolean;
}

/** Arguments of `kernels/conv.ts`. */
export interface ConvGradWArgs extends WindowsArgs {
  readonly batch: number;
  /** Images of a part. */
  readonly imagesOfPart: number;
  readonly dy: number;
  /** Gradients of the filters, one after the other. */
  readonly parts: number;
}

/** Arguments of `kernels/conv_scatter.ts`. */
export interface ConvScatterArgs {
  readonly dy: number;
  readonly dx: number;
  /** Packed filters: a column per tap and channel of dx, group by group. */
  readonly filters: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  /** Images of a chunk. */
  readonly imagesOfChunk: number;
  /** A list of one offset, which is 0. */
  readonly zero: number;
}

/** Arguments of `kernels/cross_entropy.ts`. */
export interface SoftmaxCEArgs {
  readonly logits: number;
  readonly labels: number;
  /** The losses; dlogits for gradients. */
  readonly y: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowsOfChunk: number;
  /** Bytes of a class index; 0 where labels are distributions. */
  readonly labelBytes: number;
  /** 0 for none. */
  readonly classWeights: number;
  /** Rows with the `ignoreIndex` do not count. */
  readonly ignores: boolean;
  readonly ignoreIndex: number;
  /** Computed as 1 - smoothing. */
  readonly kept: number;
  /** Computed as smoothing / columns. */
  readonly spread: number;
  /** Divides losses. */
  readonly divisor: number;
}

/** Arguments of `kernels/cross_entropy.ts`. */
export interface SoftmaxCEGradArgs extends SoftmaxCEArgs {
  readonly dy: number;
}

/** Arguments of `kernels/move_first.ts`. */
export interface MatricesArgs {
  readonly x: number;
  readonly y: number;
  /** Number of matrices. */
  readonly outer: number;
  /** Rows of a matrix. */
  readonly length: number;
  /** Columns of a matrix. */
  readonly inner: number;
  readonly matricesOfChunk: number;
  /** Blocks of columns. */
  readonly blocks: number;
  readonly columnsOfBlock: number;
}

/** Arguments of `kernels/cumsum.ts`. */
export interface CumsumArgs extends MatricesArgs {
  /** A sum is that of the elements before. */
  readonly exclusive: boolean;
  /** Sums run from the last element. */
  readonly reverse: boolean;
}

/** Arguments of `kernels/depthwise.ts`. */
export interface SlidingArgs {
  /** The images. */
  readonly x: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly windowHeight: number;
  readonly windowWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
}

/** Arguments of `kernels/depthwise.ts`. */
export interface DepthwiseArgs extends SlidingArgs {
  /** Pixels of x are so far apart, zeros between them. */
  readonly spreadHeight: number;
  readonly spreadWidth: number;
  /** Filters are turned by half a turn. */
  readonly turned: boolean;
  readonly w: number;
  /** The bias, or 0. */
  readonly bias: number;
  readonly y: number;
  /** The result is added to y. */
  readonly adds: boolean;
  /** Rows of y, of all images. */
  readonly rows: number;
  readonly rowsOfChunk: number;
  readonly relu: boolean;
}

/** Arguments of `kernels/depthwise_grad.ts`. */
export interface DepthwiseGradWArgs extends SlidingArgs {
  readonly dy: number;
  readonly batch: number;
  /** The sums of the parts, to be added up. */
  readonly parts: number;
  readonly imagesOfPart: number;
}

/** Arguments of `kernels/dropout.ts`. */
export interface DropoutArgs {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
  readonly key0: number;
  readonly key1: number;
  /** Elements whose word is below it become 0. */
  readonly threshold: number;
  /** Multiplies the others. */
  readonly factor: number;
}

/** Arguments of `kernels/elementwise.ts`. */
export interface AddInPlaceArgs {
  readonly target: number;
  readonly x: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
}

/** Arguments of `kernels/elementwise.ts`. */
export interface FillArgs {
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
  readonly value: number;
}

/** Arguments of `kernels/elementwise.ts`. */
export interface CopyArgs {
  readonly x: number;
  readonly y: number;
  readonly bytes: number;
  /** Bytes of a chunk. */
  readonly block: number;
}

/** Arguments of `kernels/elementwise.ts`. */
export interface CastArgs {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
  /** Bytes of an element of x: 4 with a sign, or 1 without. */
  readonly xBytes: number;
}

/** Arguments of `kernels/extremes.ts`. */
export interface FindExtremesArgs {
  readonly a: number;
  readonly aBytes: number;
  readonly b: number;
  readonly bBytes: number;
  readonly bytesOfChunk: number;
  /** Chunks of a; those of b follow. */
  readonly aChunks: number;
  /** An integer that becomes 1 where there is one. */
  readonly found: number;
}

/** Arguments of `kernels/first_maxima.ts`. */
export interface MaximaArgs extends WindowArgs {
  /** Maxima are found in it. */
  readonly x: number;
}

/** Arguments of `kernels/gather.ts`. */
export interface GatherArgs {
  readonly x: number;
  readonly indices: number;
  readonly y: number;
  /** Rows of a block of x. */
  readonly size: number;
  /** Elements of a row. */
  readonly inner: number;
  /** Rows picked of a block. */
  readonly count: number;
  /** Rows picked of all blocks. */
  readonly rows: number;
  /** Rows of a chunk. */
  readonly rowsOfChunk: number;
  /** Each element has an index of its own. */
  readonly alongAxis: boolean;
  /** The index that is skipped. */
  readonly skip: number;
  /** Bytes of an index. */
  readonly indexBytes: number;
}

/** Arguments of `kernels/gather.ts`. */
export interface ScatterAddArgs {
  readonly updates: number;
  readonly indices: number;
  readonly y: number;
  /** Rows of a block of y. */
  readonly size: number;
  /** Elements of a row. */
  readonly inner: number;
  /** Updates of a block. */
  readonly count: number;
  readonly blocks: number;
  /** Blocks of a chunk. */
  readonly blocksOfChunk: number;
  /** Each element has an index of its own. */
  readonly alongAxis: boolean;
  /** The index that is skipped. */
  readonly skip: number;
  /** Bytes of an index. */
  readonly indexBytes: number;
  /** Pieces of a row. */
  readonly pieces: number;
  /** Elements of a piece. */
  readonly piece: number;
}

/** Arguments of `kernels/max_pool.ts`. */
export interface MaxPoolGatherArgs extends MaximaArgs {
  readonly values: number;
}

/** Arguments of `kernels/max_pool.ts`. */
export interface MaxPoolGradArgs extends MaximaArgs {
  readonly dy: number;
}

/** Arguments of `kernels/move_first.ts`. */
export interface MoveFirstArgs {
  /** An array of groups. */
  readonly groups: number;
  /** One of each group. */
  readonly positions: number;
  /** One element of each group. */
  readonly one: number;
  /** Number of groups. */
  readonly count: number;
  /** Elements of a group. */
  readonly length: number;
  readonly inner: number;
  /** Groups of a chunk. */
  readonly block: number;
  /** Elements go to the groups, else from them. */
  readonly toGroups: boolean;
}

/** Arguments of `kernels/norm.ts`. */
export interface ColumnMomentsArgs {
  readonly x: number;
  /** Two lines of columns for each part. */
  readonly results: number;
  /** Rows of a matrix. */
  readonly rows: number;
  readonly columns: number;
  readonly rowsOfPart: number;
  /** Parts of a matrix. */
  readonly parts: number;
  readonly columnsOfBlock: number;
  readonly blocks: number;
  /** Elements of a matrix. */
  readonly elements: number;
}

/** Arguments of `kernels/norm.ts`. */
export interface ColumnSumsArgs extends ColumnMomentsArgs {
  readonly dy: number;
  /** A line of columns for each matrix. */
  readonly means: number;
}

/** Arguments of `kernels/norm.ts`. */
export interface NormalizeColumnsArgs {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rowsOfChunk: number;
  /** Chunks of a matrix. */
  readonly chunks: number;
  /** Elements of a matrix. */
  readonly elements: number;
  /** Lines of columns for each matrix: means, factors, offsets, weights. */
  readonly tables: number;
  /** 0 for none. */
  readonly dy: number;
}

/** Arguments of `kernels/norm_rows.ts`. */
export interface RowMomentsArgs {
  readonly x: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowsOfChunk: number;
  /** One for each row, as variances are. */
  readonly means: number;
  readonly variances: number;
}

/** Arguments of `kernels/norm_rows.ts`. */
export interface RowStatisticsArgs extends RowMomentsArgs {
  readonly epsilon: number;
}

/** Arguments of `kernels/norm_rows.ts`. */
export interface NormalizeRowsArgs extends RowStatisticsArgs {
  readonly y: number;
  /** 0 for none. */
  readonly scale: number;
  /** 0 for none. */
  readonly bias: number;
  /** Rows after which scale and bias repeat. */
  readonly period: number;
}

/** Arguments of `kernels/norm_rows.ts`. */
export interface NormalizeGradRowsArgs extends RowStatisticsArgs {
  readonly dx: number;
  readonly dy: number;
  /** 0 for none. */
  readonly scale: number;
  /** Rows after which scale repeats. */
  readonly period: number;
}

/** Arguments of `kernels/norm_rows.ts`. */
export interface RowNormalSumsArgs extends RowStatisticsArgs {
  readonly dy: number;
  /** Two lines of columns for each part, which is the rows of a chunk. */
  readonly results: number;
  readonly columnsOfBlock: number;
  readonly blocks: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface StepArgs {
  readonly w: number;
  readonly dw: number;
  /** Number of weights. */
  readonly size: number;
  /** Weights of a chunk. */
  readonly block: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface SgdArgs extends StepArgs {
  /** 0 for none. */
  readonly velocity: number;
  readonly nesterov: boolean;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface AdamArgs extends StepArgs {
  readonly m: number;
  readonly v: number;
  /** Share of m that is kept, and that of the gradient. */
  readonly keep1: number;
  readonly take1: number;
  /** Share of v that is kept, and that of the squared gradient. */
  readonly keep2: number;
  readonly take2: number;
  /** The learning rate over the correction of m. */
  readonly step: number;
  /** One over the root of the correction of v. */
  readonly scale: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Factor of the weights before the step. */
  readonly shrink: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface RmspropArgs extends StepArgs {
  readonly meanSquare: number;
  /** 0 for none. */
  readonly velocity: number;
  /** 0 for none. */
  readonly meanGradient: number;
  /** Share of the means that is kept. */
  readonly keep: number;
  readonly take: number;
  readonly inner: number;
  readonly outer: number;
  /** Summand of the mean square before the root is taken. */
  readonly epsilonInside: number;
  /** Summand of the root. */
  readonly epsilonOutside: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface AdagradArgs extends StepArgs {
  readonly squares: number;
  readonly learningRate: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface LionArgs extends StepArgs {
  readonly m: number;
  /** Shares of m and of the gradient in the direction of the step. */
  readonly keep1: number;
  readonly take1: number;
  /** Shares of m and of the gradient in the next m. */
  readonly keep2: number;
  readonly take2: number;
  readonly learningRate: number;
  /** Factor of the weights before the step. */
  readonly shrink: number;
}

/** Arguments of `kernels/optimizer.ts`. */
export interface BlendArgs extends StepArgs {
  /** Share of w that is kept. */
  readonly keep: number;
  /** Share of dw. */
  readonly take: number;
}

/** Arguments of `kernels/pair_losses.ts`. */
export interface PairLossArgs {
  /** A `PairLossKind`. */
  readonly kind: number;
  readonly x: number;
  readonly target: number;
  /** The losses; dx where there is a dy. */
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
  /** 0 for none. */
  readonly dy: number;
  /** Bound of the differences that are squared, for `huber`. */
  readonly delta: number;
  /** Weight of positive targets, for `sigmoidCE` and `focal`. */
  readonly positive: number;
  /** Weight of negative targets, for `sigmoidCE` and `focal`. */
  readonly negative: number;
  /** Exponent above 0, for `focal`. */
  readonly gamma: number;
}

/** Arguments of `kernels/parts.ts`. */
export interface AddPartsArgs {
  /** Arrays one after the other. */
  readonly parts: number;
  /** How many arrays there are. */
  readonly count: number;
  /** Bytes of an array. */
  readonly bytes: number;
  readonly sum: number;
  /** Bytes of a chunk. */
  readonly block: number;
}

/** Arguments of `kernels/pool.ts`. */
export interface PoolArgs extends WindowArgs {
  readonly x: number;
  /** Averages; else maxima. */
  readonly averages: boolean;
  /** Averages count padding. */
  readonly countPadding: boolean;
}

/** Arguments of `kernels/products.ts`. */
export interface PackColumnsArgs {
  /** Matrices one after the other. */
  readonly source: number;
  /** Bytes of a matrix. */
  readonly matrixBytes: number;
  readonly taps: number;
  /** Bytes from a tap to the next one. */
  readonly tapStride: number;
  readonly rows: number;
  /** Bytes from a row to the next one. */
  readonly rowStride: number;
  readonly columns: number;
  /** Bytes from a column to the next one. */
  readonly columnStride: number;
  readonly packed: number;
  /** Panels of a matrix. */
  readonly panels: number;
  /** Takes the taps in reverse. */
  readonly flip: boolean;
}

/** Arguments of `kernels/products.ts`. */
export interface MultiplyArgs {
  /** Matrices `[rows, inner]`. */
  readonly a: number;
  /** Packed matrices `[inner, columns]`. */
  readonly packed: number;
  /** Padded to whole panels, or 0. */
  readonly bias: number;
  /** Products `[rows, columns]`. */
  readonly c: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Rows of a block. */
  readonly block: number;
  /** Blocks of a product. */
  readonly blocks: number;
  /** For each product the bytes from a and from packed to its matrices. */
  readonly matrices: number;
  /** A list of one offset, which is 0. */
  readonly zero: number;
  readonly relu: boolean;
}

/** Arguments of `kernels/products.ts`. */
export interface MultiplyTransposedArgs {
  /** `[inner, rows]`. */
  readonly a: number;
  /** `[inner, columns]`. */
  readonly b: number;
  /** `[rows, columns]`. */
  readonly c: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Rows of a block. */
  readonly block: number;
}

/** Arguments of `kernels/rearrange.ts`. */
export interface CopyRowsArgs {
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  /** Elements of a row. */
  readonly length: number;
  /** Rows of a chunk. */
  readonly rowsOfChunk: number;
  /** Pieces of a row: where there are several, each is a chunk. */
  readonly pieces: number;
  /** Elements of a piece. */
  readonly piece: number;
  /** Dimensions of the rows, with strides in x and y. */
  readonly dimensions: number;
  /** Number of dimensions. */
  readonly rank: number;
  /** Bytes between the elements of a row in x: 0 where one is repeated. */
  readonly xStep: number;
  /** Bytes between the elements of a row in y. */
  readonly yStep: number;
}

/** Arguments of `kernels/rearrange.ts`. */
export interface TransposeArgs {
  readonly x: number;
  readonly y: number;
  /** Rows of a matrix in y. */
  readonly rows: number;
  /** Columns of a matrix in y. */
  readonly columns: number;
  /** Bytes between columns in x, where rows are neighbours. */
  readonly xStep: number;
  /** Bytes between rows in y, where columns are neighbours. */
  readonly yStep: number;
  /** Blocks of rows of a matrix. */
  readonly blocks: number;
  /** Rows of a block. */
  readonly block: number;
  /** Dimensions that lead to a matrix, with strides in x and y. */
  readonly dimensions: number;
  /** Number of dimensions. */
  readonly rank: number;
}

/** Arguments of `kernels/reduce.ts`. */
export interface ReduceRowsArgs {
  /** A `ReduceKind`. */
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  /** Elements of a row. */
  readonly length: number;
  readonly rowsOfChunk: number;
  /** Parts of a row: where there are several, each is a chunk. */
  readonly parts: number;
  readonly elementsOfPart: number;
  /** Divides results. */
  readonly divisor: number;
}

/** Arguments of `kernels/reduce.ts`. */
export interface ReduceColumnsArgs {
  /** A `ReduceKind`. */
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  /** Number of matrices. */
  readonly outer: number;
  /** Rows of a matrix. */
  readonly rows: number;
  readonly columns: number;
  readonly partsOfChunk: number;
  /** Parts of a matrix. */
  readonly parts: number;
  readonly rowsOfPart: number;
  /** Blocks of columns. */
  readonly blocks: number;
  readonly columnsOfBlock: number;
  /** Divides results. */
  readonly divisor: number;
}

/** Arguments of `kernels/resample.ts`. */
export interface ResampleArgs {
  readonly x: number;
  readonly y: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** The matrix of rows: where each of its rows begins in the list of elements that follows, and where the last one ends. */
  readonly vertical: number;
  /** The matrix of columns, likewise. */
  readonly horizontal: number;
  readonly rowsOfChunk: number;
}

/** Arguments of `kernels/softmax.ts`. */
export interface SoftmaxArgs {
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowsOfChunk: number;
}

/** Arguments of `kernels/unary.ts`. */
export interface UnaryArgs {
  /** A `MapKind`. */
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Elements of a chunk. */
  readonly block: number;
}

/** Arguments of `kernels/winograd.ts`. */
export interface WinogradFiltersArgs {
  /** `[panels][9 taps][rows][8]`. */
  readonly packed: number;
  /** Channels of x. */
  readonly rows: number;
  readonly panels: number;
  /** `[16][panels][rows][8]`. */
  readonly transformed: number;
}

/** Arguments of `kernels/winograd.ts`. */
export interface WinogradArgs extends ImagesArgs {
  /** Bands of an image. */
  readonly bands: number;
  /** Transformed filters. */
  readonly filters: number;
  /** Whole panels, or 0. */
  readonly bias: number;
  readonly y: number;
  /** A list of one offset, which is 0. */
  readonly zero: number;
  readonly relu: boolean;
}

/** Arguments of `kernels/winograd_grad.ts`. */
export interface WinogradGradWArgs extends ImagesArgs {
  readonly batch: number;
  /** Images of a part. */
  readonly imagesOfPart: number;
  readonly dy: number;
  /** Sums `[16][channels][whole panels]`, one after the other. */
  readonly parts: number;
}

/** Arguments of `kernels/winograd_grad.ts`. */
export interface WinogradFinishArgs {
  /** `[16][channels][whole panels]`. */
  readonly sums: number;
  readonly channels: number;
  readonly outChannels: number;
  /** `[3][3][channels][O]`. */
  readonly dw: number;
}

function writeActivationArgs(job: Job, a: ActivationArgs): void {
  const { floats, ints } = job;
  let at = 256;
  ints[at++] = int32(a.kind, a);
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  floats[at++] = a.slope;
  floats[at++] = a.low;
  floats[at++] = a.high;
  floats[at++] = a.above;
  floats[at++] = a.below;
}

function writeWindowArgs(job: Job, a: WindowArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.batch, a);
  ints[at++] = int32(a.height, a);
  ints[at++] = int32(a.width, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.outHeight, a);
  ints[at++] = int32(a.outWidth, a);
  ints[at++] = int32(a.windowHeight, a);
  ints[at++] = int32(a.windowWidth, a);
  ints[at++] = int32(a.strideHeight, a);
  ints[at++] = int32(a.strideWidth, a);
  ints[at++] = int32(a.padTop, a);
  ints[at++] = int32(a.padLeft, a);
  ints[at++] = int32(a.unitsOfChunk, a);
  ints[at++] = int32(a.unitsOfImage, a);
}

function writeCombineArgs(job: Job, a: CombineArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = int32(a.kind, a);
  ints[at++] = uint32(a.a, a);
  ints[at++] = uint32(a.b, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.length, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  ints[at++] = int32(a.pieces, a);
  ints[at++] = int32(a.piece, a);
  ints[at++] = uint32(a.dimensions, a);
  ints[at++] = int32(a.rank, a);
  octets[1068] = a.aRepeats ? 1 : 0;
  octets[1069] = a.bRepeats ? 1 : 0;
}

function writeColumnsArgs(job: Job, a: ColumnsArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.columns, a);
  ints[at++] = int32(a.batch, a);
  ints[at++] = int32(a.height, a);
  ints[at++] = int32(a.width, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.outHeight, a);
  ints[at++] = int32(a.outWidth, a);
  ints[at++] = int32(a.windowHeight, a);
  ints[at++] = int32(a.windowWidth, a);
  ints[at++] = int32(a.strideHeight, a);
  ints[at++] = int32(a.strideWidth, a);
  ints[at++] = int32(a.dilationHeight, a);
  ints[at++] = int32(a.dilationWidth, a);
  ints[at++] = int32(a.padTop, a);
  ints[at++] = int32(a.padLeft, a);
  ints[at++] = int32(a.unitsOfChunk, a);
  octets[1092] = a.channelsFirst ? 1 : 0;
}

function writeImagesArgs(job: Job, a: ImagesArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.images, a);
  ints[at++] = int32(a.height, a);
  ints[at++] = int32(a.width, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.padTop, a);
  ints[at++] = int32(a.padLeft, a);
  ints[at++] = int32(a.paddedWidth, a);
  ints[at++] = int32(a.outHeight, a);
  ints[at++] = int32(a.outWidth, a);
  ints[at++] = int32(a.outChannels, a);
  ints[at++] = int32(a.rowsOfBand, a);
}

function writeWindowsArgs(job: Job, a: WindowsArgs): void {
  const { ints, octets } = job;
  writeImagesArgs(job, a);
  let at = 267;
  ints[at++] = int32(a.strideHeight, a);
  ints[at++] = int32(a.strideWidth, a);
  ints[at++] = int32(a.groups, a);
  ints[at++] = int32(a.reach, a);
  ints[at++] = uint32(a.offsets, a);
  ints[at++] = int32(a.segments, a);
  ints[at++] = int32(a.length, a);
  octets[1096] = a.inPlace ? 1 : 0;
}

function writeSoftmaxCEArgs(job: Job, a: SoftmaxCEArgs): void {
  const { floats, ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.logits, a);
  ints[at++] = uint32(a.labels, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  ints[at++] = int32(a.labelBytes, a);
  ints[at++] = uint32(a.classWeights, a);
  octets[1056] = a.ignores ? 1 : 0;
  at = 265;
  ints[at++] = int32(a.ignoreIndex, a);
  floats[at++] = a.kept;
  floats[at++] = a.spread;
  floats[at++] = a.divisor;
}

function writeMatricesArgs(job: Job, a: MatricesArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.outer, a);
  ints[at++] = int32(a.length, a);
  ints[at++] = int32(a.inner, a);
  ints[at++] = int32(a.matricesOfChunk, a);
  ints[at++] = int32(a.blocks, a);
  ints[at++] = int32(a.columnsOfBlock, a);
}

function writeSlidingArgs(job: Job, a: SlidingArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = int32(a.height, a);
  ints[at++] = int32(a.width, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.padTop, a);
  ints[at++] = int32(a.padLeft, a);
  ints[at++] = int32(a.strideHeight, a);
  ints[at++] = int32(a.strideWidth, a);
  ints[at++] = int32(a.outHeight, a);
  ints[at++] = int32(a.outWidth, a);
  ints[at++] = int32(a.windowHeight, a);
  ints[at++] = int32(a.windowWidth, a);
  ints[at++] = int32(a.dilationHeight, a);
  ints[at++] = int32(a.dilationWidth, a);
}

function writeMaximaArgs(job: Job, a: MaximaArgs): void {
  const { ints } = job;
  writeWindowArgs(job, a);
  let at = 271;
  ints[at++] = uint32(a.x, a);
}

function writeColumnMomentsArgs(job: Job, a: ColumnMomentsArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.results, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.rowsOfPart, a);
  ints[at++] = int32(a.parts, a);
  ints[at++] = int32(a.columnsOfBlock, a);
  ints[at++] = int32(a.blocks, a);
  ints[at++] = int32(a.elements, a);
}

function writeRowMomentsArgs(job: Job, a: RowMomentsArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  ints[at++] = uint32(a.means, a);
  ints[at++] = uint32(a.variances, a);
}

function writeRowStatisticsArgs(job: Job, a: RowStatisticsArgs): void {
  const { floats } = job;
  writeRowMomentsArgs(job, a);
  let at = 262;
  floats[at++] = a.epsilon;
}

function writeStepArgs(job: Job, a: StepArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.w, a);
  ints[at++] = uint32(a.dw, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
}

function writeSoftmaxArgs(job: Job, a: SoftmaxArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.rowsOfChunk, a);
}

/** Computes `y = f(x)`. */
export function activation(job: Job, chunks: number, a: ActivationArgs): void {
  writeActivationArgs(job, a);
  job.start(0, chunks);
}

/** Computes `dx = dy f'(x)`. */
export function activationGrad(job: Job, chunks: number, a: ActivationGradArgs): void {
  const { ints } = job;
  writeActivationArgs(job, a);
  let at = 266;
  ints[at++] = uint32(a.dy, a);
  job.start(1, chunks);
}

/** Spreads each dy evenly over its window. A unit is a row of windows where windows of different rows share nothing, else an image. */
export function averagePoolGrad(job: Job, chunks: number, a: AveragePoolGradArgs): void {
  const { ints, octets } = job;
  writeWindowArgs(job, a);
  let at = 271;
  ints[at++] = uint32(a.dy, a);
  octets[1088] = a.countPadding ? 1 : 0;
  job.start(2, chunks);
}

/** Computes `y = f(a, b)` by rows, broadcast. A chunk is a block of rows, or a piece of one row. */
export function binary(job: Job, chunks: number, a: CombineArgs): void {
  writeCombineArgs(job, a);
  job.start(3, chunks);
}

/** Rows of windows. */
export function im2col(job: Job, chunks: number, a: ColumnsArgs): void {
  writeColumnsArgs(job, a);
  job.start(4, chunks);
}

/** Rows of windows, in order: nothing is written beyond a window, and then over by the next. */
export function im2colInOrder(job: Job, chunks: number, a: ColumnsArgs): void {
  writeColumnsArgs(job, a);
  job.start(5, chunks);
}

/** Images. */
export function col2im(job: Job, chunks: number, a: ColumnsArgs): void {
  writeColumnsArgs(job, a);
  job.start(6, chunks);
}

/** Answers a question about a and b in bytes, by rows, broadcast. That a is greater, the host asks as whether b is less. */
export function compare(job: Job, chunks: number, a: CombineArgs): void {
  writeCombineArgs(job, a);
  job.start(7, chunks);
}

/** Chooses elements: `y = condition ? a : b`. */
export function where(job: Job, chunks: number, a: WhereArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.condition, a);
  ints[at++] = uint32(a.a, a);
  ints[at++] = uint32(a.b, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  octets[1048] = a.aRepeats ? 1 : 0;
  octets[1049] = a.bRepeats ? 1 : 0;
  job.start(8, chunks);
}

/** The output of a band of rows of an image, for all groups. A chunk is a band. */
export function conv(job: Job, chunks: number, a: ConvArgs): void {
  const { ints, octets } = job;
  writeWindowsArgs(job, a);
  let at = 275;
  ints[at++] = int32(a.spreadHeight, a);
  ints[at++] = int32(a.spreadWidth, a);
  ints[at++] = int32(a.bands, a);
  ints[at++] = uint32(a.filters, a);
  ints[at++] = uint32(a.bias, a);
  ints[at++] = uint32(a.y, a);
  octets[1124] = a.relu ? 1 : 0;
  job.start(9, chunks);
}

/** The gradient with respect to the filters, summed over some images: a part. A chunk is a part. */
export function convGradW(job: Job, chunks: number, a: ConvGradWArgs): void {
  const { ints } = job;
  writeWindowsArgs(job, a);
  let at = 275;
  ints[at++] = int32(a.batch, a);
  ints[at++] = int32(a.imagesOfPart, a);
  ints[at++] = uint32(a.dy, a);
  ints[at++] = uint32(a.parts, a);
  job.start(10, chunks);
}

/** The gradient of x, window by window. A chunk is some images. */
export function convScatter(job: Job, chunks: number, a: ConvScatterArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.dy, a);
  ints[at++] = uint32(a.dx, a);
  ints[at++] = uint32(a.filters, a);
  ints[at++] = int32(a.batch, a);
  ints[at++] = int32(a.height, a);
  ints[at++] = int32(a.width, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.outHeight, a);
  ints[at++] = int32(a.outWidth, a);
  ints[at++] = int32(a.outChannels, a);
  ints[at++] = int32(a.groups, a);
  ints[at++] = int32(a.padTop, a);
  ints[at++] = int32(a.padLeft, a);
  ints[at++] = int32(a.windowHeight, a);
  ints[at++] = int32(a.windowWidth, a);
  ints[at++] = int32(a.strideHeight, a);
  ints[at++] = int32(a.strideWidth, a);
  ints[at++] = int32(a.dilationHeight, a);
  ints[at++] = int32(a.dilationWidth, a);
  ints[at++] = int32(a.imagesOfChunk, a);
  ints[at++] = uint32(a.zero, a);
  job.start(11, chunks);
}

/** Computes `y = -sum_j share_j log softmax(logits)_j` by rows. */
export function softmaxCE(job: Job, chunks: number, a: SoftmaxCEArgs): void {
  writeSoftmaxCEArgs(job, a);
  job.start(12, chunks);
}

/** Computes `dlogits = dy (softmax(logits) sum_j share_j - share)` by rows. */
export function softmaxCEGrad(job: Job, chunks: number, a: SoftmaxCEGradArgs): void {
  const { ints } = job;
  writeSoftmaxCEArgs(job, a);
  let at = 269;
  ints[at++] = uint32(a.dy, a);
  job.start(13, chunks);
}

/** Makes running sums of `[outer, length, inner]` along the length. A chunk is some matrices, or a block of columns of one. */
export function cumsum(job: Job, chunks: number, a: CumsumArgs): void {
  const { octets } = job;
  writeMatricesArgs(job, a);
  octets[1056] = a.exclusive ? 1 : 0;
  octets[1057] = a.reverse ? 1 : 0;
  job.start(14, chunks);
}

/** Slides the filters. A unit is a row of y. */
export function depthwise(job: Job, chunks: number, a: DepthwiseArgs): void {
  const { ints, octets } = job;
  writeSlidingArgs(job, a);
  let at = 270;
  ints[at++] = int32(a.spreadHeight, a);
  ints[at++] = int32(a.spreadWidth, a);
  octets[1088] = a.turned ? 1 : 0;
  at = 273;
  ints[at++] = uint32(a.w, a);
  ints[at++] = uint32(a.bias, a);
  ints[at++] = uint32(a.y, a);
  octets[1104] = a.adds ? 1 : 0;
  at = 277;
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  octets[1116] = a.relu ? 1 : 0;
  job.start(15, chunks);
}

/** Sums the gradient of the filters, a part of the images a chunk. */
export function depthwiseGradW(job: Job, chunks: number, a: DepthwiseGradWArgs): void {
  const { ints } = job;
  writeSlidingArgs(job, a);
  let at = 270;
  ints[at++] = uint32(a.dy, a);
  ints[at++] = int32(a.batch, a);
  ints[at++] = uint32(a.parts, a);
  ints[at++] = int32(a.imagesOfPart, a);
  job.start(16, chunks);
}

/** Computes `y = x factor`, or 0 where the element's word is below the threshold. */
export function dropout(job: Job, chunks: number, a: DropoutArgs): void {
  const { floats, ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  ints[at++] = uint32(a.key0, a);
  ints[at++] = uint32(a.key1, a);
  ints[at++] = uint32(a.threshold, a);
  floats[at++] = a.factor;
  job.start(17, chunks);
}

/** Adds x to the target, in place. */
export function addInPlace(job: Job, chunks: number, a: AddInPlaceArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.target, a);
  ints[at++] = uint32(a.x, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  job.start(18, chunks);
}

/** Makes all elements equal. */
export function fill(job: Job, chunks: number, a: FillArgs): void {
  const { floats, ints } = job;
  let at = 256;
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  floats[at++] = a.value;
  job.start(19, chunks);
}

/** Copies bytes. */
export function copy(job: Job, chunks: number, a: CopyArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = uint32(a.bytes, a);
  ints[at++] = uint32(a.block, a);
  job.start(20, chunks);
}

/** Makes floats of integers. */
export function cast(job: Job, chunks: number, a: CastArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  ints[at++] = int32(a.xBytes, a);
  job.start(21, chunks);
}

/** Looks for elements of two arrays that are NaN, infinite or `EXTREME`. A chunk is of one. */
export function findExtremes(job: Job, chunks: number, a: FindExtremesArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.a, a);
  ints[at++] = uint32(a.aBytes, a);
  ints[at++] = uint32(a.b, a);
  ints[at++] = uint32(a.bBytes, a);
  ints[at++] = uint32(a.bytesOfChunk, a);
  ints[at++] = int32(a.aChunks, a);
  ints[at++] = uint32(a.found, a);
  job.start(22, chunks);
}

/** Picks rows of x, or elements of them where each has an index of its own. A chunk is a block of rows. */
export function gather(job: Job, chunks: number, a: GatherArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.indices, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.inner, a);
  ints[at++] = int32(a.count, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  octets[1056] = a.alongAxis ? 1 : 0;
  at = 265;
  ints[at++] = int32(a.skip, a);
  ints[at++] = int32(a.indexBytes, a);
  job.start(23, chunks);
}

/** Adds updates to the rows of y that indices point to, in their order, which is the same for every cut: a chunk is some blocks of y and a piece of their rows. */
export function scatterAdd(job: Job, chunks: number, a: ScatterAddArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.updates, a);
  ints[at++] = uint32(a.indices, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.inner, a);
  ints[at++] = int32(a.count, a);
  ints[at++] = int32(a.blocks, a);
  ints[at++] = int32(a.blocksOfChunk, a);
  octets[1056] = a.alongAxis ? 1 : 0;
  at = 265;
  ints[at++] = int32(a.skip, a);
  ints[at++] = int32(a.indexBytes, a);
  ints[at++] = int32(a.pieces, a);
  ints[at++] = int32(a.piece, a);
  job.start(24, chunks);
}

/** Takes the values at the first maximum of each window. A unit is a row of windows. */
export function maxPoolGather(job: Job, chunks: number, a: MaxPoolGatherArgs): void {
  const { ints } = job;
  writeMaximaArgs(job, a);
  let at = 272;
  ints[at++] = uint32(a.values, a);
  job.start(25, chunks);
}

/** Adds dy at the first maximum of each window. A unit is a row of windows where windows of different rows share nothing, else an image. */
export function maxPoolGrad(job: Job, chunks: number, a: MaxPoolGradArgs): void {
  const { ints } = job;
  writeMaximaArgs(job, a);
  let at = 272;
  ints[at++] = uint32(a.dy, a);
  job.start(26, chunks);
}

/** Finds the positions of the first maxima (of the first NaN, if any), from 0. A chunk is some matrices, or a block of columns of one. */
export function firstMaxima(job: Job, chunks: number, a: MatricesArgs): void {
  writeMatricesArgs(job, a);
  job.start(27, chunks);
}

/** Moves one element of each group. */
export function moveFirst(job: Job, chunks: number, a: MoveFirstArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.groups, a);
  ints[at++] = uint32(a.positions, a);
  ints[at++] = uint32(a.one, a);
  ints[at++] = int32(a.count, a);
  ints[at++] = int32(a.length, a);
  ints[at++] = int32(a.inner, a);
  ints[at++] = int32(a.block, a);
  octets[1052] = a.toGroups ? 1 : 0;
  job.start(28, chunks);
}

/** Computes means, and sums of squares around them, of the columns of parts. */
export function columnMoments(job: Job, chunks: number, a: ColumnMomentsArgs): void {
  writeColumnMomentsArgs(job, a);
  job.start(29, chunks);
}

/** Sums `dy (x - mean)` and `dy` by the columns of parts. */
export function columnSums(job: Job, chunks: number, a: ColumnSumsArgs): void {
  const { ints } = job;
  writeColumnMomentsArgs(job, a);
  let at = 265;
  ints[at++] = uint32(a.dy, a);
  ints[at++] = uint32(a.means, a);
  job.start(30, chunks);
}

/** Computes `y = (x - mean) factor + offset`, and where there is a dy, `+ dy weight`, by columns. Chunks are rows of a matrix, the last of which may be shorter. */
export function normalizeColumns(job: Job, chunks: number, a: NormalizeColumnsArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  ints[at++] = int32(a.chunks, a);
  ints[at++] = int32(a.elements, a);
  ints[at++] = uint32(a.tables, a);
  ints[at++] = uint32(a.dy, a);
  job.start(31, chunks);
}

/** Computes the mean of each row, and its variance. */
export function rowMoments(job: Job, chunks: number, a: RowMomentsArgs): void {
  writeRowMomentsArgs(job, a);
  job.start(32, chunks);
}

/** Computes `y = (x - mean) / deviation scale + bias`. */
export function normalizeRows(job: Job, chunks: number, a: NormalizeRowsArgs): void {
  const { ints } = job;
  writeRowStatisticsArgs(job, a);
  let at = 263;
  ints[at++] = uint32(a.y, a);
  ints[at++] = uint32(a.scale, a);
  ints[at++] = uint32(a.bias, a);
  ints[at++] = int32(a.period, a);
  job.start(33, chunks);
}

/** Computes `dx = (v - mean(v) - n mean(v n)) / deviation`, v = dy scale. */
export function normalizeGradRows(job: Job, chunks: number, a: NormalizeGradRowsArgs): void {
  const { ints } = job;
  writeRowStatisticsArgs(job, a);
  let at = 263;
  ints[at++] = uint32(a.dx, a);
  ints[at++] = uint32(a.dy, a);
  ints[at++] = uint32(a.scale, a);
  ints[at++] = int32(a.period, a);
  job.start(34, chunks);
}

/** Sums `dy n` and `dy` over parts of the rows, by columns. */
export function rowNormalSums(job: Job, chunks: number, a: RowNormalSumsArgs): void {
  const { ints } = job;
  writeRowStatisticsArgs(job, a);
  let at = 263;
  ints[at++] = uint32(a.dy, a);
  ints[at++] = uint32(a.results, a);
  ints[at++] = int32(a.columnsOfBlock, a);
  ints[at++] = int32(a.blocks, a);
  job.start(35, chunks);
}

/** Steps: `v = momentum v + dw; w -= rate v`, or with Nesterov's `w -= rate (dw + momentum v)`. */
export function sgd(job: Job, chunks: number, a: SgdArgs): void {
  const { floats, ints, octets } = job;
  writeStepArgs(job, a);
  let at = 260;
  ints[at++] = uint32(a.velocity, a);
  octets[1044] = a.nesterov ? 1 : 0;
  at = 262;
  floats[at++] = a.learningRate;
  floats[at++] = a.momentum;
  floats[at++] = a.weightDecay;
  job.start(36, chunks);
}

/** Steps: `m = keep1 m + take1 dw; v = keep2 v + take2 dw²; w = shrink w - step m / (scale sqrt(v) + epsilon)`. */
export function adam(job: Job, chunks: number, a: AdamArgs): void {
  const { floats, ints } = job;
  writeStepArgs(job, a);
  let at = 260;
  ints[at++] = uint32(a.m, a);
  ints[at++] = uint32(a.v, a);
  floats[at++] = a.keep1;
  floats[at++] = a.take1;
  floats[at++] = a.keep2;
  floats[at++] = a.take2;
  floats[at++] = a.step;
  floats[at++] = a.scale;
  floats[at++] = a.epsilon;
  floats[at++] = a.weightDecay;
  floats[at++] = a.shrink;
  job.start(37, chunks);
}

/** Steps: `s = keep s + take dw²; v = momentum v + inner dw / (sqrt(s + inside) + outside); w -= outer v`, with mean gradients m `max(s - m², 0)` in place of s. */
export function rmsprop(job: Job, chunks: number, a: RmspropArgs): void {
  const { floats, ints } = job;
  writeStepArgs(job, a);
  let at = 260;
  ints[at++] = uint32(a.meanSquare, a);
  ints[at++] = uint32(a.velocity, a);
  ints[at++] = uint32(a.meanGradient, a);
  floats[at++] = a.keep;
  floats[at++] = a.take;
  floats[at++] = a.inner;
  floats[at++] = a.outer;
  floats[at++] = a.epsilonInside;
  floats[at++] = a.epsilonOutside;
  floats[at++] = a.momentum;
  floats[at++] = a.weightDecay;
  job.start(38, chunks);
}

/** Steps: `s += dw²; w -= rate dw / (sqrt(s) + epsilon)`. */
export function adagrad(job: Job, chunks: number, a: AdagradArgs): void {
  const { floats, ints } = job;
  writeStepArgs(job, a);
  let at = 260;
  ints[at++] = uint32(a.squares, a);
  floats[at++] = a.learningRate;
  floats[at++] = a.epsilon;
  floats[at++] = a.weightDecay;
  job.start(39, chunks);
}

/** Steps: `w = shrink w - rate sign(keep1 m + take1 dw); m = keep2 m + take2 dw`. */
export function lion(job: Job, chunks: number, a: LionArgs): void {
  const { floats, ints } = job;
  writeStepArgs(job, a);
  let at = 260;
  ints[at++] = uint32(a.m, a);
  floats[at++] = a.keep1;
  floats[at++] = a.take1;
  floats[at++] = a.keep2;
  floats[at++] = a.take2;
  floats[at++] = a.learningRate;
  floats[at++] = a.shrink;
  job.start(40, chunks);
}

/** Mixes arrays: `w = keep w + take dw`. */
export function blend(job: Job, chunks: number, a: BlendArgs): void {
  const { floats } = job;
  writeStepArgs(job, a);
  let at = 260;
  floats[at++] = a.keep;
  floats[at++] = a.take;
  job.start(41, chunks);
}

/** Computes `y = loss(x, target)`, or where there is a dy, `y = dy d loss(x, target) / dx`. */
export function pairLoss(job: Job, chunks: number, a: PairLossArgs): void {
  const { floats, ints } = job;
  let at = 256;
  ints[at++] = int32(a.kind, a);
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.target, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  ints[at++] = uint32(a.dy, a);
  floats[at++] = a.delta;
  floats[at++] = a.positive;
  floats[at++] = a.negative;
  floats[at++] = a.gamma;
  job.start(42, chunks);
}

/** Sums parts in their order. */
export function addParts(job: Job, chunks: number, a: AddPartsArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.parts, a);
  ints[at++] = int32(a.count, a);
  ints[at++] = uint32(a.bytes, a);
  ints[at++] = uint32(a.sum, a);
  ints[at++] = uint32(a.block, a);
  job.start(43, chunks);
}

/** Finds maxima or averages. A unit is a row of windows. */
export function pool(job: Job, chunks: number, a: PoolArgs): void {
  const { ints, octets } = job;
  writeWindowArgs(job, a);
  let at = 271;
  ints[at++] = uint32(a.x, a);
  octets[1088] = a.averages ? 1 : 0;
  octets[1089] = a.countPadding ? 1 : 0;
  job.start(44, chunks);
}

/** Packs columns eight to a row, the last ones padded with zeros. A panel of eight columns holds all rows of all taps, one after the other. A chunk is a panel of one of several matrices. */
export function packColumns(job: Job, chunks: number, a: PackColumnsArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.source, a);
  ints[at++] = uint32(a.matrixBytes, a);
  ints[at++] = int32(a.taps, a);
  ints[at++] = uint32(a.tapStride, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = uint32(a.rowStride, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = uint32(a.columnStride, a);
  ints[at++] = uint32(a.packed, a);
  ints[at++] = int32(a.panels, a);
  octets[1064] = a.flip ? 1 : 0;
  job.start(45, chunks);
}

/** `C = relu(A B + bias)`, relu or not, over a block of rows of one of several products: A row-major, B packed. */
export function multiply(job: Job, chunks: number, a: MultiplyArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.a, a);
  ints[at++] = uint32(a.packed, a);
  ints[at++] = uint32(a.bias, a);
  ints[at++] = uint32(a.c, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.inner, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.block, a);
  ints[at++] = int32(a.blocks, a);
  ints[at++] = uint32(a.matrices, a);
  ints[at++] = uint32(a.zero, a);
  octets[1068] = a.relu ? 1 : 0;
  job.start(46, chunks);
}

/** `C = Aᵀ B` over a block of rows of C: both row-major and read in place. */
export function multiplyTransposed(job: Job, chunks: number, a: MultiplyTransposedArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.a, a);
  ints[at++] = uint32(a.b, a);
  ints[at++] = uint32(a.c, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.inner, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.block, a);
  job.start(47, chunks);
}

/** Copies rows between arrays with strides. A chunk is a block of rows, or a piece of one row. */
export function copyRows(job: Job, chunks: number, a: CopyRowsArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.length, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  ints[at++] = int32(a.pieces, a);
  ints[at++] = int32(a.piece, a);
  ints[at++] = uint32(a.dimensions, a);
  ints[at++] = int32(a.rank, a);
  ints[at++] = distance(a.xStep, a);
  ints[at++] = distance(a.yStep, a);
  job.start(48, chunks);
}

/** Transposes matrices of which rows are apart in x and columns are apart in y. A chunk is a block of rows of y. */
export function transpose(job: Job, chunks: number, a: TransposeArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = uint32(a.xStep, a);
  ints[at++] = uint32(a.yStep, a);
  ints[at++] = int32(a.blocks, a);
  ints[at++] = int32(a.block, a);
  ints[at++] = uint32(a.dimensions, a);
  ints[at++] = int32(a.rank, a);
  job.start(49, chunks);
}

/** Makes elements of rows. A chunk is a block of rows, or a part of one row. */
export function reduceRows(job: Job, chunks: number, a: ReduceRowsArgs): void {
  const { floats, ints } = job;
  let at = 256;
  ints[at++] = int32(a.kind, a);
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.length, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  ints[at++] = int32(a.parts, a);
  ints[at++] = int32(a.elementsOfPart, a);
  floats[at++] = a.divisor;
  job.start(50, chunks);
}

/** Makes `[outer, columns]` of `[outer, rows, columns]`, or `[outer, parts, columns]`. A chunk is a block of columns of some parts of the rows. */
export function reduceColumns(job: Job, chunks: number, a: ReduceColumnsArgs): void {
  const { floats, ints } = job;
  let at = 256;
  ints[at++] = int32(a.kind, a);
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.outer, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.columns, a);
  ints[at++] = int32(a.partsOfChunk, a);
  ints[at++] = int32(a.parts, a);
  ints[at++] = int32(a.rowsOfPart, a);
  ints[at++] = int32(a.blocks, a);
  ints[at++] = int32(a.columnsOfBlock, a);
  floats[at++] = a.divisor;
  job.start(51, chunks);
}

/** Multiplies images by the matrices. A unit is a row of y. */
export function resample(job: Job, chunks: number, a: ResampleArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.batch, a);
  ints[at++] = int32(a.height, a);
  ints[at++] = int32(a.width, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.outHeight, a);
  ints[at++] = int32(a.outWidth, a);
  ints[at++] = uint32(a.vertical, a);
  ints[at++] = uint32(a.horizontal, a);
  ints[at++] = int32(a.rowsOfChunk, a);
  job.start(52, chunks);
}

/** Computes `y = exp(x) / sum(exp(x))` by rows. */
export function softmax(job: Job, chunks: number, a: SoftmaxArgs): void {
  writeSoftmaxArgs(job, a);
  job.start(53, chunks);
}

/** Computes `y = x - log(sum(exp(x)))` by rows. */
export function logSoftmax(job: Job, chunks: number, a: SoftmaxArgs): void {
  writeSoftmaxArgs(job, a);
  job.start(54, chunks);
}

/** Computes `y = f(x)`. */
export function unary(job: Job, chunks: number, a: UnaryArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = int32(a.kind, a);
  ints[at++] = uint32(a.x, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = int32(a.size, a);
  ints[at++] = int32(a.block, a);
  job.start(55, chunks);
}

/** Transforms packed filters. A chunk is a panel. */
export function winogradFilters(job: Job, chunks: number, a: WinogradFiltersArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.packed, a);
  ints[at++] = int32(a.rows, a);
  ints[at++] = int32(a.panels, a);
  ints[at++] = uint32(a.transformed, a);
  job.start(56, chunks);
}

/** Convolution, tile by tile. A chunk is a band of rows of tiles of an image. */
export function winograd(job: Job, chunks: number, a: WinogradArgs): void {
  const { ints, octets } = job;
  writeImagesArgs(job, a);
  let at = 267;
  ints[at++] = int32(a.bands, a);
  ints[at++] = uint32(a.filters, a);
  ints[at++] = uint32(a.bias, a);
  ints[at++] = uint32(a.y, a);
  ints[at++] = uint32(a.zero, a);
  octets[1088] = a.relu ? 1 : 0;
  job.start(57, chunks);
}

/** The gradient of the filters before `Gᵀ … G`, summed over some images: a part. A chunk is a part. */
export function winogradGradW(job: Job, chunks: number, a: WinogradGradWArgs): void {
  const { ints } = job;
  writeImagesArgs(job, a);
  let at = 267;
  ints[at++] = int32(a.batch, a);
  ints[at++] = int32(a.imagesOfPart, a);
  ints[at++] = uint32(a.dy, a);
  ints[at++] = uint32(a.parts, a);
  job.start(58, chunks);
}

/** `Gᵀ s G`: from sums to filters. A chunk is a channel. */
export function winogradFinish(job: Job, chunks: number, a: WinogradFinishArgs): void {
  const { ints } = job;
  let at = 256;
  ints[at++] = uint32(a.sums, a);
  ints[at++] = int32(a.channels, a);
  ints[at++] = int32(a.outChannels, a);
  ints[at++] = uint32(a.dw, a);
  job.start(59, chunks);
}
