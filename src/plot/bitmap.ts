/**
 * Images of pixels inside an SVG file: PNG files in the attribute that names them.
 *
 * @module
 */
import { encodePngSync, type PngPixels } from "../formats/png/encoder.ts";
import { element, escapeXml } from "./svg.ts";

/** Place and scale of an image in a picture. */
export interface BitmapPlace {
  readonly x: number;
  readonly y: number;
  /** Pixels of the picture for one of the image. */
  readonly scale: number;
  /** Text that a pointer shows. */
  readonly title?: string;
}

/** Draws an image; enlarged, its pixels stay squares. */
export function drawBitmap(
  pixels: PngPixels,
  { x, y, scale, title }: BitmapPlace,
): string {
  const { width, height } = pixels;
  if (width === 0 || height === 0) return "";
  const attributes = {
    x,
    y,
    width: width * scale,
    height: height * scale,
    href: `data:image/png;base64,${toBase64(encodePngSync(pixels))}`,
    preserveAspectRatio: "none",
    // For those who draw SVG by its first version; the style is what browsers read.
    "image-rendering": scale >= 1 ? "optimizeSpeed" : undefined,
    style: scale >= 1 ? "image-rendering:pixelated" : undefined,
  };
  const shown = title === undefined ? [] : [element("title", {}, escapeXml(title))];
  return element("image", attributes, ...shown);
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(text);
}
