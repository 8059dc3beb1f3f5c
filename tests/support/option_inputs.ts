// Inputs of calls with options: values that are all different, on the backend of whoever calls.

import { type Tensor, tensor } from "@tapegrad/tapegrad";

/** Says what becomes of an input before a call gets it. */
export type Place = (x: Tensor) => Tensor;

let current: Place = (x) => x;

/** Runs a function whose inputs from this module are placed so. */
export function withPlace<Result>(place: Place, run: () => Result): Result {
  const before = current;
  current = place;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** Makes an input of values between 0.1 and 1, out of order, no two of few alike. */
export function values(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float32Array.from({ length: size }, (_, i) => 0.1 + (i * 0.618034 + 0.3) % 0.9);
  return current(tensor(data, { shape }));
}

/** Makes an input of values between -1 and 1, out of order, no two of few alike. */
export function signed(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float32Array.from({ length: size }, (_, i) => (i * 0.618034 + 0.3) % 2 - 1);
  return current(tensor(data, { shape }));
}

/** Looks at an option, which does not count as reading it. */
export function peek(options: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(options, name)?.value;
}

/** Copies options, which does not count as reading them. */
export function copied(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(options).map((name) => [name, peek(options, name)]));
}

/** Makes images of a shape `[N, H, W, C]`, in the layout that the options name. */
export function imagesFor(options: object, [n, h, w, c]: readonly number[]): Tensor {
  return signed(peek(options, "layout") === "NCHW" ? [n, c, h, w] : [n, h, w, c]);
}

/** Makes filters of a shape `[KH, KW, I, O]`, in the layout that the options name. */
export function filtersFor(options: object, [kh, kw, i, o]: readonly number[]): Tensor {
  return signed(peek(options, "layout") === "NCHW" ? [o, i, kh, kw] : [kh, kw, i, o]);
}

/** Makes filters of single channels, `[KH, KW, C, M]`, in the layout that the options name. */
export function depthwiseFor(options: object, [kh, kw, c, m]: readonly number[]): Tensor {
  return signed(peek(options, "layout") === "NCHW" ? [c * m, 1, kh, kw] : [kh, kw, c, m]);
}

/** Divides channels by the groups that the options name, if they name any. */
export function perGroup(options: object, channels: number): number {
  const groups = peek(options, "groups");
  return typeof groups === "number" ? channels / groups : channels;
}

/** Makes an input of indices, or of labels. */
export function indices(list: readonly number[], shape = [list.length]): Tensor {
  return current(tensor(Int32Array.from(list), { shape }));
}

/** Makes an input of zeros and ones in turn, of bytes. */
export function bytes(shape: readonly [rows: number, columns: number]): Tensor {
  const data = Uint8Array.from({ length: shape[0] * shape[1] }, (_, i) => Number(i % 3 === 0));
  return current(tensor(data, { shape }));
}
