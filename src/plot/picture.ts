/**
 * A picture: SVG and PNG of one drawing, and how notebooks show it.
 *
 * @module
 */
import { checkOptions } from "../core/options.ts";
import { printable } from "../core/printable.ts";
import type { FileInput } from "../files/source.ts";
import { drawWithResvg } from "./resvg.ts";
import { element, escapeXml } from "./svg.ts";
import { FONT, FONT_SIZE } from "./text.ts";
import { lightOnly, type ThemeName, THEMES } from "./theme.ts";

/** Options that every picture has. */
export interface PictureOptions {
  /** A line above the picture; none by default. */
  readonly title?: string;
  /**
   * Background to draw for: `light` (the default), `dark`, or `auto`, which is light or dark as the
   * page is, or as the reader's settings are; for programs that know `light-dark()` of CSS, as
   * browsers do.
   */
  readonly theme?: ThemeName;
}

/** Options of pictures that can have any size. */
export interface SizedPictureOptions extends PictureOptions {
  /** Width in pixels, at least 120; 640 by default. */
  readonly width?: number;
  /** Height in pixels, at least 80; more is taken where texts need it. By default the kind decides. */
  readonly height?: number;
}

/** Draws an SVG file as a PNG file, `width` pixels wide. */
export type Rasterizer = (
  svg: string,
  size: { readonly width: number; readonly height: number },
) => Uint8Array | Promise<Uint8Array>;

/** Options of {@link Picture.png}. */
export interface PngOptions {
  /** Pixels of the file for one of the picture; 2 by default, for sharp text. */
  readonly scale?: number;
  /**
   * Rasterizer that draws the SVG; by default the page, or outside of one the package
   * `@resvg/resvg-wasm`.
   */
  readonly rasterize?: Rasterizer;
  /**
   * TrueType or OpenType fonts for resvg: bytes, paths or URLs. By default one of the system's, of
   * those that are common on Linux, macOS and Windows; give one for a script that it lacks.
   */
  readonly fonts?: readonly FileInput[];
}

/** Content of a picture. */
export interface PictureContent {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** The colours. */
  readonly theme: ThemeName;
  /** Description of the picture, for those who cannot see it. */
  readonly label: string;
  /** The drawing, as SVG. */
  readonly body: string;
}

/**
 * A drawing, as every function of `@tapegrad/tapegrad/plot` returns it.
 *
 * In a notebook it shows itself when it is the value of a cell.
 *
 * @example
 * ```ts
 * import { curves, type Picture } from "@tapegrad/tapegrad/plot";
 * import { assertMatch } from "@std/assert";
 *
 * const picture: Picture = curves({ loss: [1, 0.5, 0.25] }, { title: "Training" });
 * assertMatch(picture.svg(), /^<svg .*>Training</);
 * ```
 */
export class Picture {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;

  readonly #content: PictureContent;

  /**
   * Makes a picture of a drawing that is there already.
   *
   * @param content size, theme, label and drawing.
   */
  constructor(content: PictureContent) {
    this.width = Math.ceil(content.width);
    this.height = Math.ceil(content.height);
    this.#content = content;
  }

  /**
   * Writes the picture as SVG: one file that needs no other, which can also stand inside a page.
   *
   * @returns the source of an `svg` element.
   */
  svg(): string {
    const { width, height } = this;
    const { theme, label, body } = this.#content;
    const { background, text } = THEMES[theme];
    const attributes = {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      style: theme === "auto" ? "color-scheme:light dark" : undefined,
      "font-family": FONT,
      "font-size": FONT_SIZE,
      fill: text,
    };
    const page = element("rect", { width, height, fill: background });
    return element("svg", attributes, `<title>${escapeXml(label)}</title>`, page, body);
  }

  /**
   * Writes the picture as a PNG file.
   *
   * A page draws it itself. Elsewhere, in Deno and Node, the package `@resvg/resvg-wasm` does,
   * which is loaded with the first picture, with fonts of the system: reading both needs
   * `--allow-read` in Deno. Or `rasterize` draws it, with any library. These get the
   * theme `light` for `auto`.
   *
   * @example
   * ```ts
   * import { curves } from "@tapegrad/tapegrad/plot";
   * import { assertEquals } from "@std/assert";
   *
   * const picture = curves({ loss: [2, 1] }, { width: 640 });
   * // await writeFile("loss.png", await picture.png()), or with a library of your own:
   * const rasterize = (_svg: string, { width }: { width: number }) => Uint8Array.of(width / 256);
   * assertEquals(await picture.png({ scale: 2, rasterize }), Uint8Array.of(5));
   * ```
   *
   * @param options `scale`, `rasterize`, `fonts`.
   * @returns the bytes of the file.
   * @throws {TypeError} if there is nothing that can draw the SVG.
   * @throws {RangeError} if the scale is not a number above 0.
   * @throws {FileError} if resvg or a font cannot be read.
   */
  async png(options: PngOptions = {}): Promise<Uint8Array> {
    options = checkOptions("make png", options, "scale# rasterize fonts");
    const { scale = 2, rasterize, fonts } = options;
    if (!(scale > 0 && scale < Infinity)) {
      throw new RangeError(`Cannot make png: scale must be a number above 0: got ${scale}`);
    }
    const size = { width: Math.round(this.width * scale), height: Math.round(this.height * scale) };
    if (rasterize !== undefined) return await rasterize(lightOnly(this.svg()), size);
    const page = (globalThis as { document?: Page }).document;
    if (page !== undefined) return await drawInPage(page, this.svg(), size);
    return await drawWithResvg(lightOnly(this.svg()), size, fonts);
  }

  /**
   * Describes the picture in a line of text.
   *
   * @returns for example `Picture 640 x 400 (Training)`.
   */
  toString(): string {
    return `Picture ${this.width} x ${this.height} (${printable(this.#content.label)})`;
  }

  /** Text that `console.log` shows in Deno. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Text that `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Forms that Deno's Jupyter kernel shows. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "image/svg+xml": this.svg(), "text/plain": this.toString() };
  }
}

/** The part of a page that is used here; this library is compiled without the types of pages. */
interface Page {
  createElement(name: string): PageElement;
}

interface PageElement {
  src: string;
  width: number;
  height: number;
  decode(): Promise<void>;
  getContext(kind: "2d"): {
    drawImage(image: PageElement, x: number, y: number, width: number, height: number): void;
  };
  toBlob(done: (blob: Blob | null) => void, type: string): void;
}

async function drawInPage(
  page: Page,
  svg: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  const image = page.createElement("img");
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = page.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob === null) {
    throw new RangeError(
      `Cannot make png: the page must be able to hold the image: it is ${width} x ${height} pixels`,
    );
  }
  return new Uint8Array(await blob.arrayBuffer());
}
