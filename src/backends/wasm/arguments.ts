/**
 * Checked arguments of kernels: the parts that the generated functions of `abi.ts` are made of.
 *
 * @module
 */

/** Memory that arguments are written to, and the start of the kernel: a part of the engine. */
export interface Job {
  /** The memory, seen as integers of 32 bits. */
  readonly ints: Int32Array;
  /** The memory, seen as floats. */
  readonly floats: Float32Array;
  /** The memory, seen as bytes. */
  readonly octets: Uint8Array;
  /**
   * Runs a kernel.
   *
   * @param kernel its place in the table of kernels.
   * @param chunks in how many independent pieces; decided by shapes alone, so that results do
   * not depend on the number of threads.
   */
  start(kernel: number, chunks: number): void;
}

/** Returns the value of an argument if it is an integer of 32 bits with a sign. */
export function int32(value: number, args: object): number {
  if ((value | 0) !== value) refuse(value, args, "from -2147483648 to 2147483647");
  return value;
}

/** Returns the value of an argument if it is an address or another integer of 32 bits without sign. */
export function uint32(value: number, args: object): number {
  if ((value >>> 0) !== value) refuse(value, args, "from 0 to 4294967295");
  return value;
}

/** Returns the value of an argument that is a distance in bytes, added to addresses modulo 2³². */
export function distance(value: number, args: object): number {
  if ((value | 0) !== value && (value >>> 0) !== value) {
    refuse(value, args, "from -2147483648 to 4294967295");
  }
  return value;
}

/** Writes a list of sizes and distances that a kernel reads by its address. */
export function writeList(values: Readonly<ArrayLike<number>>, ints: Int32Array, at: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if ((value | 0) !== value) distance(value, { "each listed size and distance": value });
    ints[at + i] = value;
  }
}

function refuse(value: number, args: object, range: string): never {
  const name = Object.entries(args).find(([, given]) => Object.is(given, value))?.[0];
  throw new RangeError(
    `Cannot run kernel: ${name} must be an integer ${range}: got ${value}; take smaller arrays`,
  );
}
