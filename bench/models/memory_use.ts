/**
 * The memory of a training step, in bytes.
 *
 * @module
 */

/** Memory that a step needs, and memory that it takes. */
export interface MemoryUse {
  /** The batch and the results of all operations of the forward pass. */
  readonly activations: number;
  readonly parameters: number;
  readonly gradients: number;
  readonly moments: number;
  /** The most that tensors took at any moment of a step. */
  readonly peak: number;
  /** True if as much is live after every step. */
  readonly isConstant: boolean;
  /** All memory of the backend: with room to grow, and with scratch memory of kernels. */
  readonly reserved: number;
}

/** Sums the memory that a step cannot do without. */
export function neededBytes({ activations, parameters, gradients, moments }: MemoryUse): number {
  return activations + parameters + gradients + moments;
}
