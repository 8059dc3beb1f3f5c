/**
 * `saveTorch`: files that `torch.load` reads, also with `weights_only=True`.
 *
 * @module
 */
import type { DType, HostArray } from "../../core/dtype.ts";
import { dtypeOf } from "../../core/dtype.ts";
import { Tensor } from "../../core/tensor.ts";
import { kindOf } from "../../core/kind_of.ts";
import { encodeElements } from "../element_types.ts";
import { excerpt } from "../file_limits.ts";
import { checkHostArray, hostArray } from "../host_array.ts";
import { PickleWriter } from "../pickle/writer.ts";
import { writeZip, type ZipContent } from "../zip/writer.ts";

/** The contents of a file of PyTorch: tensors, values, lists and dictionaries of these. */
export type TorchContent =
  | Tensor
  | HostArray
  | string
  | number
  | boolean
  | null
  | readonly TorchContent[]
  | { readonly [name: string]: TorchContent };

const STORAGES: Readonly<Record<DType, string>> = {
  float32: "FloatStorage",
  float64: "DoubleStorage",
  int32: "IntStorage",
  uint8: "ByteStorage",
};
const FOLDER = "archive";
/** PyTorch's, which loads storages where they lie. */
const ALIGNMENT = 64;
const FORMAT_VERSION = "3\n";

/**
 * Writes a file that PyTorch reads, also as `torch.load(file, weights_only=True)`: a dictionary of
 * tensors, or of dictionaries, lists, numbers and texts beside them. Equal contents give equal bytes.
 *
 * Weights are written as they are; `toTorchState` puts those of a model in PyTorch's layouts first.
 *
 * - **Edge cases**: a number without a fraction is an `int` of Python. A tensor that comes twice is
 *   stored once.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readTorch, saveTorch } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = await saveTorch({ "fc.bias": tensor([1, 2]) }); // await writeFile("fc.pt", bytes)
 * assertEquals(Object.keys(await readTorch(bytes)), ["fc.bias"]);
 * ```
 *
 * @param contents a dictionary: tensors or arrays of the host, by name.
 * @returns the whole file.
 * @throws {ShapeError} if an array's shape, dtype and data do not belong together.
 * @throws {TypeError} if there is something that PyTorch's reader would refuse.
 */
export async function saveTorch(
  contents: Readonly<Record<string, TorchContent>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new TorchWriter();
  writer.add(contents, "");
  const text = (text: string) => new TextEncoder().encode(text);
  const members: ZipContent[] = [
    { name: `${FOLDER}/data.pkl`, bytes: writer.pickle.finish() },
    { name: `${FOLDER}/byteorder`, bytes: text("little") },
    ...writer.storages,
    { name: `${FOLDER}/version`, bytes: text(FORMAT_VERSION) },
  ];
  return await writeZip(members, { compress: false, align: ALIGNMENT });
}

class TorchWriter {
  readonly pickle = new PickleWriter();
  readonly storages: ZipContent[] = [];
  readonly #keys = new Map<unknown, string>();

  add(content: TorchContent, name: string): void {
    const { pickle } = this;
    if (content === null) return void pickle.code("N");
    if (typeof content === "boolean") return void pickle.code(content ? "\x88" : "\x89");
    if (typeof content === "number") return void pickle.number(content);
    if (typeof content === "string") return void pickle.text(content);
    if (content instanceof Tensor || isHostArray(content)) return this.#tensor(content, name);
    if (Array.isArray(content)) {
      pickle.code("](");
      content.forEach((item, i) => this.add(item, `${name}.${i}`));
      return void pickle.code("e");
    }
    const prototype = typeof content === "object" ? Object.getPrototypeOf(content) : undefined;
    if (prototype !== Object.prototype && prototype !== null) {
      throw new TypeError(
        `Cannot write PyTorch data: contents must be tensors, numbers, texts, and objects or lists ` +
          `of these: got ${kindOf(content)}${name === "" ? "" : ` at ${excerpt(name.slice(1))}`}`,
      );
    }
    pickle.global("collections", "OrderedDict").code(")R(");
    for (const [key, inner] of Object.entries(content)) {
      pickle.text(key);
      this.add(inner, `${name}.${key}`);
    }
    pickle.code("u");
  }

  #tensor(content: Tensor | HostArray, name: string): void {
    const { shape, dtype, data } = hostArray(content);
    checkHostArray(`write ${excerpt(name.slice(1))} as PyTorch data`, shape, dtype, data);
    const key = this.#keys.get(content) ?? String(this.#keys.size);
    if (!this.#keys.has(content)) {
      const bytes = new Uint8Array(data.byteLength);
      encodeElements(data, bytes);
      this.#keys.set(content, key);
      this.storages.push({ name: `${FOLDER}/data/${key}`, bytes });
    }
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    // _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)
    const { pickle } = this;
    pickle.global("torch._utils", "_rebuild_tensor_v2").code("((");
    pickle.text("storage").global("torch", STORAGES[dtype]).text(key).text("cpu");
    pickle.number(data.length).code("tQ").number(0).integers(shape).integers(strides);
    pickle.code("\x89").global("collections", "OrderedDict").code(")RtR");
  }
}

function isHostArray(content: object): content is HostArray {
  return dtypeOf((content as { data?: unknown }).data) !== undefined && "shape" in content;
}
