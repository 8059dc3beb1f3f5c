/**
 * Heat over images: which pixels a network looked at.
 *
 * @module
 */
import type { HostArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import { drawBitmap } from "./bitmap.ts";
import { checkImagesOptions, type ImagesOptions, readCaptions } from "./image_labels.ts";
import { colourAt, sequential } from "./colour_map.ts";
import { type ByteImages, type Images, readArray, readImages } from "./image_values.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture } from "./picture.ts";
import { formatValue } from "./scale.ts";
import { element } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";
import { mix, type Theme, toCss } from "./theme.ts";
import { drawTiles, tileScale } from "./tiles.ts";
import { extentOf, notFiniteNote } from "./value_colours.ts";

const ACTION = "draw overlay";
/** Opacity of the heat at the hottest pixels. */
const HOTTEST = 0.85;
const BETWEEN = 3;
const LEGEND_HEIGHT = 24;
const SMALL = 11;

/**
 * Draws heat over images, next to the images themselves: saliency, Grad-CAM.
 *
 * The image is grey under the heat. Heat goes from 0, which leaves the image as it is, to light
 * yellow at the value that one pixel in a hundred of its image exceeds, so that a single one does
 * not outshine the others; a pointer shows the largest. Labels, predictions and the order are those
 * of {@link imageGrid}.
 *
 * - **Shapes**: images `[N, H, W, C]`, maps `[N, H, W]`.
 * - **Edge cases**: a map without values above 0 has no heat, and negative values have none; NaN
 *   and infinities have none either, and are counted.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { overlay } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const images = tensor([0.2, 0.8, 0.5, 1], { shape: [1, 2, 2, 1] });
 * const maps = tensor([0, 0, 3, 1.5], { shape: [1, 2, 2] }); // from saliency or gradCam
 * const picture = overlay(images, maps, { predictions: [1], classes: ["cat", "dog"] });
 * assertStringIncludes(picture.svg(), "image 0, predicted dog: heat up to 3");
 * ```
 *
 * @param images as for {@link imageGrid}.
 * @param maps heat for each pixel, a tensor or array.
 * @param options those of {@link imageGrid}.
 * @returns the picture.
 * @throws {ShapeError} if images or maps have another shape, or there is not a label, prediction,
 * score or loss for each.
 * @throws {RangeError} if a pixel is not finite, a class has no name, a score is not from 0 to 1, or
 * an option is out of range.
 * @throws {TypeError} if images or maps are neither tensors nor arrays with their shapes.
 */
export function overlay(images: Images, maps: Images, options: ImagesOptions = {}): Picture {
  checkImagesOptions(ACTION, options);
  const given = readImages(ACTION, "images", images);
  const { count, height, width, channels } = given;
  const heat = readMaps(maps, given);
  const captions = readCaptions(ACTION, count, options);
  const { width: room = 640, columns } = options;
  const scale = options.scale ?? tileScale(height, width, room / 2);
  const theme = themeOf(options);
  const tiles = captions.order.map((i) => {
    const { lines, isWrong, title } = captions.of(i);
    const pixels = given.at(i);
    const { values, largest, hottest } = heat.at(i);
    const hot = `${title}: heat up to ${formatValue(Number(largest.toPrecision(3)))}`;
    const data = blend(pixels, channels, values, hottest);
    const draw = (x: number, y: number) =>
      drawBitmap({ width, height, channels, data: pixels }, { x, y, scale, title }) +
      drawBitmap({ width, height, channels: 3, data }, {
        x: x + width * scale + BETWEEN,
        y,
        scale,
        title: hot,
      });
    return { draw, lines, isWrong };
  });
  const size = { width: 2 * width * scale + BETWEEN, height: height * scale, columns, room };
  const rows = drawTiles(tiles, size, theme);
  const empty = textAt(MARGIN, 12, "no images", { fill: theme.muted });
  const page = {
    width: rows.width,
    height: count === 0 ? 24 : rows.height + LEGEND_HEIGHT,
    body: count === 0 ? empty : rows.body + drawLegend(rows, theme),
    notes: [...captions.notes, ...given.notes, ...heat.notes],
    label: `${count} image${count === 1 ? "" : "s"} with heat`,
  };
  return finish(page, options);
}

/** Heat of an image: values, the largest of them that is finite, and where colours end. */
interface HeatMap {
  readonly values: ArrayLike<number>;
  readonly largest: number;
  readonly hottest: number;
}

/** Heat by image. */
interface Heat {
  at(i: number): HeatMap;
  readonly notes: readonly string[];
}

function readMaps(maps: unknown, { count, height, width }: ByteImages): Heat {
  const { shape, data } = readArray(ACTION, "maps", maps);
  const expected = [count, height, width];
  if (shape.length !== 3 || shape.some((size, axis) => size !== expected[axis])) {
    throw new ShapeError(
      `Cannot ${ACTION}: maps must be [N, H, W] of images: images have ${formatShape(expected)}, ` +
        `maps are ${formatShape(shape)}`,
    );
  }
  const size = height * width;
  return {
    at(i) {
      const values = data.subarray(i * size, (i + 1) * size);
      const largest = Math.max(0, extentOf([values]).high);
      return { values, largest, hottest: hottestOf(values) || largest };
    },
    notes: notFiniteNote(extentOf([data]).notFinite).map((note) =>
      note.replace("magenta", "without heat")
    ),
  };
}

/** Finds the value that no more than one in a hundred exceeds; 0 where that is not above 0. */
function hottestOf(values: HostArray["data"]): number {
  const sorted = values.filter((value: number) => Number.isFinite(value)).sort();
  return Math.max(0, sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0);
}

/** Draws the image in grey, with heat over it. */
function blend(
  pixels: Uint8Array,
  channels: number,
  values: ArrayLike<number>,
  hottest: number,
): Uint8Array {
  const blended = new Uint8Array(3 * values.length);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = pixels.subarray(i * channels, (i + 1) * channels);
    // The luma of Rec. 601, as in readImage.
    const grey = channels === 1 ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    const isHot = Number.isFinite(values[i]) && values[i] > 0;
    const share = isHot ? Math.min(values[i] / hottest, 1) : 0;
    blended.set(mix([grey, grey, grey], colourAt(sequential, share), HOTTEST * share), 3 * i);
  }
  return blended;
}

function drawLegend(rows: { width: number; height: number }, theme: Theme): string {
  const [steps, step] = [16, 5];
  const y = rows.height + LEGEND_HEIGHT / 2 - 4;
  const style = { size: SMALL, fill: theme.muted };
  const left = MARGIN + textWidth("0", SMALL) + 5;
  const right = left + steps * step + 5;
  const bar = Array.from({ length: steps }, (_, i) => {
    const share = i / (steps - 1);
    const fill = toCss(mix([128, 128, 128], colourAt(sequential, share), HOTTEST * share));
    return element("rect", { x: left + i * step, y: y - 5, width: step, height: 10, fill });
  });
  const said = "what 1 % of the pixels of each image exceed";
  const shown = fitText(said, rows.width - right - MARGIN, SMALL);
  return textAt(MARGIN, y, "0", style) + bar.join("") +
    textAt(right, y, shown, { ...style, full: said });
}
