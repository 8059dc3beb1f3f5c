/**
 * The objects of PyTorch that a file of weights may hold: tensors, storages, dictionaries. Their
 * makers are known by name and do nothing but note their arguments; every other name is an error.
 *
 * - **Source**: `torch/_utils.py` and `torch/_weights_only_unpickler.py` of PyTorch 1.13 and 2.9.
 *
 * @module
 */
import { countElements, excerpt } from "../file_limits.ts";
import { type PickleWorld, Tuple } from "../pickle/machine.ts";

/** An element type of PyTorch. */
export interface TorchType {
  /** Its name: `float32`. */
  readonly name: string;
  /** Bytes of an element. */
  readonly bytes: number;
  /** NumPy's code of the same type, if it has one that can be read. */
  readonly code?: string;
}

/** Element types by the names of their storages, without `Storage`. */
const STORAGE_TYPES: ReadonlyMap<string, TorchType> = new Map<string, TorchType>([
  ["Float", { name: "float32", bytes: 4, code: "f4" }],
  ["Double", { name: "float64", bytes: 8, code: "f8" }],
  ["Half", { name: "float16", bytes: 2, code: "f2" }],
  ["BFloat16", { name: "bfloat16", bytes: 2, code: "bf16" }],
  ["Int", { name: "int32", bytes: 4, code: "i4" }],
  ["Long", { name: "int64", bytes: 8, code: "i8" }],
  ["Short", { name: "int16", bytes: 2, code: "i2" }],
  ["Char", { name: "int8", bytes: 1, code: "i1" }],
  ["Byte", { name: "uint8", bytes: 1, code: "u1" }],
  ["Bool", { name: "bool", bytes: 1, code: "b1" }],
  ["ComplexFloat", { name: "complex64", bytes: 8 }],
  ["ComplexDouble", { name: "complex128", bytes: 16 }],
  ["Untyped", { name: "bytes", bytes: 1, code: "u1" }],
]);

/** Element types by their own names; those of tensors that no kind of storage has among them. */
const TYPES: ReadonlyMap<string, TorchType> = new Map<string, TorchType>(
  [
    ...STORAGE_TYPES.values(),
    { name: "uint16", bytes: 2, code: "u2" },
    { name: "uint32", bytes: 4, code: "u4" },
    { name: "uint64", bytes: 8, code: "u8" },
    { name: "complex32", bytes: 4 },
    { name: "float8_e4m3fn", bytes: 1 },
    { name: "float8_e4m3fnuz", bytes: 1 },
    { name: "float8_e5m2", bytes: 1 },
    { name: "float8_e5m2fnuz", bytes: 1 },
  ].map((type) => [type.name, type]),
);

/** Other names of element types. */
const ALIASES: Readonly<Record<string, string>> = {
  float: "float32",
  double: "float64",
  half: "float16",
  int: "int32",
  long: "int64",
  short: "int16",
};

/** Elements outside of the pickle, which tensors are views of. */
export interface TorchStorage {
  /** Key by which the file knows it. */
  readonly key: string;
  readonly type: TorchType;
  /** Number of elements under this key. */
  readonly whole: number;
  /** Number of elements of this one, which may be a part. */
  readonly count: number;
  /** Elements under this key before its first. */
  readonly offset: number;
}

/** A tensor: a view of a storage. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly type: TorchType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Elements of the storage before its first. */
  readonly offset: number;

  /** Makes a view, which must lie in the storage. `action` begins errors. */
  constructor(
    { storage, type, shape, strides, offset }: Omit<TorchTensor, "count">,
    action: string,
  ) {
    this.storage = storage;
    this.type = type;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    const count = countElements(shape);
    const last = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], offset);
    const end = count === 0 ? offset : last + 1;
    const held = Math.floor(storage.count * storage.type.bytes / type.bytes);
    if (count === undefined || shape.length !== strides.length || end > held) {
      throw new SyntaxError(
        `${action}: a tensor must lie in its storage, of ${held} elements: found shape ` +
          `[${excerpt(shape.join(", "))}], strides [${excerpt(strides.join(", "))}], ` +
          `offset ${offset}`,
      );
    }
  }

  /** Number of elements. */
  get count(): number {
    return countElements(this.shape)!;
  }
}

/** A function or a class that a pickle may name. */
type Maker = (args: readonly unknown[]) => unknown;

/** A kind of storage, as pickles name it. */
class StorageKind {
  readonly type: TorchType;
  constructor(type: TorchType) {
    this.type = type;
  }
}

/** Makes the world of a file's pickle. `action` begins every error. */
export function torchWorld(action: string): PickleWorld {
  const makers = makersOf(action);
  const fail = (what: string, found: string): never => {
    throw new SyntaxError(`${action}: its pickle must be that of tensors: ${what}: found ${found}`);
  };
  return {
    global(module, name) {
      const type = module === "torch" ? TYPES.get(ALIASES[name] ?? name) : undefined;
      if (type !== undefined) return type;
      const kind = /^torch(\.cuda|\.storage)?$/.test(module) && name.endsWith("Storage")
        ? STORAGE_TYPES.get(name.slice(0, -"Storage".length))
        : undefined;
      if (kind !== undefined) return new StorageKind(kind);
      const maker = makers.get(`${module}.${name}`);
      if (maker !== undefined) return maker;
      throw new SyntaxError(
        `${action}: a file must hold tensors, dictionaries, lists, numbers and texts alone, as ` +
          `nothing in it is ever run: found ${excerpt(`${module}.${name}`)}; in Python, save ` +
          "model.state_dict()",
      );
    },
    call(callable, args) {
      if (typeof callable === "function") return (callable as Maker)(args);
      return fail("only what makes tensors may be called", "something else");
    },
    build(target, state) {
      // What a dictionary or a tensor has besides its contents: versions of layers, hooks.
      if (target instanceof Map || target instanceof TorchTensor) return;
      fail("only dictionaries and tensors have a state", typeof state);
    },
    persistent: (id) => storageOf(id) ?? fail("what is stored beside must be a storage", "another"),
  };
}

/** Reads `("storage", kind, key, device, count[, view])`. */
function storageOf(id: unknown): TorchStorage | undefined {
  if (!(id instanceof Tuple)) return undefined;
  const [what, kind, key, , count, view] = id.items;
  const isStorage = what === "storage" && kind instanceof StorageKind && isCount(count) &&
    (typeof key === "string" || typeof key === "number");
  if (!isStorage) return undefined;
  const storage = { key: String(key), type: kind.type, whole: count, count, offset: 0 };
  if (!(view instanceof Tuple)) return storage;
  const [, offset, size] = view.items;
  const isPart = isCount(offset) && isCount(size) && offset + size <= count;
  return isPart ? { ...storage, offset, count: size } : undefined;
}

function makersOf(action: string): ReadonlyMap<string, Maker> {
  const fail = (what: string): never => {
    throw new SyntaxError(`${action}: its pickle must be that of tensors: found ${what}`);
  };
  const tensor = (args: readonly unknown[], type?: unknown): TorchTensor => {
    const [storage, offset, shape, strides] = args;
    const own = (storage ?? undefined) as TorchStorage | undefined;
    const counts = (list: unknown): readonly number[] =>
      list instanceof Tuple && list.items.every(isCount)
        ? list.items as readonly number[]
        : fail("sizes or strides that are no whole numbers");
    if (own?.type === undefined || !isCount(offset)) return fail("a tensor without a storage");
    const found = type === undefined ? own.type : type as TorchType;
    if (found?.bytes === undefined) return fail("a tensor without an element type");
    const view = { storage: own, type: found, shape: counts(shape), strides: counts(strides) };
    return new TorchTensor({ ...view, offset }, action);
  };
  const made = (value: unknown) =>
    value instanceof TorchTensor ? value : fail("a parameter without a tensor");
  const [rebuild, rebuildTyped, parameter]: Maker[] = [
    (args) => tensor(args),
    (args) => tensor(args, args[6] ?? null),
    ([data]) => made(data),
  ];
  const plain: readonly Maker[] = [rebuild, rebuildTyped, parameter];
  const entries: [string, Maker][] = [
    ["torch._utils._rebuild_tensor", rebuild],
    ["torch._utils._rebuild_tensor_v2", rebuild],
    ["torch._utils._rebuild_tensor_v3", rebuildTyped],
    ["torch._utils._rebuild_parameter", parameter],
    ["torch._utils._rebuild_parameter_with_state", parameter],
    [
      "torch._tensor._rebuild_from_type_v2",
      ([make, , args]) =>
        plain.includes(make as Maker) && args instanceof Tuple
          ? (make as Maker)(args.items)
          : fail("a tensor of a type of its own"),
    ],
    ["torch.nn.parameter.Parameter", parameter],
    ["torch.Tensor", () => fail("a tensor without a storage")],
    ["torch.Size", ([items]) => items],
    ["torch.device", ([name, place]) => place === undefined ? name : `${name}:${place}`],
    ["_codecs.encode", ([text]) => text],
    ["collections.OrderedDict", ([items]) => dictionary(items, fail)],
  ];
  return new Map(entries);
}

/** Makes a dictionary of pairs, as Python 2 gives them. */
function dictionary(items: unknown, fail: (what: string) => never): Map<unknown, unknown> {
  if (items === undefined || items instanceof Map) return new Map(items as Map<unknown, unknown>);
  const pairs = Array.isArray(items) ? items : fail("a dictionary of something else");
  return new Map(pairs.map((pair: unknown) => {
    const [key, value] = pair instanceof Tuple
      ? pair.items
      : Array.isArray(pair)
      ? pair
      : fail("no pair");
    return [key, value];
  }));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
