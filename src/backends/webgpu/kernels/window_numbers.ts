/**
 * Sizes of windows over images, as numbers of programs.
 *
 * @module
 */
import type { WindowGeometry } from "../../../core/geometry/mod.ts";

/** The sizes, by the names that bodies use. */
export function windowNumbers(g: WindowGeometry): Readonly<Record<string, number>> {
  return {
    batch: g.batch,
    height: g.height,
    width: g.width,
    channels: g.channels,
    outHeight: g.outHeight,
    outWidth: g.outWidth,
    windowHeight: g.windowHeight,
    windowWidth: g.windowWidth,
    strideHeight: g.strideHeight,
    strideWidth: g.strideWidth,
    dilationHeight: g.dilationHeight,
    dilationWidth: g.dilationWidth,
    padTop: g.padTop,
    padLeft: g.padLeft,
  };
}
