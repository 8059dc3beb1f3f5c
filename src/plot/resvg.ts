/**
 * SVG to PNG outside of a page: by the library resvg, compiled to WebAssembly (`@resvg/resvg-wasm`),
 * which is loaded with the first picture, and with fonts of the system, which it has none of.
 *
 * @module
 */
import { FileError } from "../core/errors.ts";
import { type FileInput, readWhole } from "../files/source.ts";

/** The part of the library that is used here. */
interface Library {
  readonly Resvg: new (svg: string, options: ResvgOptions) => Drawing;
  initWasm(binary: Uint8Array): Promise<void>;
}

interface ResvgOptions {
  readonly fitTo: { readonly mode: "width"; readonly value: number };
  readonly font: { readonly fontBuffers: readonly Uint8Array[] };
}

interface Drawing {
  render(): { asPng(): Uint8Array; free(): void };
  free(): void;
}

/** A way to the library. */
interface Source {
  readonly name: string;
  load(): Promise<Library>;
}

const PACKAGE = "resvg-wasm";
const VERSION = "2.6.2";

/**
 * The library: by its name where packages are installed, with a version where Deno fetches them. The
 * names are put together, so that they cannot be read from the source, and bundlers are told not to
 * try: nobody who draws no PNG is to fetch or bundle it, and in a page it is not needed.
 */
const SOURCES: readonly Source[] = [
  {
    name: `@resvg/${PACKAGE}`,
    load: () => import(/* webpackIgnore: true */ /* @vite-ignore */ `@resvg/${PACKAGE}`),
  },
  {
    name: `npm:@resvg/${PACKAGE}@${VERSION}`,
    load: () =>
      import(/* webpackIgnore: true */ /* @vite-ignore */ `npm:@resvg/${PACKAGE}@${VERSION}`),
  },
];
const BINARY = "index_bg.wasm";
const { resolve } = import.meta;

/** Fonts of systems, ordinary and bold; of the first that is there both are used. */
export const SYSTEM_FONTS: readonly (readonly [plain: string, bold: string])[] = [
  pair("/usr/share/fonts/truetype/dejavu/DejaVuSans", ".ttf", "-Bold.ttf"), // Debian, Ubuntu
  pair("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans", ".ttf", "-Bold.ttf"), // Fedora
  pair("/usr/share/fonts/TTF/DejaVuSans", ".ttf", "-Bold.ttf"), // Arch
  pair("/usr/share/fonts/dejavu/DejaVuSans", ".ttf", "-Bold.ttf"), // Alpine
  pair("/usr/share/fonts/truetype/liberation/LiberationSans-", "Regular.ttf", "Bold.ttf"),
  pair("/usr/share/fonts/liberation-sans/LiberationSans-", "Regular.ttf", "Bold.ttf"),
  pair("/usr/share/fonts/liberation/LiberationSans-", "Regular.ttf", "Bold.ttf"),
  pair("/usr/share/fonts/truetype/noto/NotoSans-", "Regular.ttf", "Bold.ttf"),
  pair("/usr/share/fonts/noto/NotoSans-", "Regular.ttf", "Bold.ttf"),
  pair("/System/Library/Fonts/Supplemental/Arial", ".ttf", " Bold.ttf"), // macOS
  pair("C:\\Windows\\Fonts\\segoeui", ".ttf", "b.ttf"),
  pair("C:\\Windows\\Fonts\\arial", ".ttf", "bd.ttf"),
];

function pair(start: string, plain: string, bold: string): [plain: string, bold: string] {
  return [start + plain, start + bold];
}

let library: Promise<Library> | undefined;
let systemFonts: Promise<Uint8Array[]> | undefined;

/** Draws SVG as a PNG file, `width` pixels wide, with fonts that are given or found. */
export async function drawWithResvg(
  svg: string,
  { width }: { readonly width: number },
  fonts: readonly FileInput[] | undefined,
): Promise<Uint8Array> {
  const { Resvg } = await loadLibrary();
  const fontBuffers = fonts === undefined
    ? await findFonts()
    : await Promise.all(fonts.map(async (font) => (await readWhole(font, "font")).bytes));
  const drawing = new Resvg(asSvg1(svg), {
    fitTo: { mode: "width", value: width },
    font: { fontBuffers },
  });
  try {
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}

/** Takes out the newer of two ways to ask for square pixels: it would hide the one resvg knows. */
function asSvg1(svg: string): string {
  return svg.replaceAll(' style="image-rendering:pixelated"', "");
}

function loadLibrary(): Promise<Library> {
  library ??= startLibrary().catch((error) => {
    library = undefined; // so that the next picture tries again
    throw error;
  });
  return library;
}

async function startLibrary(): Promise<Library> {
  const causes: Error[] = [];
  for (const { name, load } of SOURCES) {
    try {
      const resvg = await load();
      // Known only now: Deno fetches a package with the import.
      const binary = new URL(resolve(`${name}/${BINARY}`));
      await start(resvg, (await readWhole(binary, "library")).bytes);
      return resvg;
    } catch (error) {
      if (error instanceof FileError) throw error;
      causes.push(error as Error);
    }
  }
  throw new TypeError(
    `Cannot make png: outside of a page the package ${SOURCES[0].name} must be installed, or ` +
      `options.rasterize draw the SVG: ${causes.map(({ message }) => message).join("; ")}`,
    { cause: causes },
  );
}

/** Starts the library, which can be done once in a program, and may have been done by others. */
async function start(resvg: Library, binary: Uint8Array): Promise<void> {
  try {
    await resvg.initWasm(binary);
  } catch (error) {
    if (!String(error).includes("Already initialized")) throw error;
  }
}

function findFonts(): Promise<Uint8Array[]> {
  systemFonts ??= readFonts().catch((error) => {
    systemFonts = undefined;
    throw error;
  });
  return systemFonts;
}

async function readFonts(): Promise<Uint8Array[]> {
  let cause: unknown;
  for (const paths of SYSTEM_FONTS) {
    try {
      return await Promise.all(paths.map(async (path) => (await readWhole(path, "font")).bytes));
    } catch (error) {
      cause ??= error;
    }
  }
  throw new FileError(
    "Cannot make png: a font of the system must be found, or options.fonts be given: " +
      (cause as Error).message,
    { cause },
  );
}
