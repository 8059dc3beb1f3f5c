/**
 * A dataset of arrays in files that stay there: only the rows of a batch are read.
 *
 * @module
 */
import { allocate, type HostArray, type TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type ByteSource, type FileInput, openSource } from "../../files/source.ts";
import { IDX_BEGINNING, readIdxLayout } from "../../formats/idx/idx.ts";
import { NPY_BEGINNING, type NpyLayout, readNpyLayout } from "../../formats/npy/npy.ts";
import { decodeElements, refusalsOf } from "../../formats/element_types.ts";
import { Dataset } from "./dataset.ts";
import type { ExampleSource, Reader } from "./source.ts";

/** A file that can be read in parts: a path, a `file:` URL, or a `Blob` or `File`. */
export type RowFile = string | URL | Blob;

/** Layout of the rows of an array in a file. */
type RowLayout = Pick<
  NpyLayout,
  "shape" | "element" | "littleEndian" | "fortranOrder" | "dataStart"
>;

/** The most bytes of neighbouring rows that are read at once. */
const MOST_AT_ONCE = 2 ** 22;

/**
 * Makes a dataset of arrays in `.npy` and idx files, of which no more is in memory than the rows of
 * the batches under way. The files may be larger than the memory.
 *
 * Rows that lie side by side are read together: without `shuffle` that is fast on any disk. Small
 * files are faster read whole, with `readNpy` or `readIdx` and `arrayDataset`. The files must not
 * change while they are used. Needs a file system (in Deno, `--allow-read`) unless it is given
 * blobs.
 *
 * - **Shapes**: in each file `[N, ...]`, the same N in all.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { fileDataset, writeIdx, writeNpy } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Blob([Uint8Array.from(writeNpy(tensor([[1, 2], [3, 4], [5, 6]])))]);
 * const y = new Blob([await writeIdx(tensor(Uint8Array.of(0, 1, 0)))]); // or paths
 * const dataset = await fileDataset({ x, y });
 * for await (const { x, y } of dataset.skip(1).batch(2).batches()) {
 *   assertEquals([x.toArray(), y.toArray()], [[[3, 4], [5, 6]], [1, 0]]);
 * }
 * ```
 *
 * @param files for each field a file.
 * @returns a dataset with those fields.
 * @throws {SyntaxError} if a file is of another format, compressed, malformed or truncated.
 * @throws {ShapeError} if the files do not hold equally many examples, or one is in Fortran order.
 * @throws {FileError} if a file cannot be opened.
 */
export async function fileDataset<const Files extends Readonly<Record<string, RowFile>>>(
  files: Files,
): Promise<Dataset<{ readonly [Name in keyof Files]: Tensor }>> {
  const layouts = new Map<string, RowLayout>();
  for (const [name, file] of Object.entries(files)) {
    const source = await openRows(file);
    try {
      layouts.set(name, await readLayout(source));
    } finally {
      await source.close();
    }
  }
  const size = checkSizes(layouts);
  const source: ExampleSource = {
    size,
    anyOrder: true,
    fixedOrder: true,
    open: () => new FileReader(files, layouts),
  };
  return new Dataset(source);
}

async function openRows(file: RowFile): Promise<ByteSource> {
  const isPath = typeof file === "string" && !/^(https?|data|blob):/i.test(file);
  const isFileUrl = file instanceof URL && file.protocol === "file:";
  if (isPath || isFileUrl || file instanceof Blob) {
    return await openSource(file as FileInput, "npy or idx", { maxBytes: Number.MAX_SAFE_INTEGER });
  }
  throw new TypeError(
    "Cannot make dataset: a file must be a path, a file: URL or a Blob, which can be read in " +
      `parts: got ${file instanceof URL || typeof file === "string" ? file : typeof file}`,
  );
}

async function readLayout(source: ByteSource): Promise<RowLayout> {
  const { name, size } = source;
  const options = { name, maxElements: Number.MAX_SAFE_INTEGER };
  const beginning = await source.read(0, Math.min(size, NPY_BEGINNING));
  if (beginning[0] === 0 || beginning[0] === GZIP) {
    const layout = readIdxLayout(beginning.subarray(0, IDX_BEGINNING), size, options);
    return { ...layout, littleEndian: false, fortranOrder: false };
  }
  const layout = readNpyLayout(beginning, size, options);
  if (layout.fortranOrder && layout.shape.length > 1) {
    throw new ShapeError(
      `Cannot read ${name} in parts: the array must be in row-major order: it is in Fortran ` +
        "order; readNpy reads it whole",
    );
  }
  return layout;
}

/** The first byte of a gzipped file, about which the reader of idx files says something useful. */
const GZIP = 0x1f;

function checkSizes(layouts: ReadonlyMap<string, RowLayout>): number {
  const sizes = [...layouts.values()].map(({ shape }) => shape[0]);
  if (sizes.length === 0) throw new TypeError("Cannot make dataset: it must have fields: got none");
  if (sizes.some((size) => size === undefined || size !== sizes[0])) {
    const shapes = [...layouts].map(([name, { shape }]) => `${name} is ${formatShape(shape)}`);
    throw new ShapeError(
      `Cannot make dataset: all fields must hold equally many examples: ${shapes.join(", ")}`,
    );
  }
  return sizes[0];
}

/** Reads rows of some files, which are opened when the first row is asked for. */
class FileReader implements Reader {
  readonly #files: Readonly<Record<string, RowFile>>;
  readonly #layouts: ReadonlyMap<string, RowLayout>;
  readonly #open = new Map<string, Promise<ByteSource>>();

  constructor(
    files: Readonly<Record<string, RowFile>>,
    layouts: ReadonlyMap<string, RowLayout>,
  ) {
    this.#files = files;
    this.#layouts = layouts;
  }

  async read(positions: Int32Array, names?: readonly string[]): ReturnType<Reader["read"]> {
    const wanted = Object.keys(this.#files).filter((name) => names?.includes(name) ?? true);
    const fields = await Promise.all(wanted.map(async (name) => {
      const source = this.#open.get(name) ?? openRows(this.#files[name]);
      this.#open.set(name, source);
      return [name, await readRows(await source, this.#layouts.get(name)!, positions)] as const;
    }));
    return { indices: positions, fields: Object.fromEntries(fields) };
  }

  async close(): Promise<void> {
    for (const source of await Promise.allSettled(this.#open.values())) {
      if (source.status === "fulfilled") await source.value.close();
    }
    this.#open.clear();
  }
}

/**
 * Reads rows of an array, in the order of the positions; neighbours in the file are read together.
 */
async function readRows(
  source: ByteSource,
  layout: RowLayout,
  positions: Int32Array,
): Promise<HostArray> {
  const { shape: [, ...rowShape], element, littleEndian, dataStart } = layout;
  const size = sizeOf(rowShape);
  const bytes = size * element.bytes;
  const rows: TypedArray = allocate(element.dtype, positions.length * size);
  const order = Uint32Array.from(positions.keys()).sort((a, b) => positions[a] - positions[b]);
  const most = Math.max(Math.floor(MOST_AT_ONCE / Math.max(bytes, 1)), 1);
  for (let first = 0, end; first < order.length; first = end) {
    const start = positions[order[first]];
    for (end = first + 1; end < order.length; end++) {
      const step = positions[order[end]] - positions[order[end - 1]];
      if (step > 1 || positions[order[end]] - start >= most) break;
    }
    const stop = positions[order[end - 1]] + 1;
    const found = await source.read(dataStart + start * bytes, dataStart + stop * bytes);
    const refuse = refusalsOf(`Cannot read ${source.name}`, layout, start * size);
    const run = decodeElements(element, littleEndian, found, refuse);
    for (let i = first; i < end; i++) {
      const at = (positions[order[i]] - start) * size;
      rows.set(run.subarray(at, at + size), order[i] * size);
    }
  }
  return { shape: [positions.length, ...rowShape], dtype: element.dtype, data: rows };
}
