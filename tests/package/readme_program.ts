// Parts of the README that are run: its program, the print of that, and the settings of a project
// that uses a clone.

import { assertEquals } from "@std/assert";
import { codeBlocks } from "../support/markdown.ts";

const README = new URL("../../README.md", import.meta.url);

/** Parts of the README that are run. */
export interface ReadmeProgram {
  /** The page. */
  readonly page: string;
  /** The program: TypeScript that is JavaScript, too. */
  readonly program: string;
  /** Output of the program. */
  readonly printed: string;
  /** `deno.json` of a project next to a clone called `tapegrad`. */
  readonly settings: string;
}

/** Reads the README, which must have one program, one print of it and one `deno.json`. */
export async function readReadme(): Promise<ReadmeProgram> {
  const page = await Deno.readTextFile(README);
  const blocks = codeBlocks(page);
  const only = (language: string) => {
    const found = blocks.filter((block) => block.language === language);
    assertEquals(found.length, 1, `blocks of ${language}`);
    return found[0].code;
  };
  return { page, program: only("ts"), printed: only("text"), settings: only("json") };
}
