/**
 * Common parts of files that hold several arrays by name, whatever their format.
 *
 * @module
 */
import { checkOptions } from "../core/options.ts";
import { excerpt } from "./file_limits.ts";
import type { Backend } from "../backends/kernels.ts";
import { tensor } from "../core/create.ts";
import type { DType, HostArray } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import type { FileOptions } from "../files/source.ts";

/** Settings of readers of arrays. */
export interface ReadArrayOptions extends FileOptions {
  /** The most elements an array may have; 2^28 (268,435,456) when left out. */
  readonly maxElements?: number;
}

/** Names of {@link ReadArrayOptions}. */
export const READ_ARRAY_OPTIONS = "name maxBytes# onProgress maxElements#";

/** Settings of readers that make tensors. */
export interface ReadTensorOptions extends ReadArrayOptions {
  /** Backend of the tensors; the one in use by default. */
  readonly backend?: Backend;
}

/** Names of {@link ReadTensorOptions}. */
export const READ_TENSOR_OPTIONS = "name maxBytes# onProgress maxElements# backend";

/** Shape and element type of an array, known before it is read. */
export interface ArrayInfo {
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** Element type once it is read; undefined if it is of a kind that cannot be. */
  readonly dtype: DType | undefined;
  /** Element type as the file has it: `float16`, say. */
  readonly storedAs: string;
}

/**
 * An open file of named arrays, which are read as they are asked for. It must be closed: with an
 * `await using` declaration, or with {@link ArrayFile.close}.
 */
export interface ArrayFile extends AsyncDisposable {
  /** Name of the file in errors. */
  readonly name: string;
  /** Names of the arrays, in the order of the file. */
  readonly names: readonly string[];
  /**
   * Finds the shape and element type of an array. Throws a RangeError if there is none of this
   * name.
   */
  info(name: string): Promise<ArrayInfo>;
  /** Reads an array to the host. Throws a RangeError if there is none of this name. */
  array(name: string): Promise<HostArray>;
  /** Reads a tensor. Throws a RangeError if there is none of this name. */
  tensor(name: string, options?: { readonly backend?: Backend }): Promise<Tensor>;
  /** Closes the file; doing it twice does nothing. */
  close(): Promise<void>;
}

/** Methods that each format implements; names are those of the file. */
export interface ArrayFormat {
  readonly name: string;
  readonly names: readonly string[];
  info(name: string): Promise<ArrayInfo>;
  array(name: string): Promise<HostArray>;
  close(): PromiseLike<void>;
}

/** Makes an array file of a format: names are checked, tensors made. */
export function arrayFile(format: ArrayFormat): ArrayFile {
  const known = new Set(format.names);
  const checked = (name: string) => {
    if (known.has(name)) return name;
    throw new RangeError(
      `Cannot read ${format.name}: name must be that of an array in it, one of ` +
        `${excerpt(format.names.join(", ")) || "none"}: got ${excerpt(String(name))}`,
    );
  };
  let closed: PromiseLike<void> | undefined;
  const close = async () => await (closed ??= format.close());
  return {
    name: format.name,
    names: format.names,
    info: async (name) => await format.info(checked(name)),
    array: async (name) => await format.array(checked(name)),
    async tensor(name, options = {}) {
      options = checkOptions("read a tensor", options, "backend");
      const { shape, data } = await format.array(checked(name));
      return tensor(data, { shape, backend: options.backend });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Errors of arrays that hold no numbers: others of the file can be read all the same. */
const withoutNumbers = new WeakSet<Error>();

/** Marks an error as one of an array that holds no numbers, or some that nothing here can hold. */
export function noNumbers(error: SyntaxError): SyntaxError {
  withoutNumbers.add(error);
  return error;
}

/**
 * Reads every array of numbers of a file as a tensor, and closes the file. Arrays of texts and the
 * like are left out with a warning, unless there is nothing else.
 */
export async function allTensors(
  file: ArrayFile,
  backend?: Backend,
): Promise<Record<string, Tensor>> {
  const entries: [string, Tensor][] = [];
  const left: Error[] = [];
  try {
    for (const name of file.names) {
      try {
        entries.push([name, await file.tensor(name, { backend })]);
      } catch (error) {
        if (!withoutNumbers.has(error as Error)) throw error;
        left.push(error as Error);
      }
    }
    if (entries.length === 0 && left.length > 0) throw left[0];
  } catch (error) {
    for (const [, tensor] of entries) tensor.dispose();
    throw error;
  } finally {
    await file.close();
  }
  if (left.length > 0) {
    console.warn(`${left.length} of ${file.names.length} arrays are left out: ${left[0].message}`);
  }
  // Own properties whatever the names: `__proto__` is one like any other.
  return Object.fromEntries(entries);
}
