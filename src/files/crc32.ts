/**
 * The checksum of zip, gzip and PNG: CRC-32 with the polynomial 0xedb88320 (ISO 3309, reversed).
 *
 * - **Source**: RFC 1952, section 8; eight bytes at a time after M. E. Kounavis and F. L. Berry, "A
 *   Systematic Approach to Building High Performance Software-Based CRC Generators", 2005.
 *
 * @module
 */

/** `TABLES[k * 256 + b]`: the effect of byte `b` that is followed by `k` zero bytes. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256];
    tables[i] = (before >>> 8) ^ tables[before & 0xff];
  }
  return tables;
}

/** Computes the CRC-32 of bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  const t = TABLES;
  let crc = 0xffffffff;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc = t[1792 | (crc & 0xff)] ^ t[1536 | ((crc >>> 8) & 0xff)] ^
      t[1280 | ((crc >>> 16) & 0xff)] ^ t[1024 | (crc >>> 24)] ^
      t[768 | bytes[i + 4]] ^ t[512 | bytes[i + 5]] ^ t[256 | bytes[i + 6]] ^ t[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
