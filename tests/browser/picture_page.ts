// A page that draws pictures as PNG files: what the browser test bundles, opens and looks at.

import { samplePictures } from "../support/sample_pictures.ts";

/** Files by the name of the picture, in base64; a type, because the page's globals are its own. */
export type PictureReport = Readonly<Record<string, string>>;

async function draw(): Promise<PictureReport> {
  const files: Record<string, string> = {};
  for (const [name, picture] of Object.entries(samplePictures())) {
    const bytes = await picture.png({ scale: 2 });
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    files[name] = btoa(text);
  }
  return files;
}

if ("document" in globalThis) Object.assign(globalThis, { report: await draw() });
