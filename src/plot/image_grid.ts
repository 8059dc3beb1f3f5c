/**
 * Images in rows, with their labels and predictions.
 *
 * @module
 */
import { drawBitmap } from "./bitmap.ts";
import { checkImagesOptions, type ImagesOptions, readCaptions } from "./image_labels.ts";
import { type Images, readImages } from "./image_values.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture } from "./picture.ts";
import { drawTiles, tileScale } from "./tiles.ts";

const ACTION = "draw image grid";

/**
 * Draws images in rows, with labels and predictions below them.
 *
 * Where both are given, a wrong prediction has a frame and a cross, and the true class is below it;
 * a right one has a tick: colours say it, and signs do. With `losses` or `scores` the worst come
 * first: the largest loss (NaN before all), or the surest of the wrong ones, then the least sure of
 * the right ones.
 *
 * - **Shapes**: images `[N, H, W, C]`, C = 1 (grey), 3 (RGB) or 4 (RGBA).
 * - **Edge cases**: numbers beyond 0 to 1 are shown as black or white, and a note says how many; of
 *   more images than `limit` the first are shown, and a note says that; pixels that are enlarged
 *   stay squares.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { imageGrid } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const images = tensor(new Uint8Array(2 * 8 * 8), { shape: [2, 8, 8, 1] });
 * const picture = imageGrid(images, {
 *   labels: [0, 1],
 *   predictions: [0, 0],
 *   classes: ["cat", "dog"],
 *   losses: [0.1, 2.5],
 * });
 * assertStringIncludes(picture.svg(), "image 1, predicted cat, true dog, loss 2.5");
 * assertStringIncludes(picture.svg(), "1 of 2 wrong: framed, with a cross");
 * ```
 *
 * @param images a tensor or array of bytes, or of numbers from 0 to 1.
 * @param options `labels`, `predictions`, `classes`, `scores`, `losses`; `limit`, `columns`,
 * `scale`, `width`; `title`, `theme`.
 * @returns the picture.
 * @throws {ShapeError} if the images have another shape, or there is not a label, prediction, score
 * or loss for each.
 * @throws {RangeError} if a pixel is not finite, a class has no name, a score is not from 0 to 1, or
 * an option is out of range.
 * @throws {TypeError} if images are neither a tensor nor an array with its shape.
 */
export function imageGrid(images: Images, options: ImagesOptions = {}): Picture {
  checkImagesOptions(ACTION, options);
  const { count, height, width, channels, at, notes } = readImages(ACTION, "images", images);
  const captions = readCaptions(ACTION, count, options);
  const { width: room = 640, columns } = options;
  const scale = options.scale ?? tileScale(height, width, room);
  const tiles = captions.order.map((i) => {
    const { lines, isWrong, title } = captions.of(i);
    const pixels = { width, height, channels, data: at(i) };
    const draw = (x: number, y: number) => drawBitmap(pixels, { x, y, scale, title });
    return { draw, lines, isWrong };
  });
  const theme = themeOf(options);
  const size = { width: width * scale, height: height * scale, columns, room };
  const rows = drawTiles(tiles, size, theme);
  const empty = textAt(MARGIN, 12, "no images", { fill: theme.muted });
  const page = {
    width: rows.width,
    height: count === 0 ? 24 : rows.height,
    body: count === 0 ? empty : rows.body,
    notes: [...captions.notes, ...notes],
    label: `${count} image${count === 1 ? "" : "s"}`,
  };
  return finish(page, options);
}
