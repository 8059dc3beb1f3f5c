// The tool of mutations for its tests: loaded where that is allowed, as TypeScript's parser reads the
// environment.

import { ifPossible, type Needs } from "./permissions.ts";

/** Permissions to load the parser of TypeScript, which reads variables of the environment. */
export const PARSER = { read: true, env: true } as const;

/** Loads what loads the parser, in tests that may. */
async function loaded() {
  const [tool, choice, faults, sight, tree, trial] = await Promise.all([
    import("../../tools/mutate.ts"),
    import("../../tools/mutate/choice.ts"),
    import("../../tools/mutate/faults.ts"),
    import("../../tools/mutate/sight.ts"),
    import("../../tools/mutate/tree.ts"),
    import("../../tools/mutate/trial.ts"),
  ]);
  return { ...tool, ...choice, ...faults, ...sight, ...tree, ...trial };
}

/** Exports of the modules of the tool export. */
export type MutationTool = Awaited<ReturnType<typeof loaded>>;

/** A test of the tool, skipped where it may not be loaded. */
export function mutationTest(
  name: string,
  fn: (tool: MutationTool) => void | Promise<void>,
  { needs = PARSER, effort }: { needs?: Needs; effort?: "full" } = {},
): Deno.TestDefinition {
  return ifPossible({ name, needs, effort, fn: async () => await fn(await loaded()) });
}
