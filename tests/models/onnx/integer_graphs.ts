// Random graphs of integers: arrays of up to four dimensions of different sizes, arranged and
// computed with along axes of any sign.

import { Random } from "../../../mod.ts";
import type { OnnxTensor } from "../../../src/models/onnx/model.ts";
import { ints, type NodeText, type Settings } from "./graphs.ts";

interface Known {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A graph that makes `y`, of constants and of the input `x`. */
export interface IntegerGraph {
  readonly nodes: readonly NodeText[];
  readonly constants: readonly OnnxTensor[];
  readonly x: { readonly shape: readonly number[]; readonly data: readonly number[] };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Grows a graph by one node after the other. */
class Maker {
  readonly nodes: NodeText[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly known: Known[] = [];
  readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** A whole number from low to high. */
  between(low: number, high: number): number {
    return low + this.random.integer(high - low + 1);
  }

  oneOf<T>(list: readonly T[]): T {
    return list[this.random.integer(list.length)];
  }

  /** An axis of a rank, counted from either end. */
  axis(rank: number): number {
    return this.between(-rank, rank - 1);
  }

  numbers(count: number, low = -5, high = 5): number[] {
    return Array.from({ length: count }, () => this.between(low, high));
  }

  list(values: number[], shape: readonly number[] = [values.length]): string {
    const name = `c${this.constants.length}`;
    this.constants.push(ints(name, values, [...shape]));
    return name;
  }

  leaf(shape: readonly number[], low = -5, high = 5): Known {
    const name = this.list(this.numbers(sizeOf(shape), low, high), shape);
    return this.add({ name, shape });
  }

  add(value: Known): Known {
    this.known.push(value);
    return value;
  }

  node(
    operator: string,
    inputs: readonly string[],
    shape: readonly number[],
    settings: Settings = {},
  ): Known {
    const name = `n${this.nodes.length}`;
    this.nodes.push([operator, inputs, name, settings]);
    return { name, shape };
  }

  /** A known value with dimensions. */
  array(): Known {
    const arrays = this.known.filter(({ shape }) => shape.length > 0);
    return arrays.length > 0 ? this.oneOf(arrays.slice(-3)) : this.leaf([2, 3]);
  }

  any(): Known {
    return this.oneOf(this.known.slice(-3));
  }

  /** A shape that broadcasts with another one. */
  partner(shape: readonly number[]): readonly number[] {
    return shape.slice(this.between(0, shape.length)).map((n) => this.between(0, 3) === 0 ? 1 : n);
  }
}

const steps: Readonly<Record<string, (m: Maker) => Known>> = {
  unsqueeze(m) {
    const { name, shape } = m.any();
    const rank = shape.length + 1;
    const axis = m.axis(rank);
    const at = axis < 0 ? axis + rank : axis;
    const longer = [...shape.slice(0, at), 1, ...shape.slice(at)];
    return m.node("Unsqueeze", [name, m.list([axis])], longer);
  },
  squeeze(m) {
    const { name, shape } = m.any();
    const single = shape.flatMap((n, i) => n === 1 ? [i] : []);
    if (single.length === 0) return steps.unsqueeze(m);
    const at = m.oneOf(single);
    const axis = m.oneOf([at, at - shape.length]);
    return m.node("Squeeze", [name, m.list([axis])], shape.filter((_, i) => i !== at));
  },
  gather(m) {
    const { name, shape } = m.array();
    const axis = m.axis(shape.length);
    const at = axis < 0 ? axis + shape.length : axis;
    if (shape[at] === 0) return steps.transpose(m);
    const places = m.oneOf([[], [2], [2, 1]]);
    const indices = m.list(m.numbers(sizeOf(places), -shape[at], shape[at] - 1), places);
    const picked = [...shape.slice(0, at), ...places, ...shape.slice(at + 1)];
    return m.node("Gather", [name, indices], picked, { axis });
  },
  concat(m) {
    const { name, shape } = m.array();
    const axis = m.axis(shape.length);
    const at = axis < 0 ? axis + shape.length : axis;
    const other = m.leaf(shape.with(at, m.between(1, 2)));
    const names = m.oneOf([[name, other.name], [other.name, name]]);
    return m.node("Concat", names, shape.with(at, shape[at] + other.shape[at]), { axis });
  },
  slice(m) {
    const { name, shape } = m.array();
    const axis = m.axis(shape.length);
    const at = axis < 0 ? axis + shape.length : axis;
    const size = shape[at];
    const [start, step] = [m.between(-size - 2, size + 2), m.oneOf([1, 2, -1, -2, 3])];
    // As far as there are integers of 32 bits, which for the runtime is the end to go to.
    const end = m.oneOf([m.between(-size - 2, size + 2), step > 0 ? 2 ** 31 - 1 : -(2 ** 31)]);
    const bring = (n: number, low: number, high: number) =>
      Math.min(Math.max(n < 0 ? n + size : n, low), high);
    const first = bring(start, 0, step < 0 ? size - 1 : size);
    const last = bring(end, step < 0 ? -1 : 0, size);
    const count = size === 0 ? 0 : Math.max(Math.ceil((last - first) / step), 0);
    const inputs = [name, m.list([start]), m.list([end]), m.list([axis]), m.list([step])];
    return m.node("Slice", inputs, shape.with(at, count));
  },
  transpose(m) {
    const { name, shape } = m.any();
    if (m.between(0, 3) === 0) return m.node("Transpose", [name], shape.toReversed());
    const perm = Array.from(m.random.permutation(shape.length));
    return m.node("Transpose", [name], perm.map((axis) => shape[axis]), { perm });
  },
  reshape(m) {
    const { name, shape } = m.array();
    const flat = m.between(0, 1) === 0;
    const wanted = flat ? [-1, 1] : [0, -1];
    const to = flat ? [sizeOf(shape), 1] : [shape[0], sizeOf(shape.slice(1))];
    if (shape.includes(0)) return steps.transpose(m);
    return m.node("Reshape", [name, m.list(wanted)], to);
  },
  expand(m) {
    const { name, shape } = m.any();
    const wanted = [2, ...shape.map((n) => m.between(0, 1) === 0 ? 1 : n === 1 ? 3 : n)];
    const to = wanted.map((n, i) => i === 0 ? n : n === 1 ? shape[i - 1] : n);
    if (sizeOf(to) > 500) return steps.transpose(m);
    return m.node("Expand", [name, m.list(wanted)], to);
  },
  tile(m) {
    const { name, shape } = m.array();
    if (sizeOf(shape) > 100) return steps.transpose(m);
    const copies = m.numbers(shape.length, 1, 2);
    return m.node("Tile", [name, m.list(copies)], shape.map((n, i) => n * copies[i]));
  },
  arithmetic(m) {
    const { name, shape } = m.any();
    const operator = m.oneOf(["Add", "Sub", "Mul", "Div", "Max", "Min"]);
    const other = operator === "Div"
      ? m.leaf(m.partner(shape), 1, 4)
      : m.leaf(m.partner(shape), -5, 5);
    const names = operator === "Div" || m.between(0, 1) === 0
      ? [name, other.name]
      : [other.name, name];
    return m.node(operator, names, shape);
  },
  sign(m) {
    const { name, shape } = m.any();
    return m.node(m.oneOf(["Abs", "Neg", "Sign"]), [name], shape);
  },
  where(m) {
    const { name, shape } = m.any();
    const other = m.leaf(m.partner(shape));
    const question = m.node(m.oneOf(["Equal", "Greater", "Less", "LessOrEqual"]), [
      name,
      other.name,
    ], shape);
    const answer = m.between(0, 1) === 0 ? question : m.node("Not", [question.name], shape);
    return m.node("Where", [answer.name, name, m.leaf(m.partner(shape)).name], shape);
  },
  cast(m) {
    const { name, shape } = m.any();
    const narrow = m.node("Cast", [name], shape, { to: m.oneOf([6, 3, 2, 9, 11, 5]) });
    return m.node("Cast", [narrow.name], shape, { to: 7 });
  },
  reduce(m) {
    const { name, shape } = m.array();
    const axis = m.axis(shape.length);
    const at = axis < 0 ? axis + shape.length : axis;
    if (shape[at] === 0) return steps.transpose(m);
    const keepdims = m.between(0, 1);
    const to = keepdims ? shape.with(at, 1) : shape.filter((_, i) => i !== at);
    const operator = m.oneOf(["ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd"]);
    return m.node(operator, [name, m.list([axis])], to, { keepdims });
  },
  shape(m) {
    const { name, shape } = m.array();
    return m.node("Shape", [name], [shape.length]);
  },
  trilu(m) {
    const { name, shape } = m.array();
    if (shape.length < 2) return steps.expand(m);
    const k = m.list([m.between(-2, 2)], []);
    return m.node("Trilu", [name, k], shape, { upper: m.between(0, 1) });
  },
  constantOfShape(m) {
    const shape = [m.between(1, 4), m.between(1, 3)];
    const value = { type: "tensor", value: ints("", [m.between(-4, 4)]) } as const;
    return m.node("ConstantOfShape", [m.list([...shape])], shape, { value });
  },
  range(m) {
    const [start, step] = [m.between(-4, 4), m.oneOf([-3, -1, 2])];
    const count = m.between(1, 5);
    const ends = [start, start + step * count, step].map((n) => m.list([n], []));
    return m.node("Range", ends, [count]);
  },
};

/** A graph of so many steps; the first one reads `x`, or a constant like it. */
export function integerGraph(seed: number, length: number, isConstant: boolean): IntegerGraph {
  const m = new Maker(seed);
  const shape = m.oneOf([[2, 3, 4], [3, 2], [5], [1, 3, 1, 2]]);
  const data = m.numbers(sizeOf(shape), -9, 9);
  m.add({ name: isConstant ? m.list(data, shape) : "x", shape });
  for (let i = 0; i < length; i++) m.add(m.oneOf(Object.values(steps))(m));
  const nodes: NodeText[] = [...m.nodes, ["Identity", [m.known.at(-1)!.name], "y"]];
  return { nodes, constants: m.constants, x: { shape, data } };
}
