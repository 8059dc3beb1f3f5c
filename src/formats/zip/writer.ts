/**
 * Writing zip archives, as `numpy.savez`, `numpy.savez_compressed` and `torch.save` do: members
 * stored or deflated, dated 1980-01-01, so that equal content gives equal bytes; 64-bit fields where
 * needed.
 *
 * - **Source**: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10.
 *
 * @module
 */
import { crc32 } from "../../files/crc32.ts";
import { deflate } from "../../files/compression_streams.ts";
import { concatenate } from "../../files/source.ts";

/** A member to write. */
export interface ZipContent {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Options of writing. */
export interface ZipOptions {
  /** Deflate the members. */
  readonly compress: boolean;
  /** Data begins at multiples of this many bytes, so that it can be used where it lies; 1 if absent. */
  readonly align?: number;
  /** Size or offset from which on 64-bit fields are used; for tests. */
  readonly wideFrom?: number;
}

const VERSION = 20; // of the format: 2.0 has deflate
const VERSION_WIDE = 45; // 4.5 has zip64
const UTF8 = 1 << 11;
const DATE = 1 << 5 | 1; // month 1, day 1, 1980
const LOCAL_SIZE = 30;
/** The field by which PyTorch fills up, "FB", and the bytes of its id and length. */
const PADDING_ID = 0x4246;
const FIELD_SIZE = 4;
const LIMIT = 0xffffffff;
const COUNT_LIMIT = 0xffff;

/** Writes a whole archive. */
export async function writeZip(
  contents: readonly ZipContent[],
  { compress, align = 1, wideFrom = LIMIT }: ZipOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const { name, bytes } of contents) {
    const stored = compress ? await deflate(bytes, "deflate-raw") : bytes;
    const header = {
      name: new TextEncoder().encode(name),
      method: compress ? 8 : 0,
      crc: crc32(bytes),
      size: bytes.length,
      storedSize: stored.length,
      start: position,
      wide: Math.max(bytes.length, stored.length, position) >= wideFrom,
    };
    const local = localHeader(header, align);
    pieces.push(local, stored);
    directory.push(directoryEntry(header));
    position += local.length + stored.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const wide = Math.max(position, size) >= wideFrom || contents.length >= COUNT_LIMIT;
  const end = endRecords(contents.length, size, position, wide);
  return concatenate([...pieces, ...directory, end]);
}

interface Header {
  readonly name: Uint8Array;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly storedSize: number;
  readonly start: number;
  readonly wide: boolean;
}

function localHeader(header: Header, align: number): Uint8Array {
  const { name, wide } = header;
  const field = wide ? wideField([header.size, header.storedSize]) : [];
  const end = header.start + LOCAL_SIZE + name.length + field.length;
  const extra = [...field, ...padding(end, align)];
  return concatenate([
    littleEndian(
      [4, 0x04034b50],
      [2, wide ? VERSION_WIDE : VERSION],
      ...commonFields(header),
      [2, name.length],
      [2, extra.length],
    ),
    name,
    Uint8Array.from(extra),
  ]);
}

function directoryEntry(header: Header): Uint8Array {
  const { name, wide } = header;
  const extra = wide ? wideField([header.size, header.storedSize, header.start]) : [];
  return concatenate([
    littleEndian(
      [4, 0x02014b50],
      [2, VERSION_WIDE],
      [2, wide ? VERSION_WIDE : VERSION],
      ...commonFields(header),
      [2, name.length],
      [2, extra.length],
      [2, 0], // comment
      [2, 0], // disk
      [2, 0], // internal attributes
      [4, 0], // external attributes
      [4, wide ? LIMIT : header.start],
    ),
    name,
    Uint8Array.from(extra),
  ]);
}

/** Returns the fields that both headers of a member have, from the flags to the sizes. */
function commonFields(header: Header): [width: number, value: number][] {
  const { method, crc, wide } = header;
  return [
    [2, UTF8],
    [2, method],
    [2, 0], // midnight
    [2, DATE],
    [4, crc],
    [4, wide ? LIMIT : header.storedSize],
    [4, wide ? LIMIT : header.size],
  ];
}

/** Returns a field that moves what follows it to a multiple of `align`; none where it is there. */
function padding(end: number, align: number): number[] {
  if (end % align === 0) return [];
  const length = (2 * align - (end + FIELD_SIZE) % align) % align;
  return [...littleEndian([2, PADDING_ID], [2, length]), ...new Array<number>(length).fill(0)];
}

function wideField(values: readonly number[]): number[] {
  const fields = values.map((value): [number, number] => [8, value]);
  return [...littleEndian([2, 1], [2, 8 * values.length], ...fields)];
}

function endRecords(count: number, size: number, start: number, wide: boolean): Uint8Array {
  const end = littleEndian(
    [4, 0x06054b50],
    [4, 0], // disks
    [2, wide ? COUNT_LIMIT : count],
    [2, wide ? COUNT_LIMIT : count],
    [4, wide ? LIMIT : size],
    [4, wide ? LIMIT : start],
    [2, 0], // comment
  );
  if (!wide) return end;
  const record = littleEndian(
    [4, 0x06064b50],
    [8, 44], // bytes that follow
    [2, VERSION_WIDE],
    [2, VERSION_WIDE],
    [8, 0], // disks
    [8, count],
    [8, count],
    [8, size],
    [8, start],
  );
  const locator = littleEndian([4, 0x07064b50], [4, 0], [8, start + size], [4, 1]);
  return concatenate([record, locator, end]);
}

/** Writes whole numbers, each in the given number of bytes. */
function littleEndian(...fields: [width: number, value: number][]): Uint8Array {
  const bytes = fields.flatMap(([width, value]) =>
    Array.from({ length: width }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256)
  );
  return Uint8Array.from(bytes);
}
