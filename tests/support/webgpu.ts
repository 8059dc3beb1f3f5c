// The graphics device of this machine, which may be a program: llvmpipe or SwiftShader.

import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";

quietDrivers();

/** Names a place for the sockets of windows, which drivers look for and miss aloud. */
function quietDrivers(): void {
  const [name, descriptor] = ["XDG_RUNTIME_DIR", { name: "env" } as const];
  if (Deno.permissions.querySync(descriptor).state !== "granted") return;
  if (Deno.env.get(name) === undefined) Deno.env.set(name, "/tmp");
}

/** Reason to skip what wants an adapter; undefined where there is one. */
export const NO_ADAPTER: string | undefined = await webgpuBackend.isAvailable()
  ? undefined
  : "no WebGPU adapter; on Debian mesa-vulkan-drivers has one";

/** Makes a test that is skipped, with the reason in its name, where there is no adapter. */
export function webgpuTest(name: string, fn: () => void | Promise<void>): Deno.TestDefinition {
  if (NO_ADAPTER === undefined) return { name, fn };
  return { name: `${name} (skipped: ${NO_ADAPTER})`, ignore: true, fn };
}

/** Drivers that are programs, by the names that their adapters have, and where Debian puts them. */
export const DRIVERS: readonly { readonly name: string; readonly paths: readonly string[] }[] = [
  {
    name: "llvmpipe",
    paths: ["x86_64", "aarch64"].map((cpu) => `/usr/share/vulkan/icd.d/lvp_icd.${cpu}.json`),
  },
  { name: "SwiftShader", paths: ["/usr/lib/chromium/vk_swiftshader_icd.json"] },
];
