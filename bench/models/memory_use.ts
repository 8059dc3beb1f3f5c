/**
 * The memory of a training step, in bytes.
 *
 * @module
 */

/** What a step needs and what it takes. */
export interface MemoryUse {
  /** The batch and the results of all operations of the forward pass. */
  readonly activations: number;
  readonly parameters: number;
  readonly gradients: number;
  readonly moments: number;
  /** The most that tensors took at any moment of a step. */
  readonly peak: number;
  /** Whether as much is live after every step. */
  readonly isConstant: boolean;
  /** All memory of the backend: with room to grow, and with scratch memory of kernels. */
  readonly reserved: number;
}

/** What a step cannot do without. */
export function neededBytes({ activations, parameters, gradients, moments }: MemoryUse): number {
  return activations + parameters + gradients + moments;
}
