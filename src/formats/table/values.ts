/**
 * Values of a table's cells: numbers, truth values and dates from their texts, and what a column of
 * texts holds.
 *
 * @module
 */

/** Sign before decimals. */
export type DecimalSign = "." | ",";

/**
 * Kind of a column.
 *
 * - `"integer"`, `"number"`: decimal numbers;
 * - `"boolean"`: `true` and `false`, 1 and 0 in arrays;
 * - `"date"`: days since 1970-01-01, with a part for the time of day;
 * - `"category"`: any other text, one of a list of classes.
 */
export type ColumnKind = "integer" | "number" | "boolean" | "date" | "category";

/** Kinds that can be asked for: of dates with the order of day and month, too. */
export type WantedKind = ColumnKind | "date-dmy" | "date-mdy";

/** All kinds that can be asked for. */
export const WANTED_KINDS: readonly WantedKind[] = [
  "integer",
  "number",
  "boolean",
  "date",
  "category",
  "date-dmy",
  "date-mdy",
];

/** Reader of the texts of a kind; NaN for what is none of it. */
export interface ValueReader {
  readonly kind: ColumnKind;
  readonly read: (text: string) => number;
}

type DateOrder = "dmy" | "mdy";

const TIME = String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*(Z|[+-]\d{2}:?\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${TIME}$`);
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${TIME}$`);
const POINT_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** As Germans write it: points between thousands, a comma before decimals. */
const COMMA_NUMBER = /^[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const MS_PER_DAY = 86_400_000;
const MONTHS = 12;

/** Pattern of numbers with a sign before decimals. */
export function numberPattern(decimal: DecimalSign): RegExp {
  return decimal === "." ? POINT_NUMBER : COMMA_NUMBER;
}

/** Tells whether a text is a date of any form. */
export function isDate(text: string): boolean {
  return YEAR_FIRST.test(text) || YEAR_LAST.test(text);
}

/** Reads a number; NaN for other texts, and for numbers beyond the largest. */
function readNumber(text: string, decimal: DecimalSign): number {
  if (!numberPattern(decimal).test(text)) return NaN;
  const value = Number(decimal === "." ? text : text.replaceAll(".", "").replace(",", "."));
  return Number.isFinite(value) ? value : NaN;
}

/** Reads an integer that is exact; NaN for other texts. */
function readInteger(text: string, decimal: DecimalSign): number {
  const value = readNumber(text, decimal);
  return Number.isSafeInteger(value) ? value : NaN;
}

function readBoolean(text: string): number {
  const word = text.toLowerCase();
  return word === "true" ? 1 : word === "false" ? 0 : NaN;
}

/** Days since 1970-01-01; NaN for what is no date. Without a zone, the time is taken as UTC. */
function readDate(text: string, order: DateOrder | undefined): number {
  const first = YEAR_FIRST.exec(text);
  if (first !== null) {
    const [, year, , month, day, ...time] = first;
    return daysOf(year, month, day, time);
  }
  const last = order === undefined ? null : YEAR_LAST.exec(text);
  if (last === null) return NaN;
  const [, a, , b, year, ...time] = last;
  return order === "dmy" ? daysOf(year, b, a, time) : daysOf(year, a, b, time);
}

function daysOf(year: string, month: string, day: string, time: readonly string[]): number {
  const [hours = "0", minutes = "0", seconds = "0", zone = "Z"] = time;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isReal || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) return NaN;
  const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return (date.getTime() + ms - zoneOffset(zone)) / MS_PER_DAY;
}

/** Milliseconds by which a zone is ahead of UTC. */
function zoneOffset(zone: string): number {
  if (zone === "Z") return 0;
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(zone)!;
  const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000;
  return sign === "-" ? -ms : ms;
}

/** Finds the order of day and month that all texts allow; undefined where both or none do. */
function dateOrder(texts: readonly string[]): DateOrder | undefined {
  const parts = texts.map((text) => YEAR_LAST.exec(text)).filter((found) => found !== null);
  if (parts.some(([, , separator]) => separator === ".")) return "dmy";
  const isDayFirst = parts.some(([, first]) => Number(first) > MONTHS);
  const isDaySecond = parts.some(([, , , second]) => Number(second) > MONTHS);
  if (isDayFirst === isDaySecond) return undefined;
  return isDayFirst ? "dmy" : "mdy";
}

/** Reader of a kind that was asked for. Of categories, texts are no numbers: all are NaN. */
export function readerOf(
  wanted: WantedKind,
  texts: readonly string[],
  decimal: DecimalSign,
): ValueReader {
  switch (wanted) {
    case "integer":
      return { kind: wanted, read: (text) => readInteger(text, decimal) };
    case "number":
      return { kind: wanted, read: (text) => readNumber(text, decimal) };
    case "boolean":
      return { kind: wanted, read: readBoolean };
    case "category":
      return { kind: wanted, read: () => NaN };
    case "date":
      return { kind: "date", read: withOrder(dateOrder(texts)) };
    case "date-dmy":
      return { kind: "date", read: withOrder("dmy") };
    case "date-mdy":
      return { kind: "date", read: withOrder("mdy") };
  }
}

function withOrder(order: DateOrder | undefined): (text: string) => number {
  return (text) => readDate(text, order);
}

/** Finds the narrowest kind that all texts of a column are of; categories where there is none. */
export function guessReader(texts: readonly string[], decimal: DecimalSign): ValueReader {
  const kinds: readonly WantedKind[] = ["integer", "number", "boolean", "date"];
  const holdsIntegers = texts.some((text) => Number.isInteger(readNumber(text, decimal)));
  for (const kind of kinds) {
    const reader = readerOf(kind, texts, decimal);
    if (texts.length > 0 && texts.every((text) => !Number.isNaN(reader.read(text)))) {
      // Integers beyond the exact ones are names of things, as of orders and cards.
      const isInexact = kind === "number" && holdsIntegers &&
        texts.some((text) => /^[+-]?\d+$/.test(text) && Number.isNaN(readInteger(text, decimal)));
      return isInexact ? readerOf("category", texts, decimal) : reader;
    }
  }
  return readerOf("category", texts, decimal);
}

/** Tells a number that is beyond the largest. */
function isBeyond(text: string, decimal: DecimalSign): boolean {
  return numberPattern(decimal).test(text) && Number.isNaN(readNumber(text, decimal));
}

/** Explains why texts that look alike are a category, where a few are in the way; else undefined. */
export function whyCategory(
  texts: readonly string[],
  decimal: DecimalSign,
): { readonly text: string; readonly reason: string } | undefined {
  const number = numberPattern(decimal);
  const infinite = texts.find((text) => INFINITE.test(text) || isBeyond(text, decimal));
  if (infinite !== undefined) return { text: infinite, reason: "is no finite number" };
  const odd = texts.filter((text) => !number.test(text));
  const isNearlyNumbers = odd.length > 0 && odd.length * 2 < texts.length;
  if (isNearlyNumbers) return { text: odd[0], reason: "is no number, as most others are" };
  if (texts.length > 0 && texts.every(isDate)) {
    return {
      text: texts[0],
      reason: 'may have its day or its month first: say "date-dmy" or "date-mdy"',
    };
  }
  return undefined;
}
