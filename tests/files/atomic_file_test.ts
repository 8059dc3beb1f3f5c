/** A file is written whole or not at all, whatever happens. */
import { assertEquals, assertRejects } from "@std/assert";
import { FileError } from "../../src/core/errors.ts";
import { writeFile } from "../../src/files/atomic_file.ts";
import { ifPossible } from "../support/permissions.ts";

const needs = { read: true, write: true } as const;

/** Runs a test in a folder of its own. */
async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

async function refuse(promise: Promise<unknown>, message: string): Promise<void> {
  const error = await assertRejects(() => promise, FileError);
  assertEquals(error.message, message);
}

Deno.test(ifPossible({
  name: "writeFile: bytes, text and pieces, at a path or a URL; a longer file is replaced",
  needs,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.bin`;
      await writeFile(path, new Uint8Array(1000).fill(1));
      await writeFile(path, Uint8Array.of(1, 2, 3));
      assertEquals([...await Deno.readFile(path)], [1, 2, 3]);
      await writeFile(new URL(`file://${path}`), "h\u00fctte");
      assertEquals(await Deno.readTextFile(path), "h\u00fctte");
      await writeFile(path, [Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)]);
      assertEquals([...await Deno.readFile(path)], [1, 2, 3]);
      const stream = new Blob([Uint8Array.of(7), Uint8Array.of(8)]).stream();
      await writeFile(path, stream);
      assertEquals([...await Deno.readFile(path)], [7, 8]);
      const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(5);
      await writeFile(path, shared.subarray(1));
      assertEquals([...await Deno.readFile(path)], [5, 5, 5]);
      assertEquals(await names(folder), ["x.bin"]);
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: until the end the old file is there, and after a failure it stays",
  needs,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.txt`;
      await writeFile(path, "old");
      async function* pieces(): AsyncGenerator<Uint8Array> {
        yield Uint8Array.of(1, 2);
        assertEquals(await Deno.readTextFile(path), "old");
        assertEquals((await names(folder)).length, 2);
        throw new RangeError("the third piece could not be made");
      }
      const error = await assertRejects(() => writeFile(path, pieces()), RangeError);
      assertEquals(error.message, "the third piece could not be made");
      assertEquals(await Deno.readTextFile(path), "old");
      assertEquals(await names(folder), ["x.txt"]);

      const wrong = ["text"] as unknown as Uint8Array[];
      const kind = await assertRejects(() => writeFile(path, wrong), TypeError);
      assertEquals(
        kind.message,
        `Cannot write ${path}: content must be made of bytes: got string`,
      );
      assertEquals(await names(folder), ["x.txt"]);
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: several writers at once leave one whole file",
  needs,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.bin`;
      await Promise.all(
        Array.from({ length: 8 }, (_, i) => writeFile(path, new Uint8Array(50_000).fill(i))),
      );
      const bytes = await Deno.readFile(path);
      assertEquals(bytes.length, 50_000);
      assertEquals(new Set(bytes).size, 1);
      assertEquals(await names(folder), ["x.bin"]);
    }),
}));

/** Writes files of one byte repeated, another one each time, until it is killed. */
const WRITER = `
import { writeFile } from ${JSON.stringify(import.meta.resolve("../../src/files/atomic_file.ts"))};
function* pieces(byte) {
  for (let i = 0; i < 64; i++) yield new Uint8Array(65_536).fill(byte);
}
for (let i = 0;; i++) {
  await writeFile(Deno.args[0], pieces(i % 256));
  if (i === 0) console.log("begun");
}
`;

Deno.test(ifPossible({
  name: "writeFile: a process that is killed while it writes leaves a whole file",
  needs: { ...needs, run: true },
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.bin`;
      const script = `${folder}/writer.ts`;
      await Deno.writeTextFile(script, WRITER);
      for (let round = 0; round < 8; round++) {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-check", "--no-config", "-R", "-W", script, path],
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const reader = child.stdout.getReader();
        await reader.read(); // the first file is there
        await new Promise((resolve) => setTimeout(resolve, 3 + 7 * round));
        child.kill("SIGKILL");
        await child.status;
        await reader.cancel();
        const bytes = await Deno.readFile(path);
        assertEquals([bytes.length, bytes.every((byte) => byte === bytes[0])], [4_194_304, true]);
      }
      const left = (await names(folder)).filter((name) => !/^(x\.bin|writer\.ts)$/.test(name));
      assertEquals(left.filter((name) => !/^x\.bin\.[0-9a-f]{16}\.part$/.test(name)), []);
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: keeps the mode and follows a link",
  needs,
  skip: Deno.build.os === "windows" ? "Windows has no modes" : undefined,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.txt`;
      await Deno.writeTextFile(path, "old", { mode: 0o600 });
      await Deno.symlink(path, `${folder}/link`);
      await writeFile(`${folder}/link`, "new");
      assertEquals(await Deno.readTextFile(path), "new");
      assertEquals((await Deno.lstat(`${folder}/link`)).isSymlink, true);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: nobody may read the new file who may not read the old one, from its first byte",
  needs,
  skip: Deno.build.os === "windows" ? "Windows has no modes" : undefined,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.txt`;
      for (const mode of [0o600, 0o666, 0o440]) {
        await Deno.writeTextFile(path, "old");
        await Deno.chmod(path, mode);
        const during = async function* () {
          const part = (await names(folder)).find((name) => name.endsWith(".part"));
          assertEquals((await Deno.stat(`${folder}/${part}`)).mode! & 0o777, mode);
          yield Uint8Array.of(1);
        };
        await writeFile(path, during());
        assertEquals((await Deno.stat(path)).mode! & 0o777, mode);
        await Deno.remove(path);
      }
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: a link that is put in the place of the new file changes no other file's mode",
  needs,
  skip: Deno.build.os === "windows" ? "links between files need a privilege there" : undefined,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/x.txt`;
      const victim = `${folder}/victim`;
      await Deno.writeTextFile(path, "old");
      await Deno.chmod(path, 0o666);
      await Deno.writeTextFile(victim, "secret", { mode: 0o600 });
      const swap = async function* () {
        const part = (await names(folder)).find((name) => name.endsWith(".part"))!;
        await Deno.remove(`${folder}/${part}`);
        await Deno.symlink(victim, `${folder}/${part}`);
        yield Uint8Array.of(1);
      };
      await writeFile(path, swap());
      assertEquals((await Deno.stat(victim)).mode! & 0o777, 0o600);
      assertEquals(await Deno.readTextFile(victim), "secret");
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: a link to a file that is not there stays a link, and the file is made",
  needs,
  skip: Deno.build.os === "windows" ? "links between files need a privilege there" : undefined,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/inner`);
      await Deno.symlink("inner/second", `${folder}/first`);
      await Deno.symlink("../x.txt", `${folder}/inner/second`);
      await writeFile(`${folder}/first`, "new");
      assertEquals(await names(folder), ["first", "inner", "x.txt"]);
      assertEquals((await Deno.lstat(`${folder}/first`)).isSymlink, true);
      assertEquals(await Deno.readTextFile(`${folder}/x.txt`), "new");
      await Deno.symlink("circle", `${folder}/circle`);
      const error = await assertRejects(() => writeFile(`${folder}/circle`, "x"), FileError);
      assertEquals(error.message.startsWith(`Cannot write ${folder}/circle: `), true);
      assertEquals((await Deno.lstat(`${folder}/circle`)).isSymlink, true);
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: names as long as file systems take them, of letters of one to four bytes",
  needs,
  fn: () =>
    inFolder(async (folder) => {
      const long = [
        "x".repeat(255),
        "\u00fc".repeat(127),
        "\u20ac".repeat(85),
        "\u{1f600}".repeat(63),
      ];
      for (const name of long) {
        await writeFile(`${folder}/${name}`, "new");
        await writeFile(`${folder}/${name}`, "newer");
        assertEquals(await names(folder), [name]);
        await Deno.remove(`${folder}/${name}`);
      }
    }),
}));

Deno.test(ifPossible({
  name: "writeFile: says what is in the way",
  needs,
  fn: () =>
    inFolder(async (folder) => {
      await refuse(
        writeFile(folder, "x"),
        `Cannot write ${folder}: it must be a file, or not exist: it is a folder`,
      );
      await refuse(
        writeFile(`${folder}/none/x`, "x"),
        `Cannot write ${folder}/none/x: it must exist: there is no such file or folder`,
      );
      if (Deno.build.os !== "windows") {
        await refuse(
          writeFile("/dev/null", "x"),
          "Cannot write /dev/null: it must be a file, or not exist: " +
            "it is a device, a pipe or a socket",
        );
      }
      assertEquals(await names(folder), []);
    }),
}));

Deno.test({
  name: "writeFile: without permission nothing is written, and the error says which is missing",
  permissions: { read: false, write: false },
  async fn() {
    await refuse(
      writeFile("x.bin", "x"),
      'Cannot write x.bin: permission must be granted: Requires read access to "x.bin", ' +
        "run again with the --allow-read flag",
    );
  },
});

Deno.test("writeFile: a browser has no file system", async () => {
  const { process } = globalThis as { process?: unknown };
  Object.defineProperty(globalThis, "process", { value: undefined, configurable: true });
  try {
    await refuse(
      writeFile("x.bin", "x"),
      "Cannot write x.bin: there must be a file system: a browser has none",
    );
  } finally {
    Object.defineProperty(globalThis, "process", {
      value: process,
      configurable: true,
      writable: true,
    });
  }
});
