/**
 * Files of PyTorch in both of their forms: the pickle of the objects, and the storages beside it.
 *
 * - **zip**, since version 1.6: `NAME/data.pkl`, and a member `NAME/data/KEY` for each storage.
 * - **legacy**: pickles of a magic number, a version, facts about the system, the objects and the keys
 *   of storages; then each storage, after the number of its elements.
 *
 * - **Source**: `torch/serialization.py` of PyTorch 1.13, `caffe2/serialize/inline_container.cc`.
 *
 * @module
 */
import type { ByteSource } from "../../files/source.ts";
import { excerpt } from "../file_limits.ts";
import { type PickleWorld, unpickle } from "../pickle/machine.ts";
import { readDirectory, readMember, type ZipMember } from "../zip/reader.ts";
import type { TorchStorage } from "./objects.ts";

/** Objects of a file, and a way to the bytes of its storages. */
export interface TorchArchive {
  readonly root: unknown;
  /** True where numbers have their lowest byte first. */
  readonly littleEndian: boolean;
  /** Reads all bytes of a storage. */
  storage(storage: TorchStorage): Promise<Uint8Array>;
}

/** Bytes that the pickles of the legacy form may take; those of large models take a hundredth. */
const MAX_PICKLE = 2 ** 26;
/** The first object of a legacy file, as it is written there. */
export const LEGACY_MAGIC: readonly number[] = [
  0x80,
  0x02,
  0x8a,
  0x0a,
  0x6c,
  0xfc,
  0x9c,
  0x46,
  0xf9,
  0x20,
  0x6a,
  0xa8,
  0x50,
  0x19,
];
const LEGACY_VERSION = 1001;
/** Bytes of the number before a storage. */
const COUNT_BYTES = 8;

/** The member that holds the objects of a zip. */
export const PICKLE_MEMBER = /(^|\/)data\.pkl$/;
/** Members that only TorchScript has: a program. */
export const SCRIPT_MEMBER = /(^|\/)(constants\.pkl|code\/.*)$/;

/** Opens a file in either form. */
export async function readArchive(
  source: ByteSource,
  world: PickleWorld,
  action: string,
): Promise<TorchArchive> {
  const head = await source.read(0, Math.min(source.size, LEGACY_MAGIC.length));
  if (LEGACY_MAGIC.every((byte, i) => head[i] === byte)) {
    return await readLegacy(source, world, action);
  }
  if (head[0] === 0x50 && head[1] === 0x4b) return await readZip(source, world, action);
  const found = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0"));
  throw new SyntaxError(
    `${action}: a file of PyTorch must be a zip archive, or begin with a magic number: ` +
      `expected 50 4b or 80 02 8a 0a, found ${found.join(" ") || "an empty file"}`,
  );
}

async function readZip(
  source: ByteSource,
  world: PickleWorld,
  action: string,
): Promise<TorchArchive> {
  const members = await readDirectory(source, action);
  const pickle = members.find(({ name }) => PICKLE_MEMBER.test(name));
  const folder = pickle?.name.slice(0, -"data.pkl".length);
  if (pickle === undefined) {
    const found = members.map(({ name }) => name).join(", ");
    throw new SyntaxError(
      `${action}: the archive must hold the pickle of its objects: expected data.pkl, ` +
        `found ${excerpt(found) || "nothing"}`,
    );
  }
  const byName = new Map(members.map((member) => [member.name, member]));
  const order = await textOf(source, byName.get(`${folder}byteorder`), action);
  const bytes = await readMember(source, pickle, `${action}: ${excerpt(pickle.name)}`);
  const { value, end } = unpickle(bytes, 0, world, action);
  if (end !== bytes.length) {
    throw new SyntaxError(
      `${action}: the pickle must be all of its member: expected ${end} bytes, ` +
        `found ${bytes.length}`,
    );
  }
  return {
    root: value,
    littleEndian: order !== "big",
    async storage(storage) {
      const member = byName.get(`${folder}data/${storage.key}`);
      const size = storage.whole * storage.type.bytes;
      if (member?.size === size) return await readMember(source, member, action);
      throw new SyntaxError(
        `${action}: the archive must hold every storage: expected ${size} bytes at ` +
          `${excerpt(`data/${storage.key}`)}, found ${member?.size ?? "none"}`,
      );
    },
  };
}

/** Reads a member that is a short text; undefined where there is none. */
async function textOf(
  source: ByteSource,
  member: ZipMember | undefined,
  action: string,
): Promise<string | undefined> {
  if (member === undefined || member.size > 16) return undefined;
  return String.fromCharCode(...await readMember(source, member, action));
}

async function readLegacy(
  source: ByteSource,
  world: PickleWorld,
  action: string,
): Promise<TorchArchive> {
  const bytes = await source.read(0, Math.min(source.size, MAX_PICKLE));
  const seen = new Map<string, TorchStorage>();
  const noting: PickleWorld = {
    ...world,
    persistent(id) {
      const storage = world.persistent(id) as TorchStorage;
      if (!seen.has(storage.key)) seen.set(storage.key, storage);
      return storage;
    },
  };
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(bytes, at, noting, action);
    at = end;
    return value;
  };
  next(); // the magic number
  const version = next();
  if (version !== LEGACY_VERSION) {
    throw new SyntaxError(
      `${action}: the version of the legacy form must be ${LEGACY_VERSION}: ` +
        `found ${excerpt(String(version))}`,
    );
  }
  next(); // facts about the system: storages have their lowest byte first on any
  const root = next();
  const keys = next();
  const places = await placesOf(source, at, keys, seen, action);
  return {
    root,
    littleEndian: true,
    async storage({ key }) {
      const place = places.get(key);
      if (place !== undefined) return await source.read(...place);
      throw new SyntaxError(
        `${action}: the file must hold every storage: found none for ${excerpt(key)}`,
      );
    },
  };
}

/** Finds the storages, which follow the pickles one after the other. */
async function placesOf(
  source: ByteSource,
  start: number,
  keys: unknown,
  seen: ReadonlyMap<string, TorchStorage>,
  action: string,
): Promise<Map<string, [start: number, end: number]>> {
  const places = new Map<string, [number, number]>();
  const list = Array.isArray(keys) ? keys : [];
  let at = start;
  for (const key of list) {
    const storage = seen.get(String(key));
    const begin = at + COUNT_BYTES;
    const size = (storage?.whole ?? 0) * (storage?.type.bytes ?? 0);
    const count = begin > source.size ? undefined : numberIn(await source.read(at, begin));
    if (storage === undefined || count !== storage.whole || begin + size > source.size) {
      throw new SyntaxError(
        `${action}: each storage must follow the number of its elements: expected ` +
          `${storage?.whole ?? "none"} for ${excerpt(String(key))} at ${at}, found ` +
          `${count ?? "the end"}, in a file of ${source.size} bytes`,
      );
    }
    places.set(storage.key, [begin, begin + size]);
    at = begin + size;
  }
  return places;
}

function numberIn(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Number(view.getBigInt64(0, true));
}
