// Copies of the project: faults are planted in them and never in the working tree.

import type { Fault } from "./faults.ts";
import { planted } from "./faults.ts";

/** Files that the binary of the kernels is built from; what is built has to follow them. */
const KERNELS = /^src\/backends\/wasm\/(kernels\/|layout\.ts$)|^src\/backends\/kinds\.ts$/;

/** Files that `deno task generate kernels` writes. */
const BUILT = ["abi.ts", "binary.ts", "kernels/table.ts", "kernels/kinds.ts"]
  .map((file) => `src/backends/wasm/${file}`);

const BUILD = "tools/generate.ts";

/** Paths that git would have in a commit of everything below some paths; all without any. */
export async function filesOf(root: URL, paths: readonly string[] = []): Promise<string[]> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const found = (await git(root, [...list, "--", ...paths])).split("\0").filter(Boolean);
  const deleted = (await git(root, ["ls-files", "-z", "--deleted"])).split("\0");
  return [...new Set(found)].filter((path) => !deleted.includes(path)).sort();
}

/** The output of git; throws what it says where it fails. */
export async function git(root: URL, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: [...args],
    cwd: root,
  }).output();
  if (!success) throw new TypeError(`git ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

/** A copy of the files of a project. */
export class Tree {
  /** Its folder, which ends with a slash. */
  readonly root: URL;

  private constructor(root: URL) {
    this.root = root;
  }

  /** Copies files into a new folder of the system's temporary ones. */
  static async copyOf(project: URL, files: readonly string[]): Promise<Tree> {
    const folder = await Deno.makeTempDir({ prefix: "tapegrad-mutate-" });
    const tree = new Tree(new URL(`file://${await Deno.realPath(folder)}/`));
    for (const file of files) {
      await Deno.mkdir(new URL("./", new URL(file, tree.root)), { recursive: true });
      await Deno.copyFile(new URL(file, project), new URL(file, tree.root));
    }
    return tree;
  }

  /**
   * Plants a fault, hands over to `judge`, and takes the fault out again. Kernels are built anew;
   * resolves to `undefined` where they do not compile.
   */
  async withFault<T>(fault: Fault, judge: () => Promise<T>): Promise<T | undefined> {
    const touched = KERNELS.test(fault.file) ? [fault.file, ...BUILT] : [fault.file];
    const before = await Promise.all(touched.map((file) => this.#read(file)));
    try {
      await Deno.writeTextFile(new URL(fault.file, this.root), planted(before[0], fault));
      if (touched.length > 1 && !await this.#build()) return undefined;
      return await judge();
    } finally {
      for (const [i, file] of touched.entries()) {
        await Deno.writeTextFile(new URL(file, this.root), before[i]);
      }
    }
  }

  /** Removes the copy. */
  async remove(): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }

  #read(file: string): Promise<string> {
    return Deno.readTextFile(new URL(file, this.root));
  }

  async #build(): Promise<boolean> {
    const args = ["run", "--allow-all", "--no-check", BUILD, "kernels"];
    const options = { args, cwd: this.root, stdout: "null", stderr: "null" } as const;
    return (await new Deno.Command(Deno.execPath(), options).output()).success;
  }
}
