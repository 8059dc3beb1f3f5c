/**
 * Writing results for programs to read.
 *
 * @module
 */

/** Writes a result as JSON where a file was named, and says so. */
export async function writeJson(file: string, result: unknown): Promise<void> {
  if (file === "") return;
  await Deno.writeTextFile(file, `${JSON.stringify(result, null, 2)}\n`);
  console.error(`wrote ${file}`);
}
