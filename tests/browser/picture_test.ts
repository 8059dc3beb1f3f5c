// Pictures as PNG files in a real browser, which draws them itself.

import { ifPossible } from "../support/permissions.ts";
import { assertShowsPicture } from "../support/png_checks.ts";
import { samplePictures } from "../support/sample_pictures.ts";
import { fromBase64 } from "../formats/npy/support.ts";
import { BROWSER_NEEDS, bundle, NO_BROWSER, reportOf } from "./chromium.ts";
import type { PictureReport } from "./picture_page.ts";

Deno.test(ifPossible({
  name: "browser: a page draws pictures as PNG, their images pixel by pixel",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  effort: "full",
  fn: async () => {
    const files = await reportOf<PictureReport>(await bundle("picture_page.ts"));
    for (const [name, picture] of Object.entries(samplePictures())) {
      assertShowsPicture(fromBase64(files[name]), picture, 2);
    }
  },
}));
