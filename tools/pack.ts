// `deno task pack`: the package for npm, as a tarball. `deno pack` compiles it; what it cannot know
// is put into its package.json here: the versions of Node, and that the packages which only readers
// of some formats, PNG files of pictures and native libraries load are there to be installed by those who want them.

import config from "../deno.json" with { type: "json" };
import { writeKernelSources } from "./kernel_sources.ts";

/** Contents of an npm package's `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const ROOT = new URL("../", import.meta.url);

const DESCRIPTION =
  "A computational graph with automatic differentiation: operations on a tape, gradients of any " +
  "order, layers and training, on multi-threaded WebAssembly SIMD";

/** The first Node with `process.getBuiltinModule`, by which workers and files are found. */
const NODE = ">=20.16.0";

/** The modules that do something when they are loaded: they choose the backend. */
const SIDE_EFFECTS = [
  "./mod.js",
  "./src/*/mod.js",
  "./src/backends/webgpu/mod.js",
  "./src/testing.js",
  "./src/default_backend.js",
];

/** Packages that are not imported by a name in the source, so that `deno pack` does not find them. */
const HIDDEN = ["@cwasm/webp", "@resvg/resvg-wasm", "koffi"] as const;

/** The package.json of the tarball, completed. */
export function complete({ name, version, dependencies = {}, ...rest }: Manifest): Manifest {
  const hidden = HIDDEN.map((name) => [name, config.imports[name].replace(`npm:${name}@`, "^")]);
  const packages = { ...Object.fromEntries(hidden), ...dependencies };
  const optional = Object.keys(packages).map((name) => [name, { optional: true }] as const);
  return {
    name,
    version,
    description: DESCRIPTION,
    keywords: ["autodiff", "deep-learning", "gradient", "neural-network", "tensor", "wasm"],
    engines: { node: NODE },
    sideEffects: SIDE_EFFECTS,
    ...rest,
    peerDependencies: packages,
    peerDependenciesMeta: Object.fromEntries(optional),
  };
}

/** Writes the tarball into a folder; gives its path. */
export async function pack(folder: string): Promise<string> {
  const work = await Deno.makeTempDir({ prefix: "tapegrad-pack-" });
  try {
    const raw = `${work}/raw.tgz`;
    await run(Deno.execPath(), ["pack", "--no-source-maps", "--allow-dirty", "--output", raw]);
    await run("tar", ["-xzf", raw, "-C", work]);
    const file = `${work}/package/package.json`;
    const manifest = complete(JSON.parse(await Deno.readTextFile(file)));
    await Deno.writeTextFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
    await writeKernelSources(`${work}/package`);
    const tarball = `${folder}/${fileName(manifest)}`;
    await run("tar", ["-czf", tarball, "-C", work, "package"]);
    return tarball;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The name that npm gives tarballs. */
function fileName({ name, version }: Manifest): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (success) return;
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  throw new Error(`Cannot pack: ${program} must succeed: ${args.join(" ")} said\n${said}`);
}

if (import.meta.main) console.log(await pack(Deno.args[0] ?? Deno.cwd()));
