/**
 * Images cut into bands of rows, and how windows are read from them.
 *
 * @module
 */
import { LIST_BYTES, SCRATCH_BYTES, SLACK } from "./layout.ts";
import type { Sliding } from "./sliding.ts";

/** A chunk of work should take this many multiply-adds: about 50 µs. */
export const CHUNK_WORK = 1_000_000;
/** A band takes this much of a thread's scratch memory, which stays in its cache. */
export const BAND_BYTES = 512 * 1024;

/** What bands of images look like in memory. */
export interface Bands {
  /** Windows are read where the image is; else from a padded copy. */
  readonly inPlace: boolean;
  /** Pixels of a (padded) row. */
  readonly width: number;
  /** Rows of the output that a band makes. */
  readonly rows: number;
  /** Rows that a window reaches over. */
  readonly reach: number;
  /** Offsets in bytes of the stretches of a window that lie together in memory. */
  readonly offsets: readonly number[];
  /** Elements of a stretch. */
  readonly length: number;
}

/** Bands that are chunks of work; undefined where not even one row fits. */
export function bandsOf(s: Sliding): Bands | undefined {
  const { window, channels } = s;
  const reach = (window.windowHeight - 1) * window.dilationHeight + 1;
  const reachWidth = (window.windowWidth - 1) * window.dilationWidth + 1;
  const neededWidth = (s.outWidth - 1) * s.strideWidth + reachWidth;
  const neededHeight = (s.outHeight - 1) * s.strideHeight + reach;
  const inPlace = s.padTop === 0 && s.padLeft === 0 && s.spreadHeight === 1 &&
    s.spreadWidth === 1 && neededWidth <= s.width && neededHeight <= s.height;
  const width = inPlace ? s.width : neededWidth;
  const worth = Math.max(Math.ceil(CHUNK_WORK / workOfRow(s)), 1);
  const fits = (bytes: number) => {
    const lines = Math.floor((bytes - SLACK) / (width * channels * 4));
    return Math.floor((lines - reach) / s.strideHeight) + 1;
  };
  if (!inPlace && fits(SCRATCH_BYTES - LIST_BYTES) < 1) return undefined;
  const most = inPlace ? s.outHeight : Math.min(Math.max(fits(BAND_BYTES), 1), s.outHeight);
  return { inPlace, width, rows: Math.min(worth, most), reach, ...stretchesOf(s, width) };
}

/** Multiply-adds of a row of the output; at least 1. */
function workOfRow({ outWidth, outChannels, window, channels, groups }: Sliding): number {
  const taps = window.windowHeight * window.windowWidth;
  return Math.max(outWidth * outChannels * taps * (channels / groups), 1);
}

/** A row of taps is one stretch where its pixels and channels are neighbours. */
function stretchesOf(
  { window, channels, groups }: Sliding,
  width: number,
): { offsets: number[]; length: number } {
  const { windowHeight, windowWidth, dilationHeight, dilationWidth } = window;
  const whole = dilationWidth === 1 && groups === 1;
  const perRow = whole ? 1 : windowWidth;
  const offsets = Array.from({ length: windowHeight * perRow }, (_, i) => {
    const [ky, kx] = [Math.floor(i / perRow), i % perRow];
    return (ky * dilationHeight * width + kx * dilationWidth) * channels * 4;
  });
  return { offsets, length: whole ? windowWidth * channels : channels / groups };
}
