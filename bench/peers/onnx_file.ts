/**
 * Model S as an ONNX file: a writer of just the protocol buffers that takes.
 *
 * Images come NCHW, the order that ONNX has; weights are put into it here.
 *
 * @module
 */
import { type Arrays, type HostArray, transposed } from "../models/arrays.ts";

type Bytes = readonly number[];
type Attribute = string | number | readonly number[];

/** A step of the graph: an operator, the values it reads, and the one it makes. */
interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

const FLOAT = 1;
const OPSET = 13;
const IR_VERSION = 8;

/** The bytes of a file that makes of images `x`, `[N, 3, 64, 64]`, probabilities `y`. */
export function signsFile(arrays: Arrays): Uint8Array<ArrayBuffer> {
  const nodes: Node[] = [
    conv("x", "conv1", "a", [1, 1, 2, 2]),
    { operator: "Relu", inputs: ["a"], output: "b" },
    pool("b", "c", 8),
    conv("c", "conv2", "d", [0, 0, 1, 1]),
    { operator: "Relu", inputs: ["d"], output: "e" },
    pool("e", "f", 4),
    { operator: "Flatten", inputs: ["f"], output: "g", attributes: { axis: 1 } },
    { operator: "Gemm", inputs: ["g", "dense", "bias"], output: "h" },
    { operator: "Softmax", inputs: ["h"], output: "y", attributes: { axis: 1 } },
  ];
  const weights = {
    conv1: transposed(arrays.conv1, [3, 2, 0, 1]),
    conv2: transposed(arrays.conv2, [3, 2, 0, 1]),
    dense: rowsByChannel(arrays.dense, 2, 2),
    bias: arrays.bias,
  };
  const graph = [
    ...nodes.flatMap((node) => message(1, nodeOf(node))),
    ...text(2, "signs"),
    ...Object.entries(weights).flatMap(([name, w]) => message(5, tensorOf(name, w))),
    ...message(11, valueOf("x", ["N", 3, 64, 64])),
    ...message(12, valueOf("y", ["N", 6])),
  ];
  const opset = [...text(1, ""), ...integer(2, OPSET)];
  return new Uint8Array([
    ...integer(1, IR_VERSION),
    ...text(2, "bench"),
    ...message(7, graph),
    ...message(8, opset),
  ]);
}

function conv(x: string, w: string, output: string, pads: readonly number[]): Node {
  return { operator: "Conv", inputs: [x, w], output, attributes: { pads } };
}

function pool(x: string, output: string, size: number): Node {
  const square = [size, size];
  const attributes = { "kernel_shape": square, strides: square };
  return { operator: "MaxPool", inputs: [x], output, attributes };
}

/** Dense weights whose features are those of a map flattened channel by channel. */
function rowsByChannel({ shape, data }: HostArray, height: number, width: number): HostArray {
  const [features, outputs] = shape;
  const map = [height, width, features / height / width, outputs];
  return { shape, data: transposed({ shape: map, data }, [2, 0, 1, 3]).data };
}

function nodeOf({ operator, inputs, output, attributes = {} }: Node): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, attributeOf(name, value))),
  ];
}

function attributeOf(name: string, value: Attribute): Bytes {
  const [integerType, stringType, integersType] = [2, 3, 7];
  const head = text(1, name);
  if (typeof value === "number") {
    return [...head, ...integer(3, value), ...integer(20, integerType)];
  }
  if (typeof value === "string") return [...head, ...text(4, value), ...integer(20, stringType)];
  return [...head, ...value.flatMap((n) => integer(8, n)), ...integer(20, integersType)];
}

function tensorOf(name: string, { shape, data }: HostArray): Bytes {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const dims = shape.flatMap((n) => integer(1, n));
  return [...dims, ...integer(2, FLOAT), ...text(8, name), ...message(9, [...bytes])];
}

function valueOf(name: string, shape: readonly (number | string)[]): Bytes {
  const dims = shape.flatMap((n) => message(1, typeof n === "string" ? text(2, n) : integer(1, n)));
  const tensor = [...integer(1, FLOAT), ...message(2, dims)];
  return [...text(1, name), ...message(2, message(1, tensor))];
}

/** A field that holds a number. */
function integer(field: number, value: number): Bytes {
  return [...varint(field << 3), ...varint(value)];
}

/** A field that holds a text. */
function text(field: number, value: string): Bytes {
  return message(field, [...new TextEncoder().encode(value)]);
}

/** A field that holds other fields, or bytes. */
function message(field: number, content: Bytes): Bytes {
  return [...varint(field << 3 | 2), ...varint(content.length), ...content];
}

function varint(value: number): Bytes {
  return value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];
}
