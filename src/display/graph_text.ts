/**
 * A tape as a picture or a table: Mermaid, Graphviz, text.
 *
 * @module
 */
import { formatCount } from "./amounts.ts";
import { printable } from "../core/printable.ts";
import { inputLabel } from "../core/op_contract.ts";
import type { Recording, Slot, TapeEntry } from "../core/recording.ts";
import { formatShape } from "../core/shape.ts";
import { formatTable } from "./table.ts";

/** Syntax of nodes and edges in one picture language. */
interface Language {
  readonly begin: readonly string[];
  /** Writes lines of text in a node of a kind. */
  node(id: string, kind: Slot["kind"], lines: readonly string[]): string;
  edge(from: string, to: string, label: string): string;
  readonly end: readonly string[];
}

const MERMAID: Language = {
  begin: [
    "flowchart TD",
    "  classDef parameter fill:#fde68a,stroke:#b45309,color:#1f2937",
    "  classDef constant fill:#e5e7eb,stroke:#6b7280,color:#1f2937",
    "  classDef op fill:#dbeafe,stroke:#1d4ed8,color:#1f2937",
  ],
  node(id, kind, lines) {
    const text = mermaidText(lines);
    if (kind === "watched") return `  ${id}([${text}]):::parameter`;
    if (kind === "constant") return `  ${id}[(${text})]:::constant`;
    return `  ${id}[${text}]:::op`;
  },
  edge: (from, to, label) => `  ${from} -->|${mermaidText([label])}| ${to}`,
  end: [],
};

const MERMAID_ENTITIES: Record<string, string> = {
  '"': "#quot;",
  "<": "#lt;",
  ">": "#gt;",
};

/** Characters that mean nothing in Mermaid, its directives, Markdown or HTML; all others in ASCII do. */
const MERMAID_PLAIN = /[^A-Za-z0-9 _.,?[\]()/+\-=|\\\u0080-\u{10ffff}]/gu;

function mermaidText(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    printable(line).replace(
      MERMAID_PLAIN,
      (char) => MERMAID_ENTITIES[char] ?? `#${char.charCodeAt(0)};`,
    )
  );
  return `"${escaped.join("<br/>")}"`;
}

const DOT_STYLES: Record<Slot["kind"], string> = {
  watched: 'shape=ellipse, style=filled, fillcolor="#fde68a", color="#b45309"',
  constant: 'shape=cylinder, style=filled, fillcolor="#e5e7eb", color="#6b7280"',
  computed: 'shape=box, style="filled,rounded", fillcolor="#dbeafe", color="#1d4ed8"',
};

const DOT: Language = {
  begin: [
    "digraph tape {",
    "  rankdir=TB;",
    '  node [fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=11];',
  ],
  node: (id, kind, lines) => `  ${id} [label=${dotText(lines)}, ${DOT_STYLES[kind]}];`,
  edge: (from, to, label) => `  ${from} -> ${to} [label=${dotText([label])}];`,
  end: ["}"],
};

function dotText(lines: readonly string[]): string {
  return `"${lines.map((line) => printable(line).replace(/[\\"]/g, "\\$&")).join("\\n")}"`;
}

/** Writes the graph as Mermaid source. */
export function toMermaid(recording: Recording): string {
  return draw(recording, MERMAID);
}

/** Writes the graph as Graphviz source. */
export function toDot(recording: Recording): string {
  return draw(recording, DOT);
}

function draw({ entries, slots }: Recording, language: Language): string {
  const opOf = new Map(entries.map((entry) => [entry.output, entry.op.name]));
  const nodes = slots.map((slot, i) => {
    const title = opOf.get(i) ?? (slot.name || slot.kind);
    return language.node(`n${i}`, slot.kind, [title, describe(slot)]);
  });
  const edges = entries.flatMap((entry) =>
    connections(entry).map(([name, slot]) => language.edge(`n${slot}`, `n${entry.output}`, name))
  );
  return [...language.begin, ...nodes, ...edges, ...language.end, ""].join("\n");
}

/** Lists the inputs of an entry that were present: name and slot. */
function connections({ op, inputs }: TapeEntry): [name: string, slot: number][] {
  return inputs.flatMap((slot, i): [string, number][] =>
    slot < 0 ? [] : [[inputLabel(op, i), slot]]
  );
}

function describe({ dtype, shape }: Slot): string {
  return `${dtype} ${formatShape(shape)}`;
}

/** Writes the tape as a table of text: op, inputs, output, bytes; parameters and totals below. */
export function toTable(recording: Recording): string {
  const { entries, slots } = recording;
  const rows = entries.map((entry, i) => [
    String(i),
    entry.op.name,
    connections(entry).map(([name, slot]) => label(name, slots[slot])).join(", "),
    describe(slots[entry.output]),
    formatCount(slots[entry.output].bytes),
  ]);
  const table = formatTable(["#", "op", "inputs", "output", "bytes"], rows, "rlllr");
  return `${table}\n${totals(recording)}\n`;
}

/**
 * Writes the name and shape of an input: `x [4, 2]`, `x images [4, 2]`; `conv1.w [3, 3]` only once.
 */
function label(input: string, { name, shape }: Slot): string {
  const says = name === input || name.endsWith(`.${input}`);
  return [says ? [] : input, name || [], formatShape(shape)].flat().join(" ");
}

/** Writes the number of ops, and their memory, in a line. */
export function totals({ entries, slots }: Recording): string {
  const bytesOf = (kind: Slot["kind"]) =>
    slots.reduce((sum, slot) => slot.kind === kind ? sum + slot.bytes : sum, 0);
  const watched = slots.filter(({ kind }) => kind === "watched").length;
  return `${formatCount(entries.length)} ops, ${formatCount(bytesOf("computed"))} bytes of ` +
    `results; ${watched} watched tensors, ${formatCount(bytesOf("watched"))} bytes`;
}
