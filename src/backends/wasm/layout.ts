/**
 * Where things are at the bottom of the memory, shared by the host and the kernel source.
 *
 * Words that different threads write are a cache line apart.
 *
 * @module
 */

/** Rises with every job; what idle workers watch. */
export const GENERATION = 64;
/** Chunks of the job that nobody has taken yet; zero or less when there are none. */
export const REMAINING = 128;
/** Chunks of the job that are finished. */
export const DONE = 192;
/** Workers that sleep and must be woken. */
export const SLEEPERS = 256;
/** Not zero once the workers are to end. */
export const STOP = 320;
/** Which kernel the job runs. */
export const KERNEL = 384;
/** Milliseconds without a job after which a worker ends; written before any starts. */
export const IDLE = 388;
/** Not zero where a kernel has trapped on a worker. */
export const FAULT = 448;
/** A pointer per thread to its scratch memory; the main thread is the first. */
export const SCRATCH = 512;
/** Most threads there can be. */
export const MOST_THREADS = 64;
/** How many workers have ended for want of jobs; behind it, for each thread, 1 where it has. */
export const LEFT = 768;
/** Arguments of the job, four bytes each. */
export const PARAMS = 1024;
/** Bytes of the space for them. */
export const PARAMS_BYTES = 256;
/** Kernels may read this far beyond the end of an array (and ignore what they find). */
export const SLACK = 64;
/** Rows of a tile of a matrix product. */
export const TILE_ROWS = 4;
/** Columns of a tile of a matrix product. */
export const TILE_COLUMNS = 8;
/** Products of a tile of Winograd's convolution. */
export const TILE_POINTS = 16;
/** Where blocks of memory begin; the kernels' constants are below. */
export const HEAP = 65536;
/** Bytes of scratch memory of a thread. */
export const SCRATCH_BYTES = 4194304;
/** Most pixels of a list of those that are not zero; see `kernels/conv_sparse.ts`. */
export const LIST_PIXELS = 16384;
/** Bytes of such a list, at the end of a thread's scratch memory. */
export const LIST_BYTES = 131072;
