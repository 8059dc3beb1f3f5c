/**
 * An ONNX model as the bytes of a file.
 *
 * @module
 */
import { MessageWriter } from "./message_writer.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  type ElementKind,
  ELEMENTS,
  GRAPH,
  MODEL,
  NODE,
  OPERATOR_SET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./schema.ts";

const PRODUCER = "tapegrad";
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Writes the bytes of a file.
 *
 * @throws {RangeError} if it would be longer than the 2 GiB that a protocol buffer may have.
 */
export function writeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const file = new MessageWriter()
    .int(MODEL.irVersion, model.irVersion)
    .text(MODEL.producerName, PRODUCER)
    .message(MODEL.graph, (graph) => writeGraph(graph, model))
    .message(MODEL.opsetImport, (set) => {
      set.text(OPERATOR_SET.domain, "").int(OPERATOR_SET.version, model.opset);
    });
  if (file.size > MAX_BYTES) {
    throw new RangeError(
      `Cannot export ONNX: the file must have at most ${MAX_BYTES} bytes: it would have ` +
        `${file.size}`,
    );
  }
  return file.finish();
}

function writeGraph(graph: MessageWriter, model: OnnxModel): void {
  for (const node of model.nodes) graph.message(GRAPH.node, (inner) => writeNode(inner, node));
  graph.text(GRAPH.name, PRODUCER);
  for (const constant of model.initializers) {
    graph.message(GRAPH.initializer, (inner) => writeTensor(inner, constant));
  }
  for (const value of model.inputs) graph.message(GRAPH.input, (inner) => writeValue(inner, value));
  for (const value of model.outputs) {
    graph.message(GRAPH.output, (inner) => writeValue(inner, value));
  }
}

function writeNode(writer: MessageWriter, node: OnnxNode): void {
  for (const name of node.inputs) writer.text(NODE.input, name);
  for (const name of node.outputs) writer.text(NODE.output, name);
  writer.text(NODE.name, node.name ?? node.outputs[0]).text(NODE.operator, node.operator);
  for (const [name, attribute] of node.attributes) {
    writer.message(NODE.attribute, (inner) => writeAttribute(inner, name, attribute));
  }
}

function writeAttribute(writer: MessageWriter, name: string, attribute: OnnxAttribute): void {
  writer.text(ATTRIBUTE.name, name);
  switch (attribute.type) {
    case "float":
      writer.float(ATTRIBUTE.float, attribute.value);
      break;
    case "int":
      writer.int(ATTRIBUTE.int, attribute.value);
      break;
    case "text":
      writer.text(ATTRIBUTE.text, attribute.value);
      break;
    case "floats":
      for (const value of attribute.value) writer.float(ATTRIBUTE.floats, value);
      break;
    case "ints":
      for (const value of attribute.value) writer.int(ATTRIBUTE.ints, value);
      break;
    case "texts":
      for (const value of attribute.value) writer.text(ATTRIBUTE.texts, value);
      break;
    case "tensor":
      writer.message(ATTRIBUTE.tensor, (inner) => writeTensor(inner, attribute.value));
  }
  writer.int(ATTRIBUTE.type, ATTRIBUTE_TYPE[attribute.type]);
}

function writeTensor(writer: MessageWriter, { name, elements, shape, data }: OnnxTensor): void {
  for (const size of shape) writer.int(TENSOR.dims, size);
  writer.int(TENSOR.dataType, ELEMENTS[elements]).text(TENSOR.name, name);
  const stored = storedAs(elements, data);
  const { buffer, byteOffset, byteLength } = stored;
  writer.bytes(TENSOR.rawData, new Uint8Array(buffer, byteOffset, byteLength));
}

/** Puts elements in the form that a file has. */
function storedAs(elements: ElementKind, data: OnnxTensor["data"]) {
  switch (elements) {
    case "int64":
      return BigInt64Array.from(data, BigInt);
    case "uint64":
      return BigUint64Array.from(data, BigInt);
    case "uint32":
      return Uint32Array.from(data);
    case "int8":
      return Int8Array.from(data);
    case "int16":
      return Int16Array.from(data);
    case "uint16":
      return Uint16Array.from(data);
    default:
      return data;
  }
}

function writeValue(writer: MessageWriter, { name, elements, shape }: OnnxValue): void {
  writer.text(VALUE_INFO.name, name).message(VALUE_INFO.type, (type) => {
    type.message(TYPE.tensor, (tensor) => {
      tensor.int(TENSOR_TYPE.elements, ELEMENTS[elements]);
      if (shape === undefined) return;
      tensor.message(TENSOR_TYPE.shape, (dimensions) => {
        for (const size of shape) {
          dimensions.message(SHAPE.dimension, (inner) => {
            if (typeof size === "number") inner.int(DIMENSION.value, size);
            else inner.text(DIMENSION.parameter, size);
          });
        }
      });
    });
  });
}
