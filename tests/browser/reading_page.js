// A page that reads files: what the browser test bundles and opens. The files lie beside it.

import { readAll } from "../package/reading.js";

if ("document" in globalThis) {
  readAll(location.href).then(
    (report) => globalThis.report = report,
    (error) => globalThis.report = String(error),
  );
}
