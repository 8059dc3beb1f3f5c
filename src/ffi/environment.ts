/**
 * Variables of the environment, where they may be read without the user being asked.
 *
 * @module
 */

interface Process {
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Permissions {
  querySync?(permission: { name: "env"; variable: string }): { readonly state: string };
}

/** Value of a variable; undefined where it is not set, may not be read, or there are none. */
export function readableVariable(name: string): string | undefined {
  const { Deno: deno, process } = globalThis as {
    Deno?: { readonly permissions?: Permissions };
    process?: Process;
  };
  const state = deno?.permissions?.querySync?.({ name: "env", variable: name }).state ?? "granted";
  return state === "granted" ? process?.env?.[name] : undefined;
}
