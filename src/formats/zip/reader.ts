/**
 * Reading zip archives, as far as files of arrays and models need them: members that are stored or
 * deflated, in one file, with or without the 64-bit fields of zip64.
 *
 * What the directory says is not believed: members must lie inside the file, one after the other,
 * without overlap; both copies of a member's header must agree; length and CRC-32 of the data must
 * be those declared. Names are names, never paths.
 *
 * - **Source**: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10.
 *
 * @module
 */
import { excerpt } from "../file_limits.ts";
import { crc32 } from "../../files/crc32.ts";
import { inflate } from "../../files/compression_streams.ts";
import type { ByteSource } from "../../files/source.ts";

/** The part of a file that is read here. */
export type ZipSource = Pick<ByteSource, "read" | "size">;

/** A member of an archive, as the directory describes it. */
export interface ZipMember {
  /** Its name; text, nothing more. */
  readonly name: string;
  /** Bytes when read. */
  readonly size: number;
  /** Bytes in the file. */
  readonly storedSize: number;
  readonly isDeflated: boolean;
  readonly crc: number;
  /** Offsets at which its local header begins, and at which the next thing in the file does. */
  readonly start: number;
  readonly end: number;
}

const END_SIZE = 22;
const END64_SIZE = 56;
const LOCATOR_SIZE = 20;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY = 2 ** 26; // bytes: a million members with names of usual length
const ENCRYPTED = 1;
const PATCHED = 32;
const STORED = 0;
const DEFLATED = 8;
/** Most bytes that a deflated byte can become: 258 for 2 bits, and a little. */
const MAX_EXPANSION = 1032;

/** Offsets of the directory, and the number of its entries. */
interface Directory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** Lists the members of an archive, in the order of its directory. `action` begins every error. */
export async function readDirectory(source: ZipSource, action: string): Promise<ZipMember[]> {
  const { start, end, count } = await findDirectory(source, action);
  if (end - start > MAX_DIRECTORY) {
    throw new SyntaxError(
      `${action}: the directory must have a reasonable length: ` +
        `expected at most ${MAX_DIRECTORY} bytes, found ${end - start}`,
    );
  }
  const bytes = await source.read(start, end);
  const members: ZipMember[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { member, length } = parseEntry(bytes.subarray(at), i, action);
    members.push(member);
    at += length;
  }
  if (at !== bytes.length) {
    throw new SyntaxError(
      `${action}: the directory must have the length of its ${count} entries: ` +
        `expected ${at} bytes, found ${bytes.length}`,
    );
  }
  checkNames(members, action);
  return bounded(members, start, action);
}

/**
 * Reads the data of a member.
 *
 * @param enough With this many bytes from its beginning the caller is content: the rest is then
 * neither read nor checked.
 */
export async function readMember(
  source: ZipSource,
  member: ZipMember,
  action: string,
  enough: number = Infinity,
): Promise<Uint8Array> {
  const start = await dataStart(source, member, action);
  const partly = enough < member.size;
  if (!member.isDeflated) {
    const bytes = await source.read(start, start + Math.min(enough, member.size));
    if (!partly) checkCrc(bytes, member, action);
    return bytes;
  }
  // Compressing can make things longer, but a header and a piece of data never by more than this.
  const taken = partly ? Math.min(member.storedSize, 2 * enough + 1024) : member.storedSize;
  const stored = await source.read(start, start + taken);
  const limits = { most: member.size, enough: partly ? enough : undefined, action };
  const bytes = await inflate(stored, "deflate-raw", limits);
  if (partly) return bytes.subarray(0, enough);
  if (bytes.length !== member.size) {
    throw new SyntaxError(
      `${action}: the data must have the size that is declared: ` +
        `expected ${member.size} bytes, found ${bytes.length}`,
    );
  }
  checkCrc(bytes, member, action);
  return bytes;
}

async function findDirectory(source: ZipSource, action: string): Promise<Directory> {
  const tailStart = Math.max(0, source.size - END_SIZE - MAX_COMMENT);
  const tail = await source.read(tailStart, source.size);
  const at = endRecordAt(tail);
  if (at < 0) {
    throw new SyntaxError(
      `${action}: a zip archive must end with its directory: ` +
        `expected the bytes 50 4b 05 06 in the last ${tail.length}, found none that fit`,
    );
  }
  const view = new DataView(tail.buffer, tail.byteOffset + at, END_SIZE);
  const end = tailStart + at;
  const declared = await endRecord(source, view, end, action);
  const { disks, count, size, start, limit } = declared;
  if (disks !== 0) {
    throw new SyntaxError(
      `${action}: the archive must be one file: expected disk 0, found ${disks}`,
    );
  }
  if (start + size !== limit) {
    throw new SyntaxError(
      `${action}: the directory must end where its end record begins: ` +
        `expected ${limit}, found ${start} + ${size}`,
    );
  }
  if (count * ENTRY_SIZE > size) {
    throw new SyntaxError(
      `${action}: the directory must have room for its entries: ` +
        `expected at least ${count * ENTRY_SIZE} bytes for ${count}, found ${size}`,
    );
  }
  return { start, end: limit, count };
}

/** Finds the beginning of the end record: its comment must reach exactly to the end of the file. */
function endRecordAt(tail: Uint8Array): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail[at] !== 0x50 || view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_SIZE + view.getUint16(at + 20, true) === tail.length) return at;
  }
  return -1;
}

/** Reads the fields of the end record, or of its 64-bit form where there is one. */
async function endRecord(source: ZipSource, view: DataView, end: number, action: string) {
  const locator = end >= LOCATOR_SIZE ? view64(await source.read(end - LOCATOR_SIZE, end)) : null;
  if (locator?.getUint32(0, true) !== 0x07064b50) {
    return {
      disks: view.getUint16(4, true) | view.getUint16(6, true),
      count: view.getUint16(10, true),
      size: view.getUint32(12, true),
      start: view.getUint32(16, true),
      limit: end,
    };
  }
  const at = uint64(locator, 8, action);
  const limit = end - LOCATOR_SIZE - END64_SIZE;
  const record = at === limit ? view64(await source.read(at, at + END64_SIZE)) : null;
  if (record?.getUint32(0, true) !== 0x06064b50 || uint64(record, 4, action) !== END64_SIZE - 12) {
    throw new SyntaxError(
      `${action}: the zip64 end record must stand before its locator: ` +
        `expected it at ${limit} with ${END64_SIZE} bytes, found the locator point to ${at}`,
    );
  }
  return {
    disks: record.getUint32(16, true) | record.getUint32(20, true),
    count: uint64(record, 32, action),
    size: uint64(record, 40, action),
    start: uint64(record, 48, action),
    limit,
  };
}

function parseEntry(
  bytes: Uint8Array,
  index: number,
  action: string,
): { member: ZipMember; length: number } {
  const view = view64(bytes);
  if (bytes.length < ENTRY_SIZE || view.getUint32(0, true) !== 0x02014b50) {
    throw new SyntaxError(
      `${action}: entry ${index} of the directory must begin with the bytes 50 4b 01 02: ` +
        `found ${bytes.length < ENTRY_SIZE ? "the end" : "others"}`,
    );
  }
  const nameLength = view.getUint16(28, true);
  const extraLength = view.getUint16(30, true);
  const extraStart = ENTRY_SIZE + nameLength;
  const length = extraStart + extraLength + view.getUint16(32, true);
  if (length > bytes.length) {
    throw new SyntaxError(
      `${action}: entry ${index} of the directory must lie inside it: ` +
        `expected at most ${bytes.length} bytes, found ${length}`,
    );
  }
  const name = decodeName(bytes.subarray(ENTRY_SIZE, extraStart), index, action);
  const what = `${action}: member ${excerpt(name)}`;
  const flags = view.getUint16(8, true);
  const method = view.getUint16(10, true);
  if (flags & (ENCRYPTED | PATCHED) || (method !== STORED && method !== DEFLATED)) {
    const found = flags & ENCRYPTED ? "encryption" : flags & PATCHED ? "a patch" : method;
    throw new SyntaxError(
      `${what} must be stored or deflated: expected method 0 or 8, found ${found}`,
    );
  }
  const extra = bytes.subarray(extraStart, extraStart + extraLength);
  const { size, storedSize, start } = sizesOf(view, extra, what);
  const isDeflated = method === DEFLATED;
  const most = isDeflated ? MAX_EXPANSION * storedSize : storedSize;
  if (size > most || (!isDeflated && size !== storedSize)) {
    throw new SyntaxError(
      `${what} must have a size that its ${storedSize} bytes in the file can make: ` +
        `expected ${isDeflated ? "at most " : ""}${most}, found ${size}`,
    );
  }
  const crc = view.getUint32(16, true);
  return { member: { name, size, storedSize, isDeflated, crc, start, end: 0 }, length };
}

/** Reads sizes and offset: 32 bits each, or where those are all ones 64 bits of the zip64 field. */
function sizesOf(view: DataView, extra: Uint8Array, what: string) {
  const fields = [24, 20, 42].map((at) => view.getUint32(at, true));
  const wide = fields.some((value) => value === 0xffffffff) ? zip64Field(extra) : undefined;
  let at = 0;
  const [size, storedSize, start] = fields.map((value) => {
    if (value !== 0xffffffff || wide === undefined) return value;
    if (at + 8 > wide.byteLength) {
      throw new SyntaxError(
        `${what} must have all its sizes: ` +
          `expected a zip64 field of at least ${at + 8} bytes, found ${wide.byteLength}`,
      );
    }
    return uint64(wide, (at += 8) - 8, what);
  });
  return { size, storedSize, start };
}

function zip64Field(extra: Uint8Array): DataView | undefined {
  const view = view64(extra);
  for (let at = 0; at + 4 <= extra.length;) {
    const length = view.getUint16(at + 2, true);
    const field = extra.subarray(at + 4, at + 4 + length);
    if (view.getUint16(at, true) === 1) return view64(field);
    at += 4 + length;
  }
  return undefined;
}

function decodeName(bytes: Uint8Array, index: number, action: string): string {
  try {
    // A copy, because decoders refuse memory that threads share.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.slice());
  } catch {
    throw new SyntaxError(
      `${action}: the name of entry ${index} must be text: expected UTF-8, found other bytes`,
    );
  }
}

function checkNames(members: readonly ZipMember[], action: string): void {
  const names = new Set<string>();
  for (const { name } of members) {
    if (names.has(name)) {
      throw new SyntaxError(
        `${action}: members must have different names: found two of ${excerpt(name)}`,
      );
    }
    names.add(name);
  }
}

/** Gives every member its end: where the next one begins, or the directory. */
function bounded(members: ZipMember[], directory: number, action: string): ZipMember[] {
  const order = members.map((_, i) => i).sort((a, b) => members[a].start - members[b].start);
  const result = [...members];
  order.forEach((index, i) => {
    const member = members[index];
    const end = i + 1 < order.length ? members[order[i + 1]].start : directory;
    const least = member.start + LOCAL_SIZE + member.storedSize;
    if (least > end) throw overlap(action, member, least, end);
    result[index] = { ...member, end };
  });
  return result;
}

/**
 * Finds the beginning of a member's data, after its local header, which must agree with its entry.
 */
async function dataStart(source: ZipSource, member: ZipMember, action: string): Promise<number> {
  const header = await source.read(member.start, member.start + LOCAL_SIZE);
  const view = view64(header);
  const nameEnd = member.start + LOCAL_SIZE + view.getUint16(26, true);
  const start = nameEnd + view.getUint16(28, true);
  const method = member.isDeflated ? DEFLATED : STORED;
  if (view.getUint32(0, true) !== 0x04034b50 || view.getUint16(8, true) !== method) {
    throw new SyntaxError(
      `${action}: the header before the data must agree with the directory: ` +
        `expected one with method ${method} at ${member.start}, found another or none`,
    );
  }
  if (start + member.storedSize > member.end) {
    throw overlap(action, member, start + member.storedSize, member.end);
  }
  const name = await source.read(member.start + LOCAL_SIZE, nameEnd);
  const expected = new TextEncoder().encode(member.name);
  if (name.length !== expected.length || !name.every((byte, i) => byte === expected[i])) {
    throw new SyntaxError(
      `${action}: the header before the data must agree with the directory: ` +
        `expected the name ${excerpt(member.name)}, found another`,
    );
  }
  return start;
}

function overlap(action: string, member: ZipMember, end: number, limit: number): SyntaxError {
  return new SyntaxError(
    `${action}: members must lie one after the other, before the directory: ` +
      `member ${excerpt(member.name)} ends at ${end}, what follows it begins at ${limit}`,
  );
}

function checkCrc(bytes: Uint8Array, { crc }: ZipMember, action: string): void {
  const found = crc32(bytes);
  if (found === crc) return;
  const show = (value: number) => value.toString(16).padStart(8, "0");
  throw new SyntaxError(
    `${action}: the data must have the CRC-32 that is declared: ` +
      `expected ${show(crc)}, found ${show(found)}`,
  );
}

function view64(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Reads a 64-bit number that must be one that numbers here can hold. */
function uint64(view: DataView, at: number, action: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw new SyntaxError(
    `${action}: sizes and offsets must be whole numbers: ` +
      `expected at most ${Number.MAX_SAFE_INTEGER}, found ${view.getBigUint64(at, true)}`,
  );
}
