// Libraries that say they are another version, or whose structures have other sizes, are refused
// before anything is computed. They are made here, by a C compiler.

import { assertThrows } from "@std/assert";
import { nativeBackend } from "../../../src/backends/native/mod.ts";
import { ifPossible } from "../../support/permissions.ts";

const NEEDS = { ffi: true, run: true, read: true, write: true, env: true } as const;

/** Functions that answer "success" and do nothing. */
const IDLE = [
  ..."engine_create stream_create stream_wait memory_create memory_destroy".split(" "),
  ..."memory_set_data_handle memory_desc_equal memory_desc_get_size".split(" "),
  ..."primitive_desc_query primitive_desc_query_md primitive_desc_destroy".split(" "),
  ..."primitive_create primitive_destroy primitive_execute".split(" "),
  ..."reorder_primitive_desc_create primitive_attr_create primitive_attr_destroy".split(" "),
  ..."primitive_attr_set_post_ops post_ops_create post_ops_destroy".split(" "),
  ..."memory_desc_init_by_tag dilated_convolution_forward_desc_init".split(" "),
  ..."dilated_convolution_backward_data_desc_init".split(" "),
  ..."dilated_convolution_backward_weights_desc_init matmul_desc_init".split(" "),
  ..."primitive_desc_create post_ops_append_eltwise".split(" "),
];

/** Source of a library of a version, which fills so many bytes of the description of an array. */
function source(version: readonly number[], arrayBytes: number): string {
  const idle = IDLE.map((name) => `int dnnl_${name}(void) { return 0; }`).join("\n");
  return `#include <string.h>
static const int version[8] = { ${version} };
const int *dnnl_version(void) { return version; }
int dnnl_memory_desc_init_by_strides(char *to) { memset(to, 0, ${arrayBytes}); return 0; }
${idle}
`;
}

async function hasCompiler(): Promise<boolean> {
  try {
    return (await new Deno.Command("gcc", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

async function reasonToSkip(): Promise<string | undefined> {
  if ((await Deno.permissions.query({ name: "run" })).state !== "granted") return undefined;
  if (Deno.build.os !== "linux") return "libraries are made otherwise on this system";
  return nativeBackend.reasonAgainst() ?? (await hasCompiler() ? undefined : "no gcc");
}

const CASES: readonly [what: string, version: number[], bytes: number, message: string][] = [
  ["of version 1", [1, 8, 1], 696, "oneDNN must be of version 2 or 3: "],
  ["of version 4", [4, 0, 0], 696, " is 4.0.0"],
  ["with larger descriptions", [2, 9, 9], 704, "have not: dnnl_memory_desc_t"],
  ["with smaller descriptions", [2, 0, 0], 640, "have not: dnnl_memory_desc_t"],
  ["whose convolutions do nothing", [2, 7, 0], 696, "have not: dnnl_convolution_desc_t"],
];

for (const [what, version, bytes, message] of CASES) {
  Deno.test(ifPossible({
    name: `oneDNN: a library ${what} is refused`,
    needs: NEEDS,
    skip: await reasonToSkip(),
    sanitizeResources: false, // libraries stay loaded until the program ends
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await Deno.writeTextFile(`${folder}/fake.c`, source(version, bytes));
        const args = ["-shared", "-fPIC", "-w", "-o", `${folder}/fake.so`, `${folder}/fake.c`];
        const { success } = await new Deno.Command("gcc", { args }).output();
        if (!success) throw new Error("gcc cannot compile the library");
        const make = () =>
          nativeBackend({ libraries: { onednn: `${folder}/fake.so`, blas: false } });
        assertThrows(make, TypeError, message);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  }));
}
