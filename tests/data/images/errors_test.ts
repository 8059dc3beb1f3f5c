/** Errors of `readImage` for files it refuses, and its results for damaged ones. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { encode } from "jpeg-js";
import { type Tensor, tensor } from "../../../mod.ts";
import { readImage, type ReadImageOptions, writePng } from "../../../src/data/mod.ts";
import { crc32 } from "../../../src/files/crc32.ts";
import { deflate } from "../../../src/files/compression_streams.ts";
import { concatenate } from "../../../src/files/source.ts";
import { goldens } from "../../golden/images/goldens.ts";
import { fuzz } from "../../support/fuzz.ts";
import { fromBase64 } from "../../formats/npy/support.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(type: string, data: Uint8Array | number[] = []): Uint8Array {
  const body = concatenate([new TextEncoder().encode(type), Uint8Array.from(data)]);
  const [length, crc] = [body.length - 4, crc32(body)].map((value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    return bytes;
  });
  return concatenate([length, body, crc]);
}

function header(width: number, height: number, ...rest: number[]): Uint8Array {
  const bytes = new Uint8Array(13);
  new DataView(bytes.buffer).setUint32(0, width);
  new DataView(bytes.buffer).setUint32(4, height);
  bytes.set(rest, 8);
  return chunk("IHDR", bytes);
}

const png = (...chunks: Uint8Array[]) => concatenate([SIGNATURE, ...chunks]);
const END = chunk("IEND");
const GREY = header(2, 2, 8, 0);
const idat = async (...lines: number[]) =>
  chunk("IDAT", await deflate(Uint8Array.from(lines), "deflate"));
const PIXELS = await idat(0, 1, 2, 0, 3, 4);

async function refuse(
  bytes: Uint8Array,
  message: string,
  kind: new (message?: string) => Error = SyntaxError,
  options: ReadImageOptions = {},
): Promise<void> {
  const error = await assertRejects(() => readImage(bytes, { name: "x.png", ...options }), kind);
  assertEquals(error.message, `Cannot read x.png: ${message}`);
}

Deno.test("readImage refuses other files, sizes and channels", async () => {
  const kinds = "an image must be PNG, JPEG, GIF, BMP or WebP, by its first bytes: found ";
  await refuse(new Uint8Array(), `${kinds}an empty file`);
  await refuse(new TextEncoder().encode("II*\0"), `${kinds}49 49 2a 00`);
  // A part of a signature is none.
  for (const [i, byte] of SIGNATURE.entries()) {
    const almost = png(GREY, PIXELS, END);
    almost[i] = byte ^ 1;
    const found = Array.from(almost.subarray(0, 8), (one) => one.toString(16).padStart(2, "0"));
    await refuse(almost, `${kinds}${found.join(" ")}`);
  }
  await refuse(Uint8Array.of(0xff, 0xd8, 0xfe), `${kinds}ff d8 fe`);
  const sound = png(GREY, PIXELS, END);
  assertEquals((await readImage(sound)).toArray(), [[[1], [2]], [[3], [4]]]);
  await refuse(sound, "channels must be 1, 3 or 4: got 2", RangeError, { channels: 2 as 1 });
  await refuse(sound, "maxPixels must be a number of at least 0: got NaN", RangeError, {
    maxPixels: NaN,
  });
  const most = "the image must have at most maxPixels = ";
  await refuse(sound, `${most}3 pixels: the header declares 2 x 2`, RangeError, { maxPixels: 3 });
  await refuse(
    png(header(0x7fffffff, 0x7fffffff, 8, 6), PIXELS, END),
    `${most}67108864 pixels: the header declares 2147483647 x 2147483647`,
    RangeError,
  );
  await refuse(
    png(header(0, 2, 8, 0), PIXELS, END),
    "the image must have pixels: the header declares 0 x 2",
  );
});

Deno.test("readImage refuses PNG files whose chunks are not as they must be", async () => {
  const whole = "the file must hold whole chunks, the last of them IEND: expected ";
  const order = "chunks must come in their order: IHDR first, PLTE and tRNS before IDAT, all " +
    "IDAT together: found ";
  await refuse(SIGNATURE, `${whole}12 bytes at 8, found 0`);
  await refuse(png(GREY, PIXELS), `${whole}12 bytes at ${33 + PIXELS.length}, found 0`);
  await refuse(
    png(GREY, PIXELS).subarray(0, -1),
    `${whole}${PIXELS.length} bytes at 33, ` +
      `found ${PIXELS.length - 1}`,
  );
  await refuse(png(PIXELS, GREY, END), `${order}IDAT after the signature`);
  await refuse(png(GREY, GREY, PIXELS, END), `${order}IHDR after IHDR`);
  await refuse(png(GREY, PIXELS, chunk("tEXt"), PIXELS, END), `${order}IDAT after tEXt`);
  await refuse(png(GREY, PIXELS, chunk("PLTE"), END), `${order}PLTE after IDAT`);
  await refuse(
    png(GREY, chunk("PLTE", [1, 2, 3]), chunk("PLTE", [1, 2, 3]), PIXELS, END),
    `${order}PLTE after PLTE`,
  );
  const flipped = png(GREY, PIXELS, END);
  flipped[33 + 8] ^= 1;
  const stored = new DataView(PIXELS.buffer).getUint32(PIXELS.length - 4);
  await refuse(
    flipped,
    "chunk IDAT at 33 must have the CRC-32 that is declared: " +
      `expected ${stored.toString(16).padStart(8, "0")}, found ${
        crc32(flipped.subarray(37, 33 + PIXELS.length - 4)).toString(16).padStart(8, "0")
      }`,
  );
  await refuse(
    png(GREY, chunk("NEWS"), PIXELS, END),
    "critical chunks must be known: expected IHDR, PLTE, IDAT or IEND, found NEWS",
  );
  await refuse(
    png(chunk("IHDR", [1]), PIXELS, END),
    "the header must have its length: expected 13 bytes, found 1",
  );
});

Deno.test("readImage refuses PNG files of kinds that do not exist", async () => {
  const kind = "the header must name a kind of image that exists: found colour type ";
  const cases: [rest: number[], found: string][] = [
    [[3, 0], "0 of 3 bits, compression 0, filter 0, interlace 0"],
    [[4, 2], "2 of 4 bits, compression 0, filter 0, interlace 0"],
    [[8, 1], "1 of 8 bits, compression 0, filter 0, interlace 0"],
    [[8, 0, 1], "0 of 8 bits, compression 1, filter 0, interlace 0"],
    [[8, 0, 0, 1], "0 of 8 bits, compression 0, filter 1, interlace 0"],
    [[8, 0, 0, 0, 2], "0 of 8 bits, compression 0, filter 0, interlace 2"],
  ];
  for (const [rest, found] of cases) {
    await refuse(png(header(2, 2, ...rest), PIXELS, END), kind + found);
  }
});

Deno.test("readImage refuses PNG pixels that are not as declared", async () => {
  const size =
    "the image data must have the size that the header declares: expected 6 bytes, found ";
  await refuse(png(GREY, await idat(0, 1, 2, 0, 3), END), `${size}5`);
  await refuse(
    png(GREY, await idat(0, 1, 2, 0, 3, 4, 5), END),
    "the data must have the size that is declared: expected 6 bytes, found more",
  );
  await refuse(
    png(GREY, chunk("IDAT", [1, 2, 3]), END),
    "the compressed data must be sound: it is damaged, cut short or too long",
  );
  await refuse(
    png(GREY, await idat(0, 1, 2, 5, 3, 4), END),
    "every line must have a filter that exists: expected 0 to 4, found 5",
  );
  const bomb = await deflate(new Uint8Array(2 ** 26), "deflate");
  await refuse(
    png(GREY, chunk("IDAT", bomb), END),
    "the data must have the size that is declared: expected 6 bytes, found more",
  );
});

Deno.test("readImage refuses palettes and transparency that do not fit", async () => {
  const indexed = header(2, 2, 2, 3);
  const pixels = await idat(0, 0, 0, 0xc0);
  await refuse(
    png(indexed, pixels, END),
    "the palette must have 1 to 4 colours of 3 bytes: found 0 bytes",
  );
  for (const length of [1, 15]) {
    await refuse(
      png(indexed, chunk("PLTE", new Uint8Array(length)), pixels, END),
      `the palette must have 1 to 4 colours of 3 bytes: found ${length} bytes`,
    );
  }
  await refuse(
    png(indexed, chunk("PLTE", new Uint8Array(6)), pixels, END),
    "every pixel must have a colour of the palette: expected 0 to 1, found 3",
  );
  const fit = "the transparency must fit the colours: found ";
  await refuse(
    png(indexed, chunk("PLTE", new Uint8Array(6)), chunk("tRNS", [1, 2, 3]), pixels, END),
    `${fit}3 bytes for an image of palette`,
  );
  await refuse(png(GREY, chunk("tRNS", [1]), PIXELS, END), `${fit}1 bytes for an image of grey`);
  await refuse(
    png(header(2, 2, 8, 6), chunk("tRNS", [1, 2, 3, 4, 5, 6, 7, 8]), PIXELS, END),
    `${fit}8 bytes for an image of RGBA`,
  );
});

function jpegOf(name: string): Uint8Array {
  return fromBase64(goldens.find((golden) => golden.name === name)!.file);
}

/** Finds a marker. */
function markerAt(bytes: Uint8Array, marker: number): number {
  return bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === marker);
}

Deno.test("readImage refuses JPEG files that are not whole", async () => {
  const bytes = jpegOf("jpeg grey");
  const end = bytes.length - 2;
  const segments = "the file must be whole segments up to its end marker ff d9: found ";
  await refuse(bytes.subarray(0, end), `${segments}the end of the file at ${end}`);
  await refuse(bytes.subarray(0, 10), `${segments}ff e0 00 10 at 2`);
  const scan = markerAt(bytes, 0xda);
  await refuse(
    concatenate([bytes.subarray(0, scan), Uint8Array.of(0xff, 0xd9)]),
    "a JPEG file must have a frame and a scan: found no scan",
  );
  await refuse(
    Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
    "a JPEG file must have a frame and a scan: found no frame",
  );
  const half = concatenate([bytes.subarray(0, scan + 14), Uint8Array.of(0xff, 0xd9)]);
  await refuse(half, "the JPEG data must be sound: it is damaged");
});

Deno.test("readImage refuses JPEG files that are too large, or of a kind it cannot read", async () => {
  const bytes = jpegOf("jpeg grey");
  const frame = markerAt(bytes, 0xc0);
  const changed = (at: number, ...values: number[]) => {
    const copy = bytes.slice();
    copy.set(values, frame + at);
    return copy;
  };
  const one = "the file must hold one image, baseline or progressive, of 8 bits and 1, 3 or 4 " +
    "components: found ";
  await refuse(changed(1, 0xc3), `${one}frame c3 of 8 bits and 1 components`);
  await refuse(changed(4, 12), `${one}frame c0 of 12 bits and 1 components`);
  await refuse(changed(9, 2), `${one}frame c0 of 8 bits and 2 components`);
  await refuse(changed(11, 0x05), `${one}frame c0 of 8 bits and 1 components`);
  await refuse(
    concatenate([
      bytes.subarray(0, frame),
      bytes.subarray(frame, frame + 13),
      bytes.subarray(frame),
    ]),
    `${one}a second frame`,
  );
  await refuse(
    changed(5, 0xff, 0xff, 0xff, 0xff),
    "the image must have at most maxPixels = 67108864 pixels: the header declares 65535 x 65535",
    RangeError,
  );
  await refuse(
    changed(5, 0, 0),
    "the image must have pixels: the header declares 18 x 0",
  );
  const scan = markerAt(bytes, 0xda);
  const scans = Array.from({ length: 101 }, () => bytes.subarray(scan, -2));
  await refuse(
    concatenate([bytes.subarray(0, scan), ...scans, Uint8Array.of(0xff, 0xd9)]),
    "the file must have a reasonable number of scans: expected at most 100, found more",
  );
});

/** Makes the CRC of every chunk right again, as far as chunks can be made out. */
function repaired(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    view.setUint32(end - 4, crc32(bytes.subarray(at + 4, end - 4)));
    at = end;
  }
  return bytes;
}

function checkImage(image: Tensor): void {
  const [height, width, channels] = image.shape;
  assertEquals(image.dataSync().length, height * width * channels);
  assert(height * width <= 4096 && channels <= 4);
}

Deno.test("readImage: damaged PNG files, half of them with sound checksums", async () => {
  const names = ["png 3 2 bits interlaced", "png grey, a transparent level", "png 1 x 1"];
  const sample = await writePng(tensor(Uint8Array.of(1, 2, 3, 4, 5, 6), { shape: [1, 2, 3] }));
  const { runs, refused, read } = await fuzz({
    samples: [...names.map(jpegOf), sample],
    read: (bytes) => {
      const file = bytes.length % 2 === 0 ? bytes : repaired(bytes);
      return readImage(file, { name: "fuzz.png", maxPixels: 4096 });
    },
    check: checkImage,
    tokens: ["IHDR", "PLTE", "IDAT", "IEND", "tRNS"].map((type) => new TextEncoder().encode(type)),
  });
  assert(refused > runs / 4 && read > runs / 60, `${refused} refused, ${read} read`);
});

Deno.test("readImage: damaged JPEG files", async () => {
  const data = Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) => (i * 37) % 256);
  const { runs, refused, read } = await fuzz({
    samples: [
      new Uint8Array(encode({ width: 8, height: 8, data }, 60).data),
      jpegOf("jpeg progressive"),
      jpegOf("jpeg orientation 6"),
    ],
    read: (bytes) => readImage(bytes, { name: "fuzz.jpg", maxPixels: 4096 }),
    check: checkImage,
    tokens: [0xc0, 0xc2, 0xc4, 0xd9, 0xda, 0xdb, 0xdd].map((marker) => Uint8Array.of(0xff, marker)),
  });
  assert(refused > runs / 10 && read > runs / 10, `${refused} refused, ${read} read`);
});

Deno.test("readImage: bytes after the image data of PNG are passed over, with a warning", async () => {
  const noise = Uint8Array.from(
    { length: 151 * 300 },
    (_, i) => (i % 151 === 0 ? 0 : i * i * 31 + i),
  );
  const compressed = await deflate(noise, "deflate");
  const head = header(150, 300, 8, 0);
  const expected = await readImage(png(head, chunk("IDAT", compressed), END));
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (text: string) => void warnings.push(text);
  try {
    for (const tail of [1, 3, 4, 700, 9000]) {
      const after = Uint8Array.from({ length: tail }, (_, i) => i + 1);
      const file = png(head, chunk("IDAT", concatenate([compressed, after])), END);
      assertEquals((await readImage(file, { name: "x.png" })).dataSync(), expected.dataSync());
    }
  } finally {
    console.warn = warn;
  }
  assertEquals(warnings, Array(5).fill("x.png: bytes after the image data are passed over"));
});

Deno.test("readImage: PNG whose data are too many or changed stays refused", async () => {
  const damaged = "the compressed data must be sound: it is damaged, cut short or too long";
  const lines = await deflate(Uint8Array.of(0, 1, 2, 0, 3, 4), "deflate");
  const after = Uint8Array.of(1, 2, 3);
  const checksum = lines.slice();
  checksum[checksum.length - 1] ^= 1;
  for (const data of [checksum, concatenate([checksum, after])]) {
    await refuse(png(GREY, chunk("IDAT", data), END), damaged);
  }
  const more = concatenate([await deflate(Uint8Array.of(0, 1, 2, 0, 3, 4, 0), "deflate"), after]);
  assert(await readImage(png(GREY, chunk("IDAT", more), END)).then(() => false, () => true));
});
