/**
 * The bytes of an ONNX file as plain data.
 *
 * The messages that a file nests are known, so reading never goes deeper than they do; what is
 * unknown is passed over by its length. Graphs in attributes (loops, branches) are noted, not read.
 *
 * @module
 */
import { printable } from "../../core/printable.ts";
import { type Field, MessageReader, type Refuse } from "./message_reader.ts";
import type {
  OnnxAttribute,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
  Problem,
} from "./model.ts";
import { readTensor, shown } from "./read_tensor.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  foreignKind,
  GRAPH,
  KINDS,
  KNOWN_KINDS,
  MODEL,
  NODE,
  OLDEST_OPSET,
  OPERATOR_SET,
  OTHER_ATTRIBUTES,
  OTHER_TYPES,
  SHAPE,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./schema.ts";

/** The newest version of the operators that is read; those of the subset are the same up to it. */
const NEWEST_OPSET = 27;
const DEFAULT_DOMAINS: readonly string[] = ["", "ai.onnx"];

/**
 * Reads a file.
 *
 * @param bytes the whole file.
 * @param name what to call it in errors.
 * @throws {SyntaxError} if it is malformed, or of a version that is not read.
 */
export function readModel(bytes: Uint8Array, name: string): OnnxModel {
  const refuse: Refuse = (rule, found) => {
    throw new SyntaxError(printable(`Cannot read ${name}: ${rule}: ${found}`));
  };
  const message = new MessageReader(bytes, refuse);
  let irVersion = 0;
  const versions = new Map<string, number>();
  let graph: Graph | undefined;
  for (const field of message.fields()) {
    if (field.number === MODEL.irVersion) irVersion = message.int(field);
    else if (field.number === MODEL.opsetImport) {
      readOpset(message.message(field), versions);
    } else if (field.number === MODEL.graph) {
      if (graph !== undefined) refuse("a file must have one graph", "two");
      graph = readGraph(message.message(field), refuse);
    }
  }
  if (graph === undefined) return refuse("a file must have a graph", "none");
  if (irVersion < 1) refuse("a file must tell the version of its format", `${irVersion}`);
  const opset = standardOpset(versions, refuse);
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !constants.has(name));
  return { irVersion, opset, ...graph, inputs };
}

type Graph = Pick<OnnxModel, "nodes" | "initializers" | "inputs" | "outputs">;

/** Takes note of the version of a set of operators, by its domain. */
function readOpset(message: MessageReader, versions: Map<string, number>): void {
  let [domain, version] = ["", 0];
  for (const field of message.fields()) {
    if (field.number === OPERATOR_SET.domain) domain = message.text(field);
    else if (field.number === OPERATOR_SET.version) version = message.int(field);
  }
  versions.set(domain, version);
}

/** Returns the version of the standard operators. */
function standardOpset(versions: ReadonlyMap<string, number>, refuse: Refuse): number {
  const domain = DEFAULT_DOMAINS.find((name) => versions.has(name));
  if (domain === undefined) {
    const others = [...versions.keys()].map(shown).join(", ");
    const found = others === "" ? "no operators" : `those of ${others} alone`;
    return refuse("a file must tell the version of the standard operators", `it has ${found}`);
  }
  const opset = versions.get(domain)!;
  if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    refuse(`operators must be of version ${OLDEST_OPSET} to ${NEWEST_OPSET}`, `${opset}`);
  }
  return opset;
}

function readGraph(message: MessageReader, refuse: Refuse): Graph {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of message.fields()) {
    switch (field.number) {
      case GRAPH.node:
        nodes.push(readNode(message.message(field), refuse));
        break;
      case GRAPH.initializer:
        initializers.push(readTensor(message.message(field), refuse));
        break;
      case GRAPH.input:
        inputs.push(readValue(message.message(field), refuse));
        break;
      case GRAPH.output:
        outputs.push(readValue(message.message(field), refuse));
        break;
      case GRAPH.sparseInitializer:
        refuse("constants must be dense", "a sparse one");
    }
  }
  return { nodes, initializers, inputs, outputs };
}

function readNode(message: MessageReader, refuse: Refuse): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  const problems: Problem[] = [];
  let [operator, domain, name] = ["", "", ""];
  for (const field of message.fields()) {
    switch (field.number) {
      case NODE.input:
        inputs.push(message.text(field));
        break;
      case NODE.output:
        outputs.push(message.text(field));
        break;
      case NODE.operator:
        operator = message.text(field);
        break;
      case NODE.name:
        name = message.text(field);
        break;
      case NODE.domain:
        domain = message.text(field);
        break;
      case NODE.attribute: {
        const [key, attribute] = readAttribute(message.message(field), refuse);
        if (attribute !== undefined && "type" in attribute) attributes.set(key, attribute);
        else if (attribute !== undefined) problems.push(attribute);
      }
    }
  }
  if (!DEFAULT_DOMAINS.includes(domain)) {
    const found = `${shown(operator)} of ${shown(domain)}`;
    return {
      ...{ operator, name, inputs, outputs, attributes },
      problems: [{ rule: "operators must be the standard ones", found }],
    };
  }
  const named = problems.map(({ rule, found }) => ({ rule, found: `${shown(operator)} ${found}` }));
  return { operator, name, inputs, outputs, attributes, problems: named };
}

/**
 * Reads a setting: undefined for one that is empty, a problem for a kind that is not read, to be
 * said of the node.
 */
function readAttribute(
  message: MessageReader,
  refuse: Refuse,
): [name: string, attribute: OnnxAttribute | Problem | undefined] {
  const fields = [...message.fields()];
  const last = (number: number) => fields.findLast((field) => field.number === number);
  const all = <Value>(number: number, read: (field: Field) => readonly Value[]) =>
    fields.filter((field) => field.number === number).flatMap(read);
  const read = <Value>(number: number, fallback: Value, from: (field: Field) => Value) => {
    const field = last(number);
    return field === undefined ? fallback : from(field);
  };
  const name = read(ATTRIBUTE.name, "", (field) => message.text(field));
  const type = read(ATTRIBUTE.type, 0, (field) => message.int(field));
  const attribute = (): OnnxAttribute | Problem | undefined => {
    switch (type) {
      case ATTRIBUTE_TYPE.float:
        return { type: "float", value: read(ATTRIBUTE.float, 0, (field) => message.float(field)) };
      case ATTRIBUTE_TYPE.int:
        return { type: "int", value: read(ATTRIBUTE.int, 0, (field) => message.int(field)) };
      case ATTRIBUTE_TYPE.text:
        return { type: "text", value: read(ATTRIBUTE.text, "", (field) => message.text(field)) };
      case ATTRIBUTE_TYPE.tensor: {
        const field = last(ATTRIBUTE.tensor);
        const value = field && readTensor(message.message(field), refuse);
        return value && { type: "tensor", value };
      }
      case ATTRIBUTE_TYPE.floats:
        return {
          type: "floats",
          value: all(ATTRIBUTE.floats, (field) => message.floats(field, 4)),
        };
      case ATTRIBUTE_TYPE.ints:
        return { type: "ints", value: all(ATTRIBUTE.ints, (field) => message.ints(field)) };
      case ATTRIBUTE_TYPE.texts:
        return { type: "texts", value: all(ATTRIBUTE.texts, (field) => [message.text(field)]) };
      default:
        return {
          rule: "attributes must be numbers, texts or constants",
          found: `has ${OTHER_ATTRIBUTES.get(type) ?? `type ${type}`}, ${shown(name)}`,
        };
    }
  };
  return [name, attribute()];
}

function readValue(message: MessageReader, refuse: Refuse): OnnxValue {
  let name = "";
  let kind: number | undefined;
  let other = "nothing that is known";
  let shape: (number | string)[] | undefined;
  for (const field of message.fields()) {
    if (field.number === VALUE_INFO.name) name = message.text(field);
    if (field.number !== VALUE_INFO.type) continue;
    const type = message.message(field);
    for (const inner of type.fields()) {
      other = OTHER_TYPES.get(inner.number) ?? other;
      if (inner.number !== TYPE.tensor) continue;
      kind ??= 0;
      const tensor = type.message(inner);
      for (const part of tensor.fields()) {
        if (part.number === TENSOR_TYPE.elements) kind = tensor.int(part);
        if (part.number === TENSOR_TYPE.shape) shape = readShape(tensor.message(part));
      }
    }
  }
  if (kind === undefined) {
    return refuse("inputs and results must be tensors", `${shown(name)} is ${other}`);
  }
  const elements = KINDS.get(kind);
  if (elements === undefined) {
    return refuse(
      `elements of inputs and results must be ${KNOWN_KINDS}`,
      `${shown(name)} has ${foreignKind(kind)}`,
    );
  }
  return { name, elements, shape };
}

/** Reads sizes, or names of sizes; a size without either has the empty name. */
function readShape(message: MessageReader): (number | string)[] {
  const sizes: (number | string)[] = [];
  for (const field of message.fields()) {
    if (field.number !== SHAPE.dimension) continue;
    const dimension = message.message(field);
    let size: number | string = "";
    for (const inner of dimension.fields()) {
      if (inner.number === DIMENSION.value) size = dimension.int(inner);
      if (inner.number === DIMENSION.parameter) size = dimension.text(inner);
    }
    sizes.push(size);
  }
  return sizes;
}
