// deno-fmt-ignore-file
/**
 * The kernels by name, with the arguments that their sources in `kernels/` declare. Written by
 * `deno task build:wasm`. Do not edit.
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
export interface ActivationGradArgs {
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
  readonly dy: number;
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

/** Computes `y = f(x)`. */
export function activation(job: Job, chunks: number, a: ActivationArgs): void {
  const { floats, ints } = job;
  ints[256] = int32(a.kind, a);
  ints[257] = uint32(a.x, a);
  ints[258] = uint32(a.y, a);
  ints[259] = int32(a.size, a);
  ints[260] = int32(a.block, a);
  floats[261] = a.slope;
  floats[262] = a.low;
  floats[263] = a.high;
  floats[264] = a.above;
  floats[265] = a.below;
  job.start(0, chunks);
}

/** Computes `dx = dy f'(x)`. */
export function activationGrad(job: Job, chunks: number, a: ActivationGradArgs): void {
  const { floats, ints } = job;
  ints[256] = int32(a.kind, a);
  ints[257] = uint32(a.x, a);
  ints[258] = uint32(a.y, a);
  ints[259] = int32(a.size, a);
  ints[260] = int32(a.block, a);
  floats[261] = a.slope;
  floats[262] = a.low;
  floats[263] = a.high;
  floats[264] = a.above;
  floats[265] = a.below;
  ints[266] = uint32(a.dy, a);
  job.start(1, chunks);
}

/** Computes `y = f(a, b)` by rows, broadcast. A chunk is a block of rows, or a piece of one row. */
export function binary(job: Job, chunks: number, a: CombineArgs): void {
  const { ints, octets } = job;
  ints[256] = int32(a.kind, a);
  ints[257] = uint32(a.a, a);
  ints[258] = uint32(a.b, a);
  ints[259] = uint32(a.y, a);
  ints[260] = int32(a.rows, a);
  ints[261] = int32(a.length, a);
  ints[262] = int32(a.rowsOfChunk, a);
  ints[263] = int32(a.pieces, a);
  ints[264] = int32(a.piece, a);
  ints[265] = uint32(a.dimensions, a);
  ints[266] = int32(a.rank, a);
  octets[1068] = a.aRepeats ? 1 : 0;
  octets[1069] = a.bRepeats ? 1 : 0;
  job.start(3, chunks);
}

/** Answers a question about a and b in bytes, by rows, broadcast. That a is greater, the host asks as whether b is less. */
export function compare(job: Job, chunks: number, a: CombineArgs): void {
  const { ints, octets } = job;
  ints[256] = int32(a.kind, a);
  ints[257] = uint32(a.a, a);
  ints[258] = uint32(a.b, a);
  ints[259] = uint32(a.y, a);
  ints[260] = int32(a.rows, a);
  ints[261] = int32(a.length, a);
  ints[262] = int32(a.rowsOfChunk, a);
  ints[263] = int32(a.pieces, a);
  ints[264] = int32(a.piece, a);
  ints[265] = uint32(a.dimensions, a);
  ints[266] = int32(a.rank, a);
  octets[1068] = a.aRepeats ? 1 : 0;
  octets[1069] = a.bRepeats ? 1 : 0;
  job.start(6, chunks);
}

/** Chooses elements: `y = condition ? a : b`. */
export function where(job: Job, chunks: number, a: WhereArgs): void {
  const { ints, octets } = job;
  ints[256] = uint32(a.condition, a);
  ints[257] = uint32(a.a, a);
  ints[258] = uint32(a.b, a);
  ints[259] = uint32(a.y, a);
  ints[260] = int32(a.size, a);
  ints[261] = int32(a.block, a);
  octets[1048] = a.aRepeats ? 1 : 0;
  octets[1049] = a.bRepeats ? 1 : 0;
  job.start(7, chunks);
}

/** Adds x to the target, in place. */
export function addInPlace(job: Job, chunks: number, a: AddInPlaceArgs): void {
  const { ints } = job;
  ints[256] = uint32(a.target, a);
  ints[257] = uint32(a.x, a);
  ints[258] = int32(a.size, a);
  ints[259] = int32(a.block, a);
  job.start(18, chunks);
}

/** Makes all elements equal. */
export function fill(job: Job, chunks: number, a: FillArgs): void {
  const { floats, ints } = job;
  ints[256] = uint32(a.y, a);
  ints[257] = int32(a.size, a);
  ints[258] = int32(a.block, a);
  floats[259] = a.value;
  job.start(19, chunks);
}

/** Copies bytes. */
export function copy(job: Job, chunks: number, a: CopyArgs): void {
  const { ints } = job;
  ints[256] = uint32(a.x, a);
  ints[257] = uint32(a.y, a);
  ints[258] = uint32(a.bytes, a);
  ints[259] = uint32(a.block, a);
  job.start(20, chunks);
}

/** Makes floats of integers. */
export function cast(job: Job, chunks: number, a: CastArgs): void {
  const { ints } = job;
  ints[256] = uint32(a.x, a);
  ints[257] = uint32(a.y, a);
  ints[258] = int32(a.size, a);
  ints[259] = int32(a.block, a);
  ints[260] = int32(a.xBytes, a);
  job.start(21, chunks);
}

/** Picks rows of x, or elements of them where each has an index of its own. A chunk is a block of rows. */
export function gather(job: Job, chunks: number, a: GatherArgs): void {
  const { ints, octets } = job;
  ints[256] = uint32(a.x, a);
  ints[257] = uint32(a.indices, a);
  ints[258] = uint32(a.y, a);
  ints[259] = int32(a.size, a);
  ints[260] = int32(a.inner, a);
  ints[261] = int32(a.count, a);
  ints[262] = int32(a.rows, a);
  ints[263] = int32(a.rowsOfChunk, a);
  octets[1056] = a.alongAxis ? 1 : 0;
  ints[265] = int32(a.skip, a);
  ints[266] = int32(a.indexBytes, a);
  job.start(22, chunks);
}

/** Adds updates to the rows of y that indices point to, in their order, which is the same for every cut: a chunk is some blocks of y and a piece of their rows. */
export function scatterAdd(job: Job, chunks: number, a: ScatterAddArgs): void {
  const { ints, octets } = job;
  ints[256] = uint32(a.updates, a);
  ints[257] = uint32(a.indices, a);
  ints[258] = uint32(a.y, a);
  ints[259] = int32(a.size, a);
  ints[260] = int32(a.inner, a);
  ints[261] = int32(a.count, a);
  ints[262] = int32(a.blocks, a);
  ints[263] = int32(a.blocksOfChunk, a);
  octets[1056] = a.alongAxis ? 1 : 0;
  ints[265] = int32(a.skip, a);
  ints[266] = int32(a.indexBytes, a);
  ints[267] = int32(a.pieces, a);
  ints[268] = int32(a.piece, a);
  job.start(23, chunks);
}

/** Copies rows between arrays with strides. A chunk is a block of rows, or a piece of one row. */
export function copyRows(job: Job, chunks: number, a: CopyRowsArgs): void {
  const { ints } = job;
  ints[256] = uint32(a.x, a);
  ints[257] = uint32(a.y, a);
  ints[258] = int32(a.rows, a);
  ints[259] = int32(a.length, a);
  ints[260] = int32(a.rowsOfChunk, a);
  ints[261] = int32(a.pieces, a);
  ints[262] = int32(a.piece, a);
  ints[263] = uint32(a.dimensions, a);
  ints[264] = int32(a.rank, a);
  ints[265] = distance(a.xStep, a);
  ints[266] = distance(a.yStep, a);
  job.start(46, chunks);
}

/** Transposes matrices of which rows are apart in x and columns are apart in y. A chunk is a block of rows of y. */
export function transpose(job: Job, chunks: number, a: TransposeArgs): void {
  const { ints } = job;
  ints[256] = uint32(a.x, a);
  ints[257] = uint32(a.y, a);
  ints[258] = int32(a.rows, a);
  ints[259] = int32(a.columns, a);
  ints[260] = uint32(a.xStep, a);
  ints[261] = uint32(a.yStep, a);
  ints[262] = int32(a.blocks, a);
  ints[263] = int32(a.block, a);
  ints[264] = uint32(a.dimensions, a);
  ints[265] = int32(a.rank, a);
  job.start(47, chunks);
}

/** Computes `y = f(x)`. */
export function unary(job: Job, chunks: number, a: UnaryArgs): void {
  const { ints } = job;
  ints[256] = int32(a.kind, a);
  ints[257] = uint32(a.x, a);
  ints[258] = uint32(a.y, a);
  ints[259] = int32(a.size, a);
  ints[260] = int32(a.block, a);
  job.start(53, chunks);
}

export const AVERAGE_POOL_GRAD = 2;
export const IM2COL = 4;
export const COL2IM = 5;
export const CONV = 8;
export const CONV_GRAD_W = 9;
export const ADD_PARTS = 10;
export const CONV_SCATTER = 11;
export const SOFTMAX_CE = 12;
export const SOFTMAX_CE_GRAD = 13;
export const CUMSUM = 14;
export const DEPTHWISE = 15;
export const DEPTHWISE_GRAD_W = 16;
export const DROPOUT = 17;
export const MAX_POOL_GATHER = 24;
export const MAX_POOL_GRAD = 25;
export const FIRST_MAXIMA = 26;
export const MOVE_FIRST = 27;
export const PACK_COLUMNS = 28;
export const MULTIPLY = 29;
export const MULTIPLY_TRANSPOSED = 30;
export const COLUMN_MOMENTS = 31;
export const COLUMN_SUMS = 32;
export const NORMALIZE_COLUMNS = 33;
export const ROW_MOMENTS = 34;
export const NORMALIZE_ROWS = 35;
export const NORMALIZE_GRAD_ROWS = 36;
export const ROW_NORMAL_SUMS = 37;
export const SGD = 38;
export const ADAM = 39;
export const RMSPROP = 40;
export const ADAGRAD = 41;
export const LION = 42;
export const BLEND = 43;
export const PAIR_LOSS = 44;
export const POOL = 45;
export const REDUCE_ROWS = 48;
export const REDUCE_COLUMNS = 49;
export const RESAMPLE = 50;
export const SOFTMAX = 51;
export const LOG_SOFTMAX = 52;
export const WINOGRAD_FILTERS = 54;
export const WINOGRAD = 55;
export const WINOGRAD_GRAD_W = 56;
export const WINOGRAD_FINISH = 57;