/**
 * NumPy's `.npz` files: a zip archive of `.npy` files, one for each array.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { excerpt } from "../file_limits.ts";
import type { HostArray } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type ByteSource, type FileInput, openSource } from "../../files/source.ts";
import {
  allTensors,
  type ArrayFile,
  arrayFile,
  READ_ARRAY_OPTIONS,
  READ_TENSOR_OPTIONS,
  type ReadArrayOptions,
  type ReadTensorOptions,
} from "../array_file.ts";
import { hostArray } from "../host_array.ts";
import { checkKind } from "../identify/identify.ts";
import { formatNpy, NPY_BEGINNING, parseNpy, readNpyLayout } from "../npy/npy.ts";
import { readDirectory, readMember, type ZipMember } from "../zip/reader.ts";
import { writeZip } from "../zip/writer.ts";

const SUFFIX = ".npy";

/** Settings of {@link writeNpz}. */
export interface WriteNpzOptions {
  /** Deflate the arrays, as `numpy.savez_compressed` does; false by default. */
  readonly compress?: boolean;
}

/**
 * Opens a NumPy `.npz` file. Its arrays are read one by one, as they are asked for.
 *
 * Stored and deflated members are read, with or without zip64 fields; the CRC-32 of all that is
 * read is checked. Element types are those of `parseNpy`. The name of an array is that of its
 * member without `.npy`; members with other names are no arrays and are left out, where some are. Names are only
 * looked up, never used as paths or keys.
 *
 * - **Edge cases**: an archive without members has no arrays. Encrypted members, other compressions
 *   than deflate, archives in several files and archives with something before or between the
 *   members that overlaps them are refused. A member never expands to more than its own header
 *   declares as the size of its array, and that is at most `maxElements`.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { openNpz, writeNpz } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = await writeNpz({ x: tensor([[1, 2]]), y: tensor([3]) });
 * await using file = await openNpz(bytes); // or a path, a URL, a Blob, a stream
 * assertEquals(file.names, ["x", "y"]);
 * assertEquals((await file.info("x")).shape, [1, 2]);
 * assertEquals((await file.tensor("y")).toArray(), [3]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of an array, `onProgress`.
 * @returns the open file.
 * @throws {SyntaxError} if the archive is malformed, truncated or of an unsupported kind; reading
 * an array throws it too.
 * @throws {RangeError} if the file or, when it is read, an array is too large.
 * @throws {FileError} if the file cannot be opened.
 */
export async function openNpz(
  input: FileInput,
  options: ReadArrayOptions = {},
): Promise<ArrayFile> {
  options = checkOptions("read npz", options, READ_ARRAY_OPTIONS);
  const source = await openSource(input, "npz", options);
  try {
    const action = `Cannot read ${source.name}`;
    await checkKind(source, ["npz"], action);
    const members = await readDirectory(source, action);
    checkMembers(members, action);
    return npzFile(source, members, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Throws if an archive has members, and none is an array. */
function checkMembers(members: readonly ZipMember[], action: string): void {
  if (members.length === 0 || members.some(({ name }) => name.endsWith(SUFFIX))) return;
  const found = excerpt(members.map(({ name }) => name).join(", "));
  throw new SyntaxError(
    `${action}: the archive must hold arrays, members that end in ${SUFFIX}: found ${found}`,
  );
}

function npzFile(
  source: ByteSource,
  members: readonly ZipMember[],
  { maxElements }: ReadArrayOptions,
): ArrayFile {
  const arrays = new Map(
    members.filter(({ name }) => name.endsWith(SUFFIX))
      .map((member) => [member.name.slice(0, -SUFFIX.length), member]),
  );
  const optionsOf = (name: string) => ({ name: `${source.name}: ${excerpt(name)}`, maxElements });
  const layout = async (name: string) => {
    const member = arrays.get(name)!;
    const action = `Cannot read ${optionsOf(name).name}`;
    const beginning = await readMember(source, member, action, NPY_BEGINNING);
    return readNpyLayout(beginning, member.size, optionsOf(name));
  };
  return arrayFile({
    name: source.name,
    names: [...arrays.keys()],
    async info(name) {
      const { shape, element } = await layout(name);
      return { shape, dtype: element.dtype, storedAs: element.name };
    },
    async array(name) {
      const member = arrays.get(name)!;
      const action = `Cannot read ${optionsOf(name).name}`;
      // A large one's beginning first: it tells whether the size of the rest is that of the array.
      if (member.size > NPY_BEGINNING) await layout(name);
      return parseNpy(await readMember(source, member, action), optionsOf(name));
    },
    close: () => source.close(),
  });
}

/**
 * Reads all arrays of a NumPy `.npz` file, by name. {@link openNpz} says what is read and what is
 * an error.
 *
 * - **Edge cases**: arrays that hold no numbers, or some that no dtype here holds, are left out with a
 *   warning on the console; where all are such, it is an error.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readNpz, writeNpz } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = await writeNpz({ w: tensor([1, 2]), bias: tensor(3) }, { compress: true });
 * const { w, bias } = await readNpz(bytes);
 * assertEquals([w.toArray(), bias.item()], [[1, 2], 3]);
 * ```
 *
 * @param input the file.
 * @param options as for {@link openNpz}, and `backend`.
 * @returns tensors that no tape knows, each under its name.
 * @throws {SyntaxError} if the archive or an array is malformed.
 * @throws {RangeError} if the file or an array is too large, or an integer does not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readNpz(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<Record<string, Tensor>> {
  options = checkOptions("read npz", options, READ_TENSOR_OPTIONS);
  const { backend, ...reading } = options;
  return await allTensors(await openNpz(input, reading), backend);
}

/**
 * Writes an `.npz` file that `numpy.load` reads. Equal arrays give equal bytes: members are dated
 * 1980-01-01.
 *
 * - **Edge cases**: no arrays make an empty archive. 64-bit fields are written from 4 GiB on, where
 *   they are needed.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readNpz, writeNpz } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = await writeNpz({ x: tensor([1, 2, 3]) }); // await writeFile("x.npz", bytes)
 * assertEquals(Object.keys(await readNpz(bytes)), ["x"]);
 * ```
 *
 * @param arrays tensors or arrays of the host, by name.
 * @param options `compress`.
 * @returns the whole file.
 * @throws {ShapeError} if an array's shape, dtype and data do not belong together.
 */
export async function writeNpz(
  arrays: Readonly<Record<string, Tensor | HostArray>>,
  options: WriteNpzOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  options = checkOptions("write npz", options, "compress?");
  const contents = Object.entries(arrays).map(([name, array]) => ({
    name: name + SUFFIX,
    bytes: formatNpy(hostArray(array)),
  }));
  return await writeZip(contents, { compress: options.compress ?? false });
}
