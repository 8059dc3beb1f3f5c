/**
 * Steps of optimizers that turn out not to have been taken: of those that have only changed tensors
 * by the backend's own kernel, which may leave them as they were.
 *
 * @module
 */
/** Takes back the count of the last step. */
export type Rewind = () => void;

const rewinds = new WeakMap<object, Rewind>();

/** Notes how the count of an optimizer's steps is taken back. */
export function noteRewind(optimizer: object, rewind: Rewind): void {
  rewinds.set(optimizer, rewind);
}

/**
 * Returns what takes back the count of an optimizer's last step; undefined for one that may change
 * more than the backend's own kernel does.
 */
export function rewindOf(optimizer: object): Rewind | undefined {
  return rewinds.get(optimizer);
}
