/**
 * Captions and order of images that a network was shown: the worst first.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { formatCount } from "../display/amounts.ts";
import { checkPicture, checkScale } from "./options.ts";
import type { PictureOptions } from "./picture.ts";
import { type Numbers, readClasses, readNumbers } from "./image_values.ts";
import { formatValue } from "./scale.ts";
import type { Tile, TileLine } from "./tiles.ts";

/** Options of pictures of many images. */
export interface ImagesOptions extends PictureOptions {
  /** The true class of each image. */
  readonly labels?: Numbers;
  /** The class that was predicted for each image. */
  readonly predictions?: Numbers;
  /** Names of the classes; their numbers by default. */
  readonly classes?: readonly string[];
  /** Certainty of each prediction, 0 to 1; sorts the images, the worst first. */
  readonly scores?: Numbers;
  /** The loss of each image; sorts the images, the largest first. */
  readonly losses?: Numbers;
  /** The most images that are drawn; 100 by default. A note says how many are left out. */
  readonly limit?: number;
  /** Number of images in a row; as many as fit `width` by default. */
  readonly columns?: number;
  /** Pixels of the picture for one of an image; a size at which images look alike by default. */
  readonly scale?: number;
  /** Width for rows, where `columns` is not given; 640 by default. */
  readonly width?: number;
}

const IMAGES_OPTIONS =
  "title theme labels predictions classes scores losses limit# columns# scale# width#";

/** Order and captions of images. */
export interface Captions {
  /** Numbers of the images to draw, in their order. */
  readonly order: readonly number[];
  /** Writes the caption of image `i`. */
  of(i: number): Pick<Tile, "lines" | "isWrong"> & { readonly title: string };
  /** Notes on all images. */
  readonly notes: readonly string[];
}

const LIMIT = 100;

/** Throws unless the options that lay out images can be used. */
export function checkImagesOptions(action: string, options: ImagesOptions): void {
  checkPicture(action, options, IMAGES_OPTIONS);
  const { limit, columns, scale } = options;
  if (limit !== undefined) checkInteger(action, "limit", limit, 1);
  if (columns !== undefined) checkInteger(action, "columns", columns, 1);
  checkScale(action, scale);
}

/** Reads labels, predictions and scores of `count` images, and writes their captions. */
export function readCaptions(action: string, count: number, options: ImagesOptions): Captions {
  const { classes, limit = LIMIT } = options;
  const read = (name: "labels" | "predictions") =>
    options[name] && readClasses(action, name, options[name], count, classes);
  const known: Known = {
    labels: read("labels"),
    predictions: read("predictions"),
    scores: options.scores && readScores(action, options.scores, count),
    losses: options.losses && readNumbers(action, "losses", options.losses, count),
    nameOf: (i) => classes?.[i] ?? String(i),
  };
  const sorted = sortWorstFirst(count, known);
  const order = sorted.slice(0, limit);
  return {
    order,
    of: (i) => describe(i, known),
    notes: notesOf(count, order.length, known),
  };
}

/** Labels, predictions, scores and losses of the images, where given. */
interface Known {
  readonly labels?: readonly number[];
  readonly predictions?: readonly number[];
  readonly scores?: readonly number[];
  readonly losses?: readonly number[];
  nameOf(i: number): string;
}

function readScores(action: string, values: Numbers, count: number): number[] {
  const scores = readNumbers(action, "scores", values, count);
  scores.forEach((score, i) => {
    if (score >= 0 && score <= 1) return;
    throw new RangeError(
      `Cannot ${action}: scores must be numbers from 0 to 1: scores[${i}] is ${score}`,
    );
  });
  return scores;
}

function isWrong({ labels, predictions }: Known, i: number): boolean {
  return labels !== undefined && predictions !== undefined && labels[i] !== predictions[i];
}

/**
 * Sorts by losses, the largest first and NaN before; else by scores: wrong ones from the surest,
 * then right ones from the least sure. Ties stay in their order.
 */
function sortWorstFirst(count: number, known: Known): number[] {
  const { losses, scores } = known;
  const order = Array.from({ length: count }, (_, i) => i);
  if (losses === undefined && scores === undefined) return order;
  const badness = (i: number) => {
    if (losses !== undefined) return Number.isNaN(losses[i]) ? Infinity : losses[i];
    return isWrong(known, i) ? 1 + scores![i] : -scores![i];
  };
  // Not the difference, which infinities do not have.
  return order.sort((a, b) => Number(badness(b) > badness(a)) - Number(badness(b) < badness(a)));
}

function describe(i: number, known: Known): ReturnType<Captions["of"]> {
  const { labels, predictions, scores, losses, nameOf } = known;
  const wrong = isWrong(known, i);
  const hasBoth = labels !== undefined && predictions !== undefined;
  const lines: TileLine[] = [];
  const parts = [`image ${i}`];
  if (predictions !== undefined) {
    const sign = !hasBoth ? undefined : wrong ? "wrong" as const : "right" as const;
    lines.push({ text: nameOf(predictions[i]), sign });
    parts.push(`predicted ${nameOf(predictions[i])}`);
  }
  if (labels !== undefined) {
    const name = nameOf(labels[i]);
    if (!hasBoth) lines.push({ text: name });
    else if (wrong) lines.push({ text: `is ${name}`, isMuted: true });
    parts.push(`true ${name}`);
  }
  const numbers = [
    scores === undefined ? [] : [formatScore(scores[i])],
    losses === undefined ? [] : [`loss ${formatValue(Number(losses[i].toPrecision(3)))}`],
  ].flat();
  lines.push(...numbers.map((text) => ({ text, isMuted: true })));
  return { lines, isWrong: wrong, title: [...parts, ...numbers].join(", ") };
}

/** Writes a score as a percentage; only 1 is 100 %. */
function formatScore(score: number): string {
  const isNearOne = score >= 0.995 && score < 1;
  return isNearOne ? `${Math.floor(1000 * score) / 10} %` : `${Math.round(100 * score)} %`;
}

function notesOf(count: number, shown: number, known: Known): string[] {
  const { labels, predictions, losses, scores } = known;
  const notes: string[] = [];
  if (labels !== undefined && predictions !== undefined && count > 0) {
    const wrong = labels.filter((_, i) => isWrong(known, i)).length;
    notes.push(`${format(wrong)} of ${format(count)} wrong: framed, with a cross`);
  }
  const order = losses === undefined && scores === undefined ? "the first" : "the worst first";
  if (shown < count) notes.push(`${format(shown)} of ${format(count)} images are shown, ${order}`);
  return notes;
}

function format(count: number): string {
  return formatCount(count);
}
