// The imports of the project, as `deno info --json` sees them, and the rules they are held to.

/** One import. Files of the project are named by their path in it, all else by its specifier. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** True if it vanishes when the types are erased. */
  readonly typesOnly: boolean;
}

/** Imports that the files of a layer may make; a name that ends with "/" is a folder. */
export interface Layer {
  readonly layer: string;
  readonly mayImport: readonly string[];
  /** Files from which they may import types, and nothing that exists at run time. */
  readonly mayImportTypes?: readonly string[];
}

/** The part of the output of `deno info --json` that is read here. */
export interface DenoInfo {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/** Runs `deno info --json` over some files of the project. Needs the permission to run it. */
export async function denoInfo(files: readonly string[], root: URL): Promise<DenoInfo> {
  // It takes one module: so one that imports them all, as a data URL that needs no file.
  const code = files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};`).join("");
  const entry = `data:application/javascript,${encodeURIComponent(code)}`;
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: root });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new TypeError(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Lists the imports of the files below `root`. */
export function importsOf(info: DenoInfo, root: URL): Import[] {
  return info.modules.filter(({ specifier }) => specifier.startsWith(root.href)).flatMap((module) =>
    (module.dependencies ?? []).map(({ specifier, code, type }): Import => ({
      from: inProject(module.specifier, root),
      to: inProject(code?.specifier ?? type?.specifier ?? specifier, root),
      typesOnly: code === undefined,
    }))
  );
}

function inProject(specifier: string, root: URL): string {
  return specifier.startsWith(root.href) ? specifier.slice(root.href.length) : specifier;
}

/**
 * Writes a sentence for each import that its layer does not allow, and for each file without a
 * layer.
 */
export function layerFaults(imports: readonly Import[], layers: readonly Layer[]): string[] {
  return imports.flatMap(({ from, to, typesOnly }) => {
    const layer = layerOf(from, layers);
    if (layer === undefined) return [`${from} belongs to no layer`];
    if (contains(layer.mayImport, to)) return [];
    if (!contains(layer.mayImportTypes ?? [], to)) return [`${from} may not import ${to}`];
    return typesOnly ? [] : [`${from} may import only types from ${to}`];
  });
}

/** Finds the innermost layer a file belongs to. */
function layerOf(file: string, layers: readonly Layer[]): Layer | undefined {
  return layers.filter(({ layer }) => contains([layer], file))
    .sort((a, b) => b.layer.length - a.layer.length)[0];
}

function contains(places: readonly string[], file: string): boolean {
  return places.some((place) => place.endsWith("/") ? file.startsWith(place) : file === place);
}

/** Lists everything that importing the entry loads or may load at run time, the entry included. */
export function reachable(entry: string, imports: readonly Import[]): string[] {
  const found = new Set([entry]);
  // A set visits what is added to it on the way.
  for (const file of found) {
    for (const { from, to, typesOnly } of imports) if (from === file && !typesOnly) found.add(to);
  }
  return [...found];
}

/** Groups of files that import each other, directly or in a ring: of each the names, sorted. */
export function cyclesIn(imports: readonly Import[]): string[][] {
  const importsOf = Map.groupBy(imports, ({ from }) => from);
  const leadsTo = new Map([...importsOf.keys()].map((file) => [file, ledTo(file, importsOf)]));
  const rings = [...leadsTo].filter(([file, files]) => files.has(file)).map(([file, files]) =>
    [...files].filter((other) => leadsTo.get(other)?.has(file)).sort()
  );
  return rings.filter(([first], i) => rings.findIndex((ring) => ring[0] === first) === i);
}

/** Collects the files that a file imports, and those that they import, and so on. */
function ledTo(file: string, importsOf: ReadonlyMap<string, readonly Import[]>): Set<string> {
  const found = new Set((importsOf.get(file) ?? []).map(({ to }) => to));
  // A set visits what is added to it on the way.
  for (const next of found) for (const { to } of importsOf.get(next) ?? []) found.add(to);
  return found;
}
