/**
 * Numbers of oneDNN's C interface, which are the same in versions 2 and 3 but for those of
 * {@link RELU}.
 *
 * @module
 */

/** Engines run on the CPU. */
export const CPU = 1;
/** Streams run one primitive after the other. */
export const IN_ORDER = 1;
/** Elements are float32. */
export const F32 = 3;
/** A layout that the primitive may choose. */
export const ANY_LAYOUT = 1;
/** Products are those of float32, whatever a variable of the environment says. */
export const STRICT_MATH = 0;

/** Statuses of calls. */
export const SUCCESS = 0;

/** Kinds of propagation. */
export const FORWARD_TRAINING = 64;
/** Convolutions as sums of products: Winograd's have larger errors. */
export const DIRECT_CONVOLUTION = 1;
/** `max(y, 0)`, in each major version. */
export const RELU: Readonly<Record<2 | 3, number>> = { 2: 0x1f, 3: 0x20 };

/** Questions to primitive descriptors. */
export const QUERY = {
  implementation: 8,
  weights: 131,
  diffWeights: 132,
} as const;

/** Arguments of primitives. */
export const ARGUMENT = {
  src: 1,
  dst: 17,
  weights: 33,
  bias: 41,
  diffSrc: 129,
  diffDst: 145,
  diffWeights: 161,
} as const;
