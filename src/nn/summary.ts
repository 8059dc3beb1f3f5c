/**
 * The table of a model's layers, output shapes and numbers of parameters.
 *
 * @module
 */
import { formatBytes, formatCount } from "../display/amounts.ts";
import { Random } from "../random/random.ts";
import type { Shape } from "../core/shape.ts";
import { leavesOf } from "../core/structure.ts";
import { formatTable } from "../display/table.ts";
import { type Layer, trainable } from "./layer.ts";
import { shownLayers } from "./layer_names.ts";

/**
 * Writes a table of a model's layers, as Keras prints it: layer (type), output shape, parameters;
 * and how many parameters are trained.
 *
 * - **Shapes**: printed with `None` for the batch. Layers in a list are named after their type; a
 *   model inside a model is one row.
 * - **Source**: `model.summary()` of Keras.
 *
 * @example
 * ```ts
 * import { relu } from "@tapegrad/tapegrad";
 * import { Conv2d, MaxPool, Sequential, summary } from "@tapegrad/tapegrad/nn";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const model = Sequential([
 *   Conv2d({ filters: 32, size: 3, activation: relu }),
 *   MaxPool({ size: 2 }),
 * ]);
 * const text = summary(model, [28, 28, 1]);
 * assertStringIncludes(text, "conv2d (Conv2d)     (None, 26, 26, 32)      320");
 * assertStringIncludes(text, "Total params: 320 (1.25 KB)");
 * ```
 *
 * @param model a layer; its children are the rows.
 * @param inputShape shape of one example, without the batch.
 * @returns lines of text with aligned columns.
 * @throws {ShapeError} if the model does not take that shape.
 */
export function summary<P>(model: Layer<P>, inputShape: Shape): string {
  const total = { count: 0, trained: 0, bytes: 0, trainedBytes: 0 };
  const rows: string[][] = [];
  let shape = inputShape;
  for (const { name, layer } of shownLayers(model)) {
    const counts = countParams(layer, shape);
    shape = layer.outputShape(shape);
    rows.push([`${name} (${layer.type})`, formatBatch(shape), formatCount(counts.count)]);
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += counts[key];
  }
  const { count, trained, bytes, trainedBytes } = total;
  return [
    formatTable(["Layer (type)", "Output Shape", "Param #"], rows, "llr"),
    "",
    `Total params: ${formatCount(count)} (${memory(bytes)})`,
    `Trainable params: ${formatCount(trained)} (${memory(trainedBytes)})`,
    `Non-trainable params: ${formatCount(count - trained)} (${memory(bytes - trainedBytes)})`,
  ].join("\n");
}

function countParams(layer: Layer<unknown>, inputShape: Shape) {
  const params = layer.init(new Random(0), inputShape);
  const [all, trained] = [params, trainable(layer, params)].map((structure) => {
    const tensors = leavesOf("summarise", structure).map(({ tensor }) => tensor);
    return {
      count: tensors.reduce((sum, { size }) => sum + size, 0),
      bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
  for (const { tensor } of leavesOf("summarise", params)) tensor.dispose();
  return {
    count: all.count,
    bytes: all.bytes,
    trained: trained.count,
    trainedBytes: trained.bytes,
  };
}

function formatBatch(shape: Shape): string {
  return shape.length === 0 ? "(None,)" : `(None, ${shape.join(", ")})`;
}

/** Writes an amount of memory as Keras does: `217.75 KB`. */
function memory(bytes: number): string {
  return formatBytes(bytes, (amount) => amount.toFixed(2));
}
