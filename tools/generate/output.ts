// Files that are written by a program, and the steps that write them.

/** A generated file. */
export interface Output {
  /** Path from the root of the project. */
  readonly path: string;
  readonly text: string;
  /** Compares the text with a committed one; by equality of texts by default. */
  readonly isSame?: (committed: string) => boolean;
}

/** A group of generated files that have one source. */
export interface Step {
  /** Word for the command line. */
  readonly name: string;
  /** Source of the files, for the list of steps. */
  readonly from: string;
  /** Computes the files; each is written before the next is asked for. */
  readonly outputs: () => AsyncIterable<Output>;
}

const ROOT = new URL("../../", import.meta.url);

/** Finds the files of a step that are missing or say something else. */
export async function* staleOutputs(step: Step): AsyncGenerator<Output> {
  for await (const output of step.outputs()) {
    const committed = await readIfThere(output.path);
    const isSame = output.isSame ?? ((text) => text === output.text);
    if (committed === undefined || !isSame(committed)) yield output;
  }
}

/** Writes the stale files of a step; returns their paths. */
export async function writeOutputs(step: Step): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path, text } of staleOutputs(step)) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
    paths.push(path);
  }
  return paths;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
