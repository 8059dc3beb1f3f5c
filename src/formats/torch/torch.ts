/**
 * Files of PyTorch (`.pt`, `.pth`): tensors by name, read without running anything.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, openSource } from "../../files/source.ts";
import {
  allTensors,
  type ArrayFile,
  arrayFile,
  noNumbers,
  READ_ARRAY_OPTIONS,
  READ_TENSOR_OPTIONS,
  type ReadArrayOptions,
  type ReadTensorOptions,
} from "../array_file.ts";
import { decodeBfloat16, decodeElements, ELEMENT_TYPES, refusalsOf } from "../element_types.ts";
import { checkCount, checkMaxElements, DEFAULT_MAX_ELEMENTS, excerpt } from "../file_limits.ts";
import { checkKind } from "../identify/identify.ts";
import { readArchive, type TorchArchive } from "./archive.ts";
import { contentsOf, gather, type TorchValue } from "./contents.ts";
import { type TorchTensor, torchWorld } from "./objects.ts";

/** An open file of PyTorch. */
export interface TorchFile extends ArrayFile {
  /** The rest of the file, by name: `epoch`, `optimizer.param_groups.0.lr`. */
  readonly values: Readonly<Record<string, TorchValue>>;
}

/**
 * Opens a file that `torch.save` has made: a state dictionary, or a checkpoint with several. Its
 * tensors are read one by one, as they are asked for.
 *
 * Both forms are read, the zip of version 1.6 on and the older one. Nothing in the file is run, and
 * no class is made: of the names that a pickle may use, those of tensors, storages, parameters,
 * element types, sizes, devices and ordered dictionaries are known; any other is an error that says
 * it. So whole models (`torch.save(model)`) and programs of TorchScript are refused: save
 * `model.state_dict()`.
 *
 * | in the file                           | dtype of the result                         |
 * | ------------------------------------- | ------------------------------------------- |
 * | float32, float64, int32, uint8        | the same                                    |
 * | float16, bfloat16                     | float32, exact                              |
 * | int8, int16, uint16                   | int32                                       |
 * | int64, uint32, uint64                 | int32 where every value fits, else an error |
 * | bool                                  | uint8, 0 or 1                               |
 * | complex numbers, floats of 8 bits     | listed, but reading one is an error         |
 *
 * Names are those of the dictionaries, joined with dots: `conv1.weight`, or of a checkpoint
 * `model.conv1.weight`. Layouts stay PyTorch's; `fromTorchState` converts.
 *
 * - **Edge cases**: tensors may share a storage, be transposed or parts of others: each is read as
 *   what it shows. A file that is one tensor has the name `tensor`. Together tensors may show at most
 *   64 times the bytes that the file has for them. The CRC-32 of zip members is checked; the older
 *   form has no checksums.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { openTorch, saveTorch } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = await saveTorch({ model: { "fc.weight": tensor([[1, 2]]) }, epoch: 3 });
 * await using file = await openTorch(bytes); // or a path, a URL, a Blob, a stream
 * assertEquals([file.names, file.values.epoch], [["model.fc.weight"], 3]);
 * assertEquals((await file.tensor("model.fc.weight")).toArray(), [[1, 2]]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of a tensor, `onProgress`.
 * @returns the open file.
 * @throws {SyntaxError} if the file is malformed, or holds something else than tensors and values;
 * reading a tensor throws it for a type that cannot be read.
 * @throws {RangeError} if the file or, when it is read, a tensor is too large, or an integer does
 * not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function openTorch(
  input: FileInput,
  options: ReadArrayOptions = {},
): Promise<TorchFile> {
  options = checkOptions("read PyTorch data", options, READ_ARRAY_OPTIONS);
  const { maxElements = DEFAULT_MAX_ELEMENTS } = options;
  const source = await openSource(input, "PyTorch", options);
  try {
    const action = `Cannot read ${source.name}`;
    checkMaxElements(maxElements, action);
    await checkKind(source, ["torch"], action);
    const archive = await readArchive(source, torchWorld(action), action);
    const { tensors, values } = contentsOf(archive.root, action);
    const bytesOf = lastStorage(archive);
    const file = arrayFile({
      name: source.name,
      names: [...tensors.keys()],
      info(name) {
        const { shape, type } = tensors.get(name)!;
        return Promise.resolve({ shape, dtype: dtypeOf(type.code), storedAs: type.name });
      },
      async array(name) {
        const tensor = tensors.get(name)!;
        const what = `${action}: ${excerpt(name)}`;
        checkCount(tensor.shape, tensor.count, maxElements, what);
        return decode(tensor, await bytesOf(tensor), archive.littleEndian, what);
      },
      close: () => source.close(),
    });
    return { ...file, values: Object.fromEntries(values) };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Reads all tensors of a file that `torch.save` has made, by name. {@link openTorch} says what is
 * read and what is an error.
 *
 * - **Edge cases**: arrays that hold no numbers, or some that no dtype here holds, are left out with a
 *   warning on the console; where all are such, it is an error.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readTorch, saveTorch } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const state = await readTorch(await saveTorch({ "fc.bias": tensor([1, 2]) }));
 * assertEquals(state["fc.bias"].toArray(), [1, 2]);
 * ```
 *
 * @param input the file.
 * @param options as for {@link openTorch}, and `backend`.
 * @returns tensors that no tape knows, each under its name.
 * @throws {SyntaxError} if the file is malformed, holds something else, or no type can be read.
 * @throws {RangeError} if the file or a tensor is too large, or an integer does not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readTorch(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<Record<string, Tensor>> {
  options = checkOptions("read PyTorch data", options, READ_TENSOR_OPTIONS);
  const { backend, ...others } = options;
  return await allTensors(await openTorch(input, others), backend);
}

/** Reads storages, and keeps the last: tensors that share one follow each other. */
function lastStorage(archive: TorchArchive): (tensor: TorchTensor) => Promise<Uint8Array> {
  let last: { key: string; bytes: Promise<Uint8Array> } | undefined;
  return ({ storage }) => {
    if (last?.key !== storage.key) last = { key: storage.key, bytes: archive.storage(storage) };
    return last.bytes;
  };
}

function dtypeOf(code = ""): HostArray["dtype"] | undefined {
  return code === BFLOAT16 ? "float32" : ELEMENT_TYPES.get(code)?.dtype;
}

const BFLOAT16 = "bf16";

function decode(
  tensor: TorchTensor,
  stored: Uint8Array,
  littleEndian: boolean,
  action: string,
): HostArray {
  const { storage, type, shape } = tensor;
  const element = ELEMENT_TYPES.get(type.code ?? "");
  const first = storage.offset * storage.type.bytes / type.bytes + tensor.offset;
  if ((element === undefined && type.code !== BFLOAT16) || !Number.isInteger(first)) {
    throw noNumbers(
      new SyntaxError(
        `${action}: the type must be one that can be read: expected bfloat16, a float of 16, 32 or ` +
          `64 bits, bool or an integer type, found ${type.name}`,
      ),
    );
  }
  const bytes = gather(stored, tensor, first, type);
  if (element === undefined) {
    const little = littleEndian ? bytes : swapped(bytes);
    return { shape, dtype: "float32", data: decodeBfloat16(little) };
  }
  const refusals = refusalsOf(action, { element, shape });
  return {
    shape,
    dtype: element.dtype,
    data: decodeElements(element, littleEndian, bytes, refusals),
  };
}

/** Swaps the two bytes of every element. */
function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, i) => bytes[i ^ 1]);
}
