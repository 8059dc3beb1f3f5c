// Faults that can be planted in a file: each is a change of a few characters that still parses.
// The kinds are those that people have planted in this project by hand and that its tests missed.

import ts from "typescript";
import { type Change, RULES } from "./rules.ts";

/** A change of a file of the project. */
export interface Fault extends Change {
  /** Path of the file in the project. */
  readonly file: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** The lines that change, and what becomes of them; indented as in the file. */
  readonly before: string;
  readonly after: string;
}

/** All faults of a text, in their order. */
export function faultsIn(file: string, source: string): Fault[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const changes: Change[] = [];
  const visit = (node: ts.Node) => {
    if (isErased(node)) return;
    for (const rule of RULES) changes.push(...rule(node, tree));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return changes.map((change) => asFault(file, source, change))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The text with the fault in it. */
export function planted(source: string, { start, end, text }: Change): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** True for a node that is no part of what runs: types, imports, decorators. */
function isErased(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isDecorator(node) ||
    ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
}

function asFault(file: string, source: string, change: Change): Fault {
  const from = source.lastIndexOf("\n", change.start - 1) + 1;
  const next = source.indexOf("\n", change.end);
  const to = next < 0 ? source.length : next;
  const after = source.slice(from, change.start) + change.text + source.slice(change.end, to);
  const line = source.slice(0, change.start).split("\n").length;
  return { ...change, file, line, before: source.slice(from, to), after };
}
