// Small image files.

import { tensor } from "../../mod.ts";
import { writePng } from "../../src/data/mod.ts";

/** Makes a PNG file whose pixels are all different, and different from those of other seeds. */
export async function png(
  seed: number,
  height = 3,
  width = 4,
  channels = 3,
): Promise<Uint8Array> {
  const data = Uint8Array.from(
    { length: height * width * channels },
    (_, i) => (seed * 50 + i * 7) % 256,
  );
  return await writePng(tensor(data, { shape: [height, width, channels] }));
}
