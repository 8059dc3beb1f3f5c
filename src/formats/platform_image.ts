/**
 * Images by the decoder of the platform: in a page every format that the browser knows, in Deno WebP
 * among others.
 *
 * @module
 */
import { excerpt } from "./file_limits.ts";
import { decodePng } from "./png/decoder.ts";
import { checkPixels, type Pixels } from "./pixels.ts";

interface Context2d {
  drawImage(image: Bitmap, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}

interface BitmapRenderer {
  transferFromImageBitmap(image: Bitmap): void;
}

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Canvas {
  getContext(kind: "2d", options: object): Context2d | null;
  getContext(kind: "bitmaprenderer"): BitmapRenderer;
  convertToBlob(options: object): Promise<Blob>;
}

/** The part of a platform that is used here. */
interface Platform {
  createImageBitmap?(file: Blob, options: object): Promise<Bitmap>;
  OffscreenCanvas?: new (width: number, height: number) => Canvas;
}

/** Tells whether there is a decoder, and a canvas to read pixels from. */
export function canDecodeHere(): boolean {
  const { createImageBitmap, OffscreenCanvas } = globalThis as Platform;
  return createImageBitmap !== undefined && OffscreenCanvas !== undefined;
}

/** Decodes an image to 3 (RGB) or 4 channels (RGBA); colour profiles are not applied. */
export async function decodeHere(
  bytes: Uint8Array,
  maxPixels: number,
  action: string,
): Promise<Pixels> {
  const { createImageBitmap, OffscreenCanvas } = globalThis as Required<Platform>;
  // Deno has no context to draw in, and gives the numbers of the file as they are by default.
  const isDrawn = new OffscreenCanvas(1, 1).getContext("2d", {}) !== null;
  let bitmap: Bitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes.slice()]), {
      colorSpaceConversion: "none",
      premultiplyAlpha: isDrawn ? "none" : "default",
    });
  } catch (cause) {
    throw damaged(action, cause);
  }
  try {
    checkPixels(bitmap.width, bitmap.height, maxPixels, action);
    return await pixelsOf(bitmap, new OffscreenCanvas(bitmap.width, bitmap.height), action);
  } finally {
    bitmap.close();
  }
}

/** Reads the pixels of a bitmap: from a canvas, or where none can be read by way of PNG, as in Deno. */
async function pixelsOf(bitmap: Bitmap, canvas: Canvas, action: string): Promise<Pixels> {
  const { width, height } = bitmap;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context !== null) {
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, channels: 4, data: new Uint8Array(data.buffer), orientation: 1 };
  }
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  const file = await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer();
  return await decodePng(new Uint8Array(file), width * height, action);
}

function damaged(action: string, cause: unknown): SyntaxError {
  const reason = excerpt(String((cause as Error).message));
  return new SyntaxError(`${action}: the image must be sound: ${reason}`, { cause });
}
