/**
 * Scales from values to pixels: their ends, their ticks, and the texts of these.
 *
 * Ticks are at multiples of 1, 2 or 5 times a power of ten; after P. Heckbert, "Nice numbers for
 * graph labels", Graphics Gems, 1990.
 *
 * @module
 */

/** Kind of a scale: values or their logarithms at equal distances. */
export type ScaleKind = "linear" | "log";

/** A tick: its place, and its text. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Map from values to shares of an axis, 0 to 1. */
export interface Scale {
  readonly kind: ScaleKind;
  readonly low: number;
  readonly high: number;
  /** Computes the place of a value: 0 at the low end, 1 at the high one. */
  at(value: number): number;
}

/** Sums and differences of numbers up to here are finite. */
const LARGEST = Number.MAX_VALUE / 8;
/** Ends that are closer, next to their size, are the same but for rounding. */
const CLOSEST = 1e-12;

/** Makes a scale that holds the values from `low` to `high`, with room where both are the same. */
export function makeScale(kind: ScaleKind, low: number, high: number): Scale {
  if (kind === "log") return logScale(low, high);
  let [from, to] = [Math.max(low, -LARGEST), Math.min(high, LARGEST)];
  const size = Math.max(Math.abs(from), Math.abs(to));
  if (to - from <= size * CLOSEST) {
    const room = size * 0.1 || 1;
    [from, to] = [from - room, to + room];
  }
  return {
    kind,
    low: from,
    high: to,
    at: (value) => (Math.min(Math.max(value, -LARGEST), LARGEST) - from) / (to - from),
  };
}

function logScale(low: number, high: number): Scale {
  let [from, to] = [Math.log10(low), Math.log10(high)];
  if (to - from < 1e-9) [from, to] = [from - 0.5, to + 0.5];
  return {
    kind: "log",
    low: 10 ** from,
    high: 10 ** to,
    at: (value) => (Math.log10(value) - from) / (to - from),
  };
}

/** Adds a margin at the ends of a scale, so that no curve runs along the frame. */
export function withMargin(scale: Scale, share: number): Scale {
  const { kind, low, high } = scale;
  if (kind === "linear") {
    const room = (high - low) * share;
    return makeScale(kind, low - room, high + room);
  }
  const room = (high / low) ** share;
  const most = Number.MAX_VALUE;
  return makeScale(kind, Math.max(low / room, Number.MIN_VALUE), Math.min(high * room, most));
}

/**
 * Chooses ticks inside a scale, about as many as asked for and never more than twice that.
 *
 * On a log scale of a decade or more they are at powers of ten, with 2 and 5 between where there is
 * room; on a shorter one they are as on a linear scale.
 */
export function ticksOf(scale: Scale, wanted: number): Tick[] {
  const { kind, low, high } = scale;
  const decades = Math.log10(high / low);
  if (kind === "linear" || decades < 1) return linearTicks(low, high, wanted);
  return logTicks(low, high, wanted);
}

/**
 * Chooses linear ticks. A step that is a nice number can leave too few ticks inside, one alone say;
 * then it is smaller.
 */
function linearTicks(low: number, high: number, wanted: number): Tick[] {
  const few = Math.min(wanted, 3);
  const choices = [wanted, 1.5 * wanted, 2 * wanted].map((count) =>
    ticksEvery(niceStep((high - low) / Math.max(count, 1)), low, high)
  ).filter(({ length }) => length <= Math.max(2 * wanted, 1));
  return choices.find(({ length }) => length >= few) ?? choices.at(-1) ?? [];
}

/** Makes ticks at the multiples of a step. */
function ticksEvery(step: number, low: number, high: number): Tick[] {
  const from = Math.ceil(low / step - 1e-9);
  const to = Math.floor(high / step + 1e-9);
  const write = formatter(step, Math.max(Math.abs(low), Math.abs(high)));
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => {
    const value = multiple(from + i, step);
    return { value, label: write(value) };
  });
}

/** Finds the next larger of 1, 2, 5 times a power of ten. */
export function niceStep(least: number): number {
  const power = Math.floor(Math.log10(least));
  const unit = 10 ** power;
  const factor = [1, 2, 5, 10].find((nice) => nice * unit >= least * (1 - 1e-9)) ?? 10;
  return factor === 10 ? 10 ** (power + 1) : multiple(factor, unit);
}

/** Computes `i * step` without the digits that rounding adds: 0.3, not 0.30000000000000004. */
function multiple(i: number, step: number): number {
  return i === 0 ? 0 : Number((i * step).toPrecision(12));
}

function logTicks(low: number, high: number, wanted: number): Tick[] {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((to - from + 1) / Math.max(wanted, 1)));
  const factors = every === 1 && (to - from + 1) * 3 <= wanted ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = from - 1; power <= to; power++) {
    if ((power - from) % every !== 0) continue;
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      const isInside = value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
      if (isInside) ticks.push({ value, label: formatValue(value) });
    }
  }
  return ticks;
}

/**
 * Makes the function that writes values on an axis with steps between ticks and a largest value.
 */
function formatter(step: number, largest: number): (value: number) => string {
  const isExtreme = largest >= 1e6 || step < 1e-4;
  if (!isExtreme) {
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return (value) => group(value.toFixed(decimals));
  }
  const digits = Math.min(12, Math.max(0, Math.ceil(Math.log10(largest / step) - 1e-9)));
  return (value) => value === 0 ? "0" : shortExponent(value.toExponential(digits));
}

/** Writes a value on its own, to about four digits: 0.01, 12,500, 3e-7. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return shortExponent(value.toExponential(3));
  return group(String(Number(value.toPrecision(size >= 1000 ? 6 : 4))));
}

/** Shortens `2.50e+6` to `2.5e6`, with the sign of minus. */
function shortExponent(text: string): string {
  const [digits, power] = text.split("e");
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  return `${short}e${power.replace("+", "")}`.replaceAll("-", "−");
}

/** Sets thousands apart, and writes the sign of minus. */
function group(text: string): string {
  const [whole, decimals] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",").replace("-", "−");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}
