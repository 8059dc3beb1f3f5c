// Tests that can see a file: those that load it or name it, the nearest first.

import { denoInfo, type Import, importsOf } from "../../tests/support/module_graph.ts";
import { SERIAL } from "../steps.ts";

/** A test file, with what tells how near it is to other files. */
interface TestFile {
  readonly path: string;
  readonly text: string;
  /** Text of the helpers that it imports from tests/support. */
  readonly support: string;
  /** Number of imports to each file that it loads. */
  readonly distances: ReadonlyMap<string, number>;
}

/** Files that `binary.ts` is compiled from: no import leads to them, but who loads it sees them. */
const COMPILED = /^src\/backends\/wasm\/(kernels\/|layout\.ts$)/;
const BINARY = "src/backends/wasm/binary.ts";

/**
 * Tests that say nothing of a fault in the library: they compare texts of the source, sizes, or what
 * is generated with what it is generated from, and fail for changes that are no faults.
 */
const BLIND = /^tests\/(structure|api|docs|package\/size|tools\/generate)_test\.ts$/;
const LIBRARY = /^(src|ops)\//;
const SOURCE = /^(src|ops|tools)\//;

/**
 * Weights of what brings a test near: the file that it is named after, shared words, what the file
 * exports, named in the test or in its helpers, what files export that import it.
 */
const SAME_NAME = 12;
const SHARED_WORD = 3;
const NAMED = 2;
const NAMED_IN_SUPPORT = 1;
const USER_NAMED = 1;
const MOST_NAMED = 4;
const BY_PATH = 6;
/** Least length of words of which one may begin with the other. */
const AKIN = 4;
/** Imports between a test and a file that count; less than one point all together. */
const FARTHEST = 9;
/** Tests that start programs come after those that do not. */
const SLOW = -8;

/** The tests of a project, which answer for each file who can see it. */
export class Sight {
  readonly #tests: readonly TestFile[];
  /** Names that the files export which import a file. */
  readonly #users: ReadonlyMap<string, readonly string[]>;

  private constructor(
    tests: readonly TestFile[],
    users: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#tests = tests;
    this.#users = users;
  }

  /** Looks at what all tests in a list import. */
  static async of(tests: readonly string[], root: URL): Promise<Sight> {
    const imports = importsOf(await denoInfo(tests, root), root).filter((one) => !one.typesOnly);
    const byFile = Map.groupBy(imports, ({ from }) => from);
    const files = await Promise.all(tests.map(async (path) => ({
      path,
      text: await Deno.readTextFile(new URL(path, root)),
      support: await textOfSupport(path, byFile, root),
      distances: distancesFrom(path, byFile),
    })));
    return new Sight(files, await namesOfUsers(imports, root));
  }

  /** Tests that can see a file with this text, the nearest first. */
  testsOf(file: string, text: string): string[] {
    const loaded = COMPILED.test(file) ? BINARY : file;
    const names = { own: exportedNames(text), users: this.#users.get(file) ?? [] };
    const path = new RegExp(`\\b${RegExp.escape(file.replace(/^(src|ops|tools)\//, ""))}\\b`);
    return this.#tests
      .filter((test) => test.distances.has(loaded) || path.test(test.text))
      .filter((test) => !LIBRARY.test(file) || !BLIND.test(test.path))
      .map((test) => ({
        path: test.path,
        near: nearness(test, file, names) + (path.test(test.text) ? BY_PATH : 0) -
          Math.min(test.distances.get(loaded) ?? FARTHEST, FARTHEST) / (FARTHEST + 1),
      }))
      .sort((a, b) => b.near - a.near || a.path.localeCompare(b.path))
      .map(({ path }) => path);
  }
}

/** Names by which a test may call a file: those of its own, and of the files that import it. */
interface Names {
  readonly own: readonly string[];
  readonly users: readonly string[];
}

function nearness({ path, text, support }: TestFile, file: string, names: Names): number {
  const [own, other] = [wordsOf(file), wordsOf(path)];
  const shared = own.filter((word) => other.some((one) => areAkin(word, one))).length;
  const isNamesake = stem(path) === stem(file);
  const named = (where: string, some: readonly string[]) =>
    Math.min(some.filter((name) => hasWord(where, name)).length, MOST_NAMED);
  const isSlow = SERIAL.some((place) => path.startsWith(place));
  return SHARED_WORD * shared + (isNamesake ? SAME_NAME : 0) +
    NAMED * named(text, names.own) + NAMED_IN_SUPPORT * named(support, names.own) +
    USER_NAMED * named(text, names.users) + (isSlow ? SLOW : 0);
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${RegExp.escape(word)}\\b`).test(text);
}

/** Words of a path but those that say nothing: `ops/images/conv2d.ts` has images and conv2d. */
function wordsOf(path: string): string[] {
  const words = path.replace(/(_test)?\.ts$/, "").split(/[/_]/);
  return [...new Set(words.filter((word) => !["src", "ops", "tests", "tools"].includes(word)))];
}

/** True for equal words, and for long ones of which one begins with the other: conv, conv2d. */
function areAkin(a: string, b: string): boolean {
  return a === b || Math.min(a.length, b.length) >= AKIN && (a.startsWith(b) || b.startsWith(a));
}

function stem(path: string): string {
  return path.replace(/^.*\//, "").replace(/(_test)?\.ts$/, "");
}

async function textOfSupport(
  test: string,
  imports: ReadonlyMap<string, readonly Import[]>,
  root: URL,
): Promise<string> {
  const helpers = (imports.get(test) ?? []).map(({ to }) => to)
    .filter((path) => path.startsWith("tests/support/") && path.endsWith(".ts"));
  const texts = helpers.map((path) => Deno.readTextFile(new URL(path, root)));
  return (await Promise.all(texts)).join("\n");
}

/** Names that the importers of each file export, those of lists of everything left out. */
async function namesOfUsers(
  imports: readonly Import[],
  root: URL,
): Promise<Map<string, readonly string[]>> {
  const inside = imports.filter(({ from }) => SOURCE.test(from));
  const names = new Map(
    await Promise.all(
      [...new Set(inside.map(({ from }) => from))].map(async (file) =>
        [file, exportedNames(await Deno.readTextFile(new URL(file, root)))] as const
      ),
    ),
  );
  const users = Map.groupBy(inside, ({ to }) => to);
  return new Map(
    [...users].map(([file, all]) => [file, all.flatMap(({ from }) => names.get(from) ?? [])]),
  );
}

function exportedNames(text: string): string[] {
  const declared = /^export (?:async )?(?:function\*?|class|const) (\w+)/gm;
  return [...text.matchAll(declared)].map(([, name]) => name);
}

function distancesFrom(
  start: string,
  imports: ReadonlyMap<string, readonly Import[]>,
): Map<string, number> {
  const distances = new Map([[start, 0]]);
  // A map visits what is added to it on the way: breadth first.
  for (const [file, distance] of distances) {
    for (const { to } of imports.get(file) ?? []) {
      if (!distances.has(to)) distances.set(to, distance + 1);
    }
  }
  return distances;
}
