/**
 * The files of a TensorFlow.js model: `model.json` and the shards of weights that it names, in a
 * folder, at a URL, or as files of a page.
 *
 * @module
 */
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import { excerpt } from "../../formats/file_limits.ts";

/**
 * A TensorFlow.js model: the path or URL of its `model.json`, or of the folder that it is in; the
 * files of a page, such as those of an `<input multiple>`; or files by their names.
 */
export type TfjsInput = string | URL | readonly File[] | Readonly<Record<string, FileInput>>;

/** Name of the file that has the settings. */
export const MODEL_FILE = "model.json";

/** Reads files of a model by their names. */
export interface ModelFiles {
  /** Name of the model in errors. */
  readonly name: string;
  /** Reads a whole file. */
  read(file: string): Promise<Uint8Array>;
}

/** Finds the files of a model. Bytes of all together are at most `maxBytes`. */
export function modelFiles(input: TfjsInput, options: FileOptions): ModelFiles {
  let left = options.maxBytes ?? 2 ** 32;
  const find = finder(input);
  const label = options.name ?? find.label;
  return {
    name: label,
    async read(file) {
      const name = file === MODEL_FILE ? label : `${label}: ${excerpt(file)}`;
      const { bytes } = await readWhole(find.file(file, name), "TensorFlow.js", {
        name,
        maxBytes: left,
        onProgress: options.onProgress,
      });
      left -= bytes.length;
      return bytes;
    },
  };
}

interface Finder {
  readonly label: string;
  /** Finds a file; `name` is what an error calls it. */
  file(file: string, name: string): FileInput;
}

function finder(input: TfjsInput): Finder {
  if (typeof input === "string" || input instanceof URL) return besides(input);
  const byName = Array.isArray(input)
    ? new Map(input.map((file: File) => [file.name, file as FileInput]))
    : new Map(Object.entries(input as Readonly<Record<string, FileInput>>));
  // Only one of them can be the settings, whatever it is called.
  const settings = [...byName.keys()].filter((name) => name.endsWith(".json"));
  const main = byName.has(MODEL_FILE) || settings.length !== 1 ? MODEL_FILE : settings[0];
  return {
    label: main,
    file(file, name) {
      const found = byName.get(file === MODEL_FILE ? main : file);
      if (found !== undefined) return found;
      throw new RangeError(
        `Cannot read ${name}: the files must hold it: found ` +
          (excerpt([...byName.keys()].join(", ")) || "none"),
      );
    },
  };
}

/** Finds files beside a `model.json`. */
function besides(input: string | URL): Finder {
  const text = String(input);
  const [path, query = ""] = /^(https?|file):/i.test(text) ? text.split(/(?=[?#])/) : [text];
  const isFile = /\.json$/i.test(path);
  const folder = isFile ? path.replace(/[^/\\]*$/, "") : path.replace(/[/\\]?$/, "/");
  const main = isFile ? path : `${folder}${MODEL_FILE}`;
  const make = (text: string) => input instanceof URL ? new URL(text) : text;
  return {
    label: main,
    file: (file) => make(file === MODEL_FILE ? main + query : folder + file + query),
  };
}
