// Functions, constructors and methods that take options, found in the documentation of the entries.

import { assert } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** Something public whose last parameter is options. */
export interface OptionUser {
  /** Name, of a method with that of its class: `Tape.gradient`. */
  readonly name: string;
  readonly kind: "function" | "constructor" | "method";
  /** Number of parameters before the options. */
  readonly before: number;
}

interface Parameter {
  readonly name?: string;
  readonly left?: Parameter;
}

interface Callable {
  readonly params?: readonly Parameter[];
  readonly name?: string;
  readonly functionDef?: Callable;
}

/** A declaration as `deno doc --json` describes it. */
interface Declaration {
  readonly kind: string;
  readonly def: Callable & {
    readonly constructors?: readonly Callable[];
    readonly methods?: readonly Callable[];
  };
}

interface Symbols {
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly Declaration[];
  }[];
}

/** Lists what takes options in each of some entries, as often as there are forms of it. */
export async function optionUsers(entries: readonly string[]): Promise<OptionUser[][]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...entries],
    cwd: ROOT,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Readonly<Record<string, Symbols>>;
  };
  return entries.map((entry) => {
    const { symbols } = nodes[new URL(entry, ROOT).href];
    return symbols.flatMap(({ name, declarations }) => declarations.flatMap((d) => users(name, d)));
  });
}

function users(name: string, { kind, def }: Declaration): OptionUser[] {
  const found = (as: OptionUser["kind"], label: string, { params = [] }: Callable) =>
    takesOptions(params.at(-1)) ? [{ name: label, kind: as, before: params.length - 1 }] : [];
  if (kind === "function") return found("function", name, def);
  if (kind !== "class" && kind !== "interface") return [];
  return [
    ...(def.constructors ?? []).flatMap((made) => found("constructor", name, made)),
    ...(def.methods ?? []).flatMap((method) =>
      found("method", `${name}.${method.name}`, method.functionDef ?? method)
    ),
  ];
}

/** Tells options by the name of the parameter, or by that of its type. */
function takesOptions(parameter: Parameter | undefined): boolean {
  if (parameter === undefined) return false;
  const name = parameter.name ?? parameter.left?.name;
  return name === "options" ||
    /"typeName":"\w*(Options|Window)"/.test(JSON.stringify(parameter));
}
