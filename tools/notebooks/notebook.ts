// Notebook files: nbformat 4.5, written as Jupyter's own library writes them, so that opening and
// saving one there changes no line.
//
// Source: "The Jupyter Notebook Format", nbformat.readthedocs.io.

/** Output of a cell. */
export type Output =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
    readonly output_type: "execute_result";
    readonly data: MimeBundle;
    readonly metadata: object;
    readonly execution_count: number;
  }
  | {
    readonly output_type: "display_data";
    readonly data: MimeBundle;
    readonly metadata: object;
  }
  | {
    readonly output_type: "error";
    readonly ename: string;
    readonly evalue: string;
    readonly traceback: readonly string[];
  };

/** A value in several forms, by their media types. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A cell of prose or of code. */
export interface Cell {
  readonly kind: "markdown" | "code";
  /** Its name in the notebook, which stays when other cells change. */
  readonly id: string;
  readonly source: string;
}

/** A cell and what came out of it; nothing comes out of prose. */
export interface RunCell extends Cell {
  readonly outputs: readonly Output[];
}

/** Metadata of every notebook of the project. */
const METADATA = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  "language_info": {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
  },
};

/** The file of a notebook. */
export function formatNotebook(cells: readonly RunCell[]): string {
  let count = 0;
  const notebook = {
    cells: cells.map(({ kind, id, source, outputs }) => ({
      cell_type: kind,
      ...(kind === "code" && { execution_count: ++count, outputs: outputs.map(storedOutput) }),
      id,
      metadata: {},
      source: lines(source),
    })),
    metadata: METADATA,
    nbformat: 4,
    "nbformat_minor": 5,
  };
  return `${JSON.stringify(sorted(notebook), null, 1)}\n`;
}

/** The cells in the file of a notebook. */
export function parseNotebook(text: string): RunCell[] {
  const { cells } = JSON.parse(text) as { cells: StoredCell[] };
  return cells.map(({ cell_type, id, source, outputs = [] }) => ({
    kind: cell_type,
    id,
    source: joined(source),
    outputs: outputs.map(parsedOutput),
  }));
}

/** Text, or its lines with their ends. */
type StoredText = string | readonly string[];

interface StoredCell {
  readonly "cell_type": Cell["kind"];
  readonly id: string;
  readonly source: StoredText;
  readonly outputs?: readonly StoredOutput[];
}

/** An output whose texts are lists of lines. */
type StoredOutput = Output & { readonly text?: StoredText; readonly data?: MimeBundle };

function storedOutput(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  return { ...output, data: mapValues(output.data, (v) => typeof v === "string" ? lines(v) : v) };
}

function parsedOutput(output: StoredOutput): Output {
  if (output.output_type === "stream") return { ...output, text: joined(output.text) };
  if (output.output_type === "error") return output;
  return { ...output, data: mapValues(output.data, (v) => isText(v) ? joined(v) : v) };
}

function lines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function joined(text: StoredText): string {
  return typeof text === "string" ? text : text.join("");
}

function isText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((line) => typeof line === "string");
}

function mapValues(bundle: MimeBundle, change: (value: unknown) => unknown): MimeBundle {
  return Object.fromEntries(Object.entries(bundle).map(([key, value]) => [key, change(value)]));
}

/** The same value, its keys in the order of the alphabet, at any depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
