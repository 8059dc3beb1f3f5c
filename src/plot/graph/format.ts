/**
 * Words of a graph for operations: their attributes, amounts of time and memory.
 *
 * @module
 */
import { formatBytes } from "../../display/amounts.ts";
import type { Pool2dGeometry, ReduceGeometry, WindowGeometry } from "../../core/geometry/mod.ts";
import type { Slot, TapeEntry } from "../../core/recording.ts";
import { formatShape } from "../../core/shape.ts";
import { formatValue } from "../scale.ts";

/** Attributes worth a word, by the names that ops have for them; see {@link SAID_WHERE_ZERO}. */
const WORDS: Readonly<Record<string, string>> = {
  rate: "rate",
  delta: "delta",
  gamma: "gamma",
  labelSmoothing: "label smoothing",
  axis: "axis",
  to: "to",
  exclusive: "exclusive",
  reverse: "reverse",
  logTarget: "log target",
  transposeA: "a transposed",
  transposeB: "b transposed",
  slope: "slope",
  low: "low",
  high: "high",
  above: "above",
  below: "below",
};

/** Attributes whose 0 tells something; that of others is left out, as false is. */
const SAID_WHERE_ZERO: ReadonlySet<string> = new Set(["axis", "slope", "low", "high", "below"]);

/** Describes the main attributes of an application in a few words: `3×3, stride 2, same`. */
export function describeAttributes({ attributes }: TapeEntry): string {
  if (typeof attributes === "number" || typeof attributes === "string") return String(attributes);
  if (typeof attributes !== "object" || attributes === null) return "";
  if ("windowHeight" in attributes) return describeWindow(attributes as WindowGeometry);
  if ("keptShape" in attributes) return describeAxes(attributes as ReduceGeometry);
  const known = attributes as Readonly<Record<string, unknown>>;
  return Object.entries(WORDS).flatMap(([name, word]) => {
    const value = known[name];
    if (value === true) return word;
    if (typeof value === "string") return `${word} ${value}`;
    const isSaid = typeof value === "number" && (value !== 0 || SAID_WHERE_ZERO.has(name));
    return isSaid ? `${word} ${formatValue(value)}` : [];
  }).join(", ");
}

function describeWindow(g: WindowGeometry): string {
  const isPool = (g as Partial<Pool2dGeometry>).countPadding !== undefined;
  const { windowHeight: high, windowWidth: wide, strideHeight, strideWidth } = g;
  const [size, stride] = [both(high, wide, "×"), [strideHeight, strideWidth]];
  const usual = isPool ? [high, wide] : [1, 1];
  const isUsual = stride[0] === usual[0] && stride[1] === usual[1];
  const { dilationHeight, dilationWidth } = g;
  const { groups = 1 } = g as { groups?: number };
  return [
    size,
    isUsual ? [] : `stride ${either(strideHeight, strideWidth)}`,
    dilationHeight * dilationWidth === 1 ? [] : `dilation ${either(dilationHeight, dilationWidth)}`,
    describePadding(g),
    groups === 1 ? [] : `${groups} groups`,
  ].flat().join(", ");
}

/**
 * Describes padding: `same`, where it is, nothing without padding, else how much there is at the
 * top and the left.
 */
function describePadding(g: WindowGeometry): string[] {
  const sides = [
    [g.height, g.outHeight, g.windowHeight, g.strideHeight, g.dilationHeight, g.padTop],
    [g.width, g.outWidth, g.windowWidth, g.strideWidth, g.dilationWidth, g.padLeft],
  ].map(([size, out, window, stride, dilation, before]) => {
    const needed = (out - 1) * stride + (window - 1) * dilation + 1 - size;
    const isSame = out === Math.ceil(size / stride) &&
      before === Math.floor(Math.max(needed, 0) / 2);
    return { isNone: before === 0 && needed <= 0, isSame };
  });
  if (sides.every(({ isNone }) => isNone)) return [];
  if (sides.every(({ isSame }) => isSame)) return ["same"];
  return [`padding ${either(g.padTop, g.padLeft)}`];
}

function describeAxes({ xShape, axes }: ReduceGeometry): string {
  if (axes.length === xShape.length) return "";
  return `${axes.length === 1 ? "axis" : "axes"} ${axes.join(", ")}`;
}

function both(a: number, b: number, sign: string): string {
  return `${a}${sign}${b}`;
}

/** Writes one number where two are the same. */
function either(a: number, b: number): string {
  return a === b ? String(a) : both(a, b, "×");
}

/** Describes the shape of a slot, and its dtype where that is not the usual one. */
export function describeSlot({ shape, dtype }: Slot): string {
  return dtype === "float32" ? formatShape(shape) : `${formatShape(shape)} ${dtype}`;
}

/** Writes a time to three digits, in the unit that suits it: `1.25 ms`. */
export function formatTime(milliseconds: number): string {
  if (milliseconds >= 1000) return `${digits(milliseconds / 1000)} s`;
  if (milliseconds >= 0.1 || milliseconds === 0) return `${digits(milliseconds)} ms`;
  return `${digits(milliseconds * 1000)} µs`;
}

/** Writes an amount of memory to three digits: `1.18 MB`. */
export function formatMemory(bytes: number): string {
  return formatBytes(bytes, digits);
}

/** Writes a number of floating-point operations to three digits: `12.4 MFLOP`. */
export function formatFlops(flops: number): string {
  const power = [1, 2, 3].filter((power) => flops >= 1000 ** power).length;
  return `${digits(flops / 1000 ** power)} ${["", "K", "M", "G"][power]}FLOP`;
}

/** Writes a share in percent: `12 %`, `0.4 %`. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  return `${percent >= 9.95 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

function digits(value: number): string {
  return value >= 100 || value === 0 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
