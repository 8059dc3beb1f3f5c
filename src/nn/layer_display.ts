/**
 * Layers and models as texts and as notebooks show them: their parts and their options.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { htmlTable } from "../display/markup.ts";
import type { Shown } from "../display/shown.ts";
import { formatTable } from "../display/table.ts";
import type { Layer } from "./layer.ts";
import { isChain, named, shownLayers } from "./layer_names.ts";

const HEADINGS = ["Layer", "Type", "Options"];

/** Layers that gradients do not change. */
const frozenLayers = new WeakSet<object>();

/** Returns the same layer, which from now on shows what it was made with. */
export function withDisplay<P>(layer: Layer<P>, { isFrozen = false } = {}): Layer<P> {
  if (isFrozen) frozenLayers.add(layer);
  const text = () => layerText(layer);
  const displays = {
    [Symbol.for("Deno.customInspect")]: text,
    [Symbol.for("nodejs.util.inspect.custom")]: text,
    [Symbol.for("Jupyter.display")]: () => layerShown(layer),
  };
  for (const symbol of Object.getOwnPropertySymbols(displays)) {
    // Not enumerable: a copy with something changed is not what would be shown.
    Object.defineProperty(layer, symbol, { value: displays[symbol as keyof typeof displays] });
  }
  return layer;
}

function layerText<P>(model: Layer<P>): string {
  return `${printable(headOf(model))}\n${formatTable(HEADINGS, rowsOf(model), "lll")}`;
}

function layerShown<P>(model: Layer<P>): Shown {
  const html = htmlTable({
    caption: headOf(model),
    headings: HEADINGS,
    rows: rowsOf(model),
    align: "lll",
    note: "summary(model, inputShape) has shapes and numbers of parameters",
  });
  return { "text/plain": layerText(model), "text/html": html };
}

function headOf<P>(model: Layer<P>): string {
  if (!isChain(model)) return model.type;
  const { length } = model.children!;
  return `${model.type} of ${length} ${length === 1 ? "layer" : "layers"}`;
}

/** Lists the rows of all layers, those inside others under their paths: `block.body`. */
function rowsOf<P>(model: Layer<P>): string[][] {
  const rows: string[][] = [];
  const add = (path: string, layer: Layer<unknown>) => {
    rows.push([path, layer.type, formatOptions(layer)]);
    for (const child of named(layer.children ?? [])) add(`${path}.${child.name}`, child.layer);
  };
  for (const { name, layer } of shownLayers(model)) add(name, layer);
  return rows;
}

/** Writes options: `filters 8, size 3×3, no bias, activation relu`. */
function formatOptions(layer: Layer<unknown>): string {
  const given = Object.entries(layer.options ?? {}).filter(([, value]) => value !== undefined);
  const options = given.map(([name, value]) => formatOption(name, value));
  return [...options, ...frozenLayers.has(layer) ? ["frozen"] : []].join(", ");
}

function formatOption(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? name : `no ${name}`;
  if (typeof value === "function") return `${name} ${value.name || "of a function"}`;
  const isPair = Array.isArray(value) && value.every((v) => typeof v === "number");
  if (isPair) return `${name} ${value.join("×")}`;
  return `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`;
}
