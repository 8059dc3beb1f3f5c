/**
 * The beginning of an HDF5 file: its signature, and whether the program that wrote it has closed it.
 *
 * - **Source**: "HDF5 File Format Specification Version 3.0", II.A "Superblock".
 *
 * @module
 */

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Places in the superblock: its version, and from version 3 on the flags of consistency. */
const VERSION_AT = 8;
const FLAGS_AT = 11;
const FIRST_WITH_FLAGS = 3;
/** The flag of a file that a program writes. */
const OPEN_FOR_WRITING = 1;

/** Throws unless a file begins as HDF5, and has been closed. `action` begins the error. */
export function checkBeginning(bytes: Uint8Array, action: string): void {
  const at = findSuperblock(bytes, action);
  const isOpen = bytes[at + VERSION_AT] >= FIRST_WITH_FLAGS &&
    (bytes[at + FLAGS_AT] & OPEN_FOR_WRITING) !== 0;
  if (!isOpen) return;
  throw new SyntaxError(
    `${action}: the program that writes it must have closed it: it is marked as open for writing; ` +
      "close it there, or run h5clear -s if that program is no more",
  );
}

/** Finds the superblock: the signature may also stand at 512, 1024, 2048 …, after other data. */
function findSuperblock(bytes: Uint8Array, action: string): number {
  for (let at = 0; at + SIGNATURE.length <= bytes.length; at = at === 0 ? 512 : 2 * at) {
    if (SIGNATURE.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  const found = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  throw new SyntaxError(
    `${action}: an HDF5 file must begin with its signature: ` +
      `expected 89 48 44 46 0d 0a 1a 0a, found ${found.join(" ") || "an empty file"}`,
  );
}
