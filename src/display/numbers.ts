/**
 * Numbers as texts of one width and with one number of decimals, as NumPy writes them.
 *
 * @module
 */
import { type DType, isFloat } from "../core/dtype.ts";

/** Most decimals that are written, without an exponent and with one. */
const MOST_DECIMALS = 6;
const MOST_BEFORE_EXPONENT = 4;

/** From this magnitude on numbers are written with exponents, and below the other one. */
const LARGE = 1e8;
const SMALL = 1e-4;

/** Digits that tell a float32 from every other one. */
const FLOAT32_DIGITS = 9;

/** Writes numbers, each padded on its left to the longest. */
export function formatNumbers(values: ArrayLike<number>, dtype: DType): string[] {
  const texts = isFloat(dtype) ? floatTexts(values, dtype) : Array.from(values, String);
  const width = texts.reduce((most, { length }) => Math.max(most, length), 0);
  return texts.map((text) => text.padStart(width));
}

function floatTexts(values: ArrayLike<number>, dtype: DType): string[] {
  const finite = Array.from(values).filter(Number.isFinite);
  const shortest = finite.map((value) => shortestDigits(value, dtype));
  const hasExponents = needsExponents(finite);
  const needed = shortest.map(({ digits, exponent }) =>
    hasExponents ? digits - 1 : digits - 1 - exponent
  );
  const most = hasExponents ? MOST_BEFORE_EXPONENT : MOST_DECIMALS;
  const decimals = Math.min(Math.max(0, ...needed), most);
  return Array.from(values, (value) => {
    if (!Number.isFinite(value)) return String(value);
    const sign = Object.is(value, -0) ? "-" : ""; // toFixed leaves it out
    return sign + (hasExponents ? value.toExponential(decimals) : value.toFixed(decimals));
  });
}

function needsExponents(finite: readonly number[]): boolean {
  return finite.some((value) => {
    const magnitude = Math.abs(value);
    return magnitude >= LARGE || (magnitude > 0 && magnitude < SMALL);
  });
}

/** Counts the digits of the shortest decimal number that is the same element, and its exponent. */
function shortestDigits(value: number, dtype: DType): { digits: number; exponent: number } {
  let text = value.toExponential();
  for (let digits = 1; dtype === "float32" && digits < FLOAT32_DIGITS; digits++) {
    const shorter = value.toExponential(digits - 1);
    if (Math.fround(Number(shorter)) !== value) continue;
    text = shorter;
    break;
  }
  const [mantissa, exponent] = text.split("e");
  return { digits: mantissa.replace(/[-.]/g, "").length, exponent: Number(exponent) };
}
