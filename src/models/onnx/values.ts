/**
 * Values that nodes of an ONNX graph read and make: tensors, or integers on the host; how one becomes
 * the other.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import { adoptLike } from "../../core/arena.ts";
import { tensor } from "../../core/create.ts";
import type { DType, FloatDType, TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { type Home, type HostInts, hostInts } from "./host_ints.ts";
import { exact, type IntKind } from "./int_kinds.ts";

/** A value that nodes read and make. */
export type NodeValue = Tensor | HostInts;

/** Tensors of constants of the host, made once. */
const made = new WeakMap<HostInts, Map<DType, Tensor>>();

/** The least number that int32 does not hold. */
const INT32_LIMIT = 2 ** 31;

/** Returns true if int32 holds a number. */
export function isInt32(value: number): boolean {
  return value >= -INT32_LIMIT && value < INT32_LIMIT;
}

/** Makes a tensor where integers of the host have their place. */
export function place(
  { backend, like }: Home,
  data: TypedArray,
  shape: Shape,
): Tensor {
  if (like === undefined) return tensor(data, { shape, backend });
  return adoptLike(like, tensor(data, { shape, backend: like.backend }));
}

/** Finds where a value is. */
export function homeOf(value: NodeValue | undefined): Home {
  if (value instanceof Tensor) return { like: value };
  return value?.home ?? {};
}

/** Makes a value a tensor; of integers int32, uint8, or float64 where one is beyond 32 bits. */
export function asTensor(value: NodeValue | undefined): Tensor {
  if (value instanceof Tensor) return value;
  if (value === undefined) {
    throw new ShapeError("Cannot apply ONNX model: every input must be there: one is absent");
  }
  const { kind, data } = value;
  if (kind === "uint8" || kind === "bool") return onceAs(value, "uint8", Uint8Array);
  if (data.every(isInt32)) return onceAs(value, "int32", Int32Array);
  return asFloats(value, "float64");
}

/** Makes integers of the host floats; refuses one that is not exact. */
export function asFloats(value: HostInts, dtype: FloatDType): Tensor {
  for (const v of value.data) exact(v);
  return onceAs(value, dtype, dtype === "float64" ? Float64Array : Float32Array);
}

/** Makes a tensor: of constants once, of others to be owned as the tensor that they come of. */
function onceAs(
  value: HostInts,
  dtype: DType,
  array: new (data: Float64Array) => TypedArray,
): Tensor {
  const known = made.get(value)?.get(dtype);
  if (known !== undefined) return known;
  const fresh = place(value.home, new array(value.data), value.shape);
  if (value.home.like === undefined) {
    made.set(value, new Map([...made.get(value) ?? [], [dtype, fresh]]));
  }
  return fresh;
}

/** Reads a value as a list of numbers of the host; those of a tensor are read. */
export function asInts(value: NodeValue | undefined): readonly number[] {
  if (value === undefined) return [];
  return Array.from(value instanceof Tensor ? value.dataSync() : value.data);
}

/** Reads the only number of a value. */
export function asNumber(what: string, value: NodeValue | undefined): number {
  const list = asInts(value);
  if (list.length === 1) return list[0];
  throw new ShapeError(
    `Cannot apply ONNX model: ${what} must be one number: got ${list.length} elements`,
  );
}

/** Returns true if a value is on the host. */
export function isHost(value: NodeValue | undefined): value is HostInts {
  return value !== undefined && !(value instanceof Tensor);
}

/** Returns true if all values are on the host. */
export function areHost(values: readonly (NodeValue | undefined)[]): values is HostInts[] {
  return values.every(isHost);
}

/** Counts an axis from 0, of `rank` of them. */
export function axisOf(axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new RangeError(
    `Cannot apply ONNX model: an axis must be from ${-rank} to ${
      rank - 1
    }, of ${rank} dimensions: ` +
      `got ${axis}`,
  );
}

/** Counts axes from 0, and refuses one that is there twice. */
export function axesOf(axes: readonly number[], rank: number): readonly number[] {
  const list = axes.map((axis) => axisOf(axis, rank));
  if (new Set(list).size === list.length) return list;
  throw new RangeError(
    `Cannot apply ONNX model: each axis must be there once: got ${formatShape(axes)}`,
  );
}

/** Counts places along an axis from 0; those below 0 are counted from the end. */
export function placesOf(places: NodeValue, size: number): NodeValue {
  if (isHost(places)) return hostPlaces(places, size);
  const list = places.dtype === "float64" ? ops.cast(places, "int32") : places;
  return places.dataSync().some((place) => place < 0)
    ? ops.where(ops.less(list, 0), ops.add(list, size), list)
    : list;
}

function hostPlaces(places: HostInts, size: number): HostInts {
  const wrong = places.data.find((place) => place < -size || place >= size);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot apply ONNX model: indices must be from ${-size} to ${size - 1}: got ${wrong}`,
    );
  }
  const data = places.data.map((place) => place < 0 ? place + size : place);
  return { ...places, data };
}

/** Brings tensors to one dtype: integers to that of floats, or float64 where one is beyond int32. */
export function alike(tensors: readonly Tensor[]): Tensor[] {
  const rank: readonly DType[] = ["float32", "float64", "int32", "uint8"];
  const dtypes = tensors.map(({ dtype }) => dtype);
  const isFloat = (dtype: DType) => dtype === "float32" || dtype === "float64";
  const common = dtypes.find(isFloat) ?? rank.find((dtype) => dtypes.includes(dtype))!;
  return tensors.map((x) => x.dtype === common ? x : ops.cast(x, common));
}

/** Makes a list of sizes or positions on the host, such as a shape is. */
export function int64s(data: ArrayLike<number>, home: Home, shape?: Shape): HostInts {
  return hostInts("int64", data, shape, home);
}

/** Makes a constant of integers of a kind on the host, of any size. */
export function constantInts(
  kind: IntKind,
  data: ArrayLike<number>,
  shape: Shape,
  home: Home,
): HostInts {
  return { kind, shape, data: new Float64Array(data), home };
}
