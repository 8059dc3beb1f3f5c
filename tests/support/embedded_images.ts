// Contents of a picture: its images, decoded by another library, and its other elements.

import { convertIndexedToRgb, decode } from "fast-png";
import type { Picture } from "../../src/plot/mod.ts";
import { fromBase64 } from "../formats/npy/support.ts";

/** A rectangle in a picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An image in a picture. */
export interface EmbeddedImage extends Box {
  title: string;
  /** Pixels of the picture for one of the image. */
  scale: number;
  /** Size and bytes of the image itself; those of a palette as RGB or RGBA. */
  pixels: { width: number; height: number; channels: number; data: number[] };
}

/** An element and its attributes. */
export interface FoundElement {
  attributes: Record<string, string>;
  box: Box;
  content: string;
}

/** Finds the elements of a name, where the groups around them have moved them. */
export function elementsOf(picture: Picture, wanted: string): FoundElement[] {
  const found: FoundElement[] = [];
  const stack: [number, number][] = [[0, 0]];
  const tags = /<(\/?)(\w+)([^>]*?)(\/?)>/g;
  const svg = picture.svg();
  for (const { 0: tag, 1: closing, 2: name, 3: text, index } of svg.matchAll(tags)) {
    if (name === "g" && closing) stack.pop();
    const attributes = Object.fromEntries(
      [...text.matchAll(/([-\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    if (name === "g" && !closing) stack.push(moved(stack.at(-1)!, attributes.transform));
    if (name !== wanted || closing) continue;
    const [dx, dy] = stack.at(-1)!;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((key) =>
      Number(attributes[key] ?? 0)
    );
    const end = svg.indexOf(`</${name}>`, index);
    const content = tag.endsWith("/>") ? "" : svg.slice(index + tag.length, end);
    found.push({ attributes, content, box: { x: x + dx, y: y + dy, width, height } });
  }
  return found;
}

function moved([x, y]: [number, number], transform = ""): [number, number] {
  const [, dx = "0", dy = "0"] = transform.match(/translate\((\S+) (\S+)\)/) ?? [];
  return [x + Number(dx), y + Number(dy)];
}

/** Finds the images of a picture, in their order. */
export function imagesOf(picture: Picture): EmbeddedImage[] {
  return elementsOf(picture, "image").map(({ attributes, content, box }) => {
    const file = fromBase64(attributes.href.replace("data:image/png;base64,", ""));
    const image = decode(file, { checkCrc: true });
    const isIndexed = image.palette !== undefined;
    const data = isIndexed ? convertIndexedToRgb(image) : image.data;
    return {
      ...box,
      title: content.match(/<title>(.*?)<\/title>/)?.[1] ?? "",
      scale: box.width / image.width,
      pixels: {
        width: image.width,
        height: image.height,
        channels: isIndexed ? image.palette![0].length : image.channels,
        data: Array.from(data),
      },
    };
  });
}

/** Returns true if two rectangles have a point in common. */
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
    b.y < a.y + a.height;
}

/** Returns true if a rectangle is in a picture. */
export function isInside({ x, y, width, height }: Box, picture: Picture): boolean {
  return x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height;
}
