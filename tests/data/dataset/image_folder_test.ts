// Folders of images: classes are folders, or words of a table; what cannot be read is an error, or is
// left out and listed.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  FileError,
  imageFolder,
  type ImageFolderOptions,
  readImage,
} from "../../../src/data/mod.ts";
import { assertExactRejection } from "../../support/exact_error.ts";
import { png } from "../../support/image_files.ts";
import { ifPossible } from "../../support/permissions.ts";

/** Writes files into folders; numbers are seeds of images. */
async function write(folder: string, files: Readonly<Record<string, number | string>>) {
  for (const [path, content] of Object.entries(files)) {
    const full = `${folder}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(full, content);
    else await Deno.writeFile(full, await png(content));
  }
}

/** Tests with a folder of some files. */
function folderTest(
  name: string,
  files: Readonly<Record<string, number | string>>,
  fn: (folder: string) => Promise<void>,
): void {
  Deno.test(ifPossible({
    name: `image folder: ${name}`,
    needs: { read: true, write: true },
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await write(folder, files);
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  }));
}

/** Asserts that a folder gives the images of these seeds, with these labels. */
async function assertGives(
  folder: string,
  options: ImageFolderOptions,
  seeds: readonly number[],
  labels: readonly number[],
) {
  const { dataset, classes, counts, skipped } = await imageFolder(folder, options);
  const { x, y } = await dataset.arrays();
  assertEquals([...y.data], labels);
  assertEquals(counts, classes.map((_, i) => labels.filter((label) => label === i).length));
  for (const [i, seed] of seeds.entries()) {
    const expected = (await readImage(await png(seed))).dataSync();
    assertEquals(x.data.subarray(36 * i, 36 * i + 36), expected as Uint8Array);
  }
  return { classes, skipped };
}

folderTest(
  "classes are folders in the order of their names, images by their endings, hidden and other files not",
  {
    "dog/b.PNG": 1,
    "dog/a.png": 2,
    "dog/inner/c.WebP": 3,
    "Cat/x.gif": 4,
    ".hidden/x.png": 5,
    "dog/.x.png": 6,
    "top.png": 7,
    "dog/notes.txt": "no image",
  },
  async (folder) => {
    for (const workers of [0, 1]) {
      const { classes } = await assertGives(folder, { workers }, [4, 2, 1, 3], [0, 1, 1, 1]);
      assertEquals(classes, ["Cat", "dog"]);
    }
    await assertExactRejection(
      () => imageFolder(`${folder}/Cat`),
      RangeError,
      "Cannot make dataset: the folder must hold folders with .png, .jpg, .gif, .bmp or .webp " +
        `files: there are none in the 0 folders of ${folder}/Cat`,
    );
    const missing = await imageFolder(`${folder}/none`).catch((error) => error);
    assert(missing instanceof FileError);
  },
);

folderTest(
  "classes without an image are named, unless classes are given",
  { "b/1.png": 1, "a/notes.txt": "no image", "c/notes.txt": "no image" },
  async (folder) => {
    await assertExactRejection(
      () => imageFolder(folder),
      RangeError,
      "Cannot make dataset: each class must have an image that can be read, or classes must be " +
        "given: there is none in a, c",
    );
    const classes = ["c", "b", "a", "z"];
    assertEquals((await assertGives(folder, { classes }, [1], [1])).classes, classes);
    await assertExactRejection(
      () => imageFolder(folder, { classes: ["a", "b"] }),
      RangeError,
      "Cannot make dataset: classes must have all that there are: got a, b, there are also c",
    );
  },
);

const BROKEN = "an image must be PNG, JPEG, GIF, BMP or WebP, by its first bytes: " +
  "found 62 72 6f 6b 65 6e";

folderTest(
  "files that cannot be read are an error of their batch, or skipped and listed",
  { "a/1.png": 1, "a/2.png": "broken", "a/3.png": 3, "b/4.jpg": "broken", "b/5.png": 5 },
  async (folder) => {
    const { dataset, counts } = await imageFolder(folder);
    assertEquals(counts, [3, 2]);
    const error = `Cannot read ${folder}/a/2.png: ${BROKEN}`;
    await assertExactRejection(() => dataset.arrays(), SyntaxError, error);
    for (const workers of [0, 2]) {
      const options = { onError: "skip", workers } as const;
      const { skipped } = await assertGives(folder, options, [1, 3, 5], [0, 0, 1]);
      assertEquals(skipped.map(({ file, error }) => [file, error.name]), [
        [`${folder}/a/2.png`, "SyntaxError"],
        [`${folder}/b/4.jpg`, "SyntaxError"],
      ]);
      assertEquals(skipped[0].error.message, error);
    }
    await Deno.remove(`${folder}/b/5.png`);
    await assertExactRejection(
      () => imageFolder(folder, { onError: "skip" }),
      RangeError,
      "Cannot make dataset: each class must have an image that can be read, or classes must be " +
        `given: there is none in b: Cannot read ${folder}/b/4.jpg: ${BROKEN}`,
    );
    await Deno.remove(`${folder}/a`, { recursive: true });
    const message = "Cannot make dataset: there must be an image that can be read in " +
      `${folder}: there is none of 1: Cannot read ${folder}/b/4.jpg: ${BROKEN}`;
    const all = () => imageFolder(folder, { onError: "skip" });
    await assertExactRejection(all, RangeError, message);
    await assertExactRejection(
      () => imageFolder(folder, { onError: "ignore" as never }),
      RangeError,
      'Cannot make dataset: onError must be "throw" or "skip": got "ignore"',
    );
  },
);

folderTest(
  "labels of a table, by paths with or without endings",
  {
    "x/1.png": 1,
    "x/2.png": 2,
    "y/3.png": 3,
    "4.png": 4,
    "plain.csv": "file,label\r\nx/1.png,10\r\n./4.png,9\r\ny\\3.png,10\r\n\r\n",
    "named.csv": 'split;kind;id\ntest;"a;b";x/2\ntrain; dog ;4\n',
    "missing.csv": "file\tlabel\n4\tdog\n../4.png\tcat\n/etc/passwd\tdog\n",
    "short.csv": "file,label\n4\n",
    "empty.csv": "",
  },
  async (folder) => {
    const labels = (name: string) => `${folder}/${name}.csv`;
    const plain = await assertGives(folder, { labels: labels("plain") }, [1, 4, 3], [1, 0, 1]);
    assertEquals(plain.classes, ["9", "10"]); // by value: as texts the other way round
    const labelColumns = ["id", "kind"] as const;
    const named = { labels: labels("named"), labelColumns };
    assertEquals((await assertGives(folder, named, [2, 4], [0, 1])).classes, ["a;b", "dog"]);

    const missing = `Cannot read ${labels("missing")}: line 3: there must be such an image in ` +
      `${folder}: got ../4.png`;
    const open = (name: string, more: ImageFolderOptions = {}) => () =>
      imageFolder(folder, { labels: labels(name), ...more });
    await assertExactRejection(open("missing"), RangeError, missing);
    const skip = { onError: "skip", classes: ["cat", "dog"] } as const;
    const { skipped, counts } = await open("missing", skip)();
    assertEquals([skipped.map(({ error }) => error.message.split(" got ")[1]), counts], [
      ["../4.png", "/etc/passwd"],
      [0, 1],
    ]);
    const column = { labelColumns: ["file", "kind"] } as const;
    await assertExactRejection(
      open("plain", column),
      RangeError,
      `Cannot read ${labels("plain")}: there must be a column kind: columns are file, label`,
    );
    await assertExactRejection(
      open("short"),
      SyntaxError,
      `Cannot read ${labels("short")}: line 2: there must be a file and a label: found 1 cells`,
    );
    await assertExactRejection(
      open("empty"),
      SyntaxError,
      `Cannot read ${labels("empty")}: labels must have a line of names first: it is empty`,
    );
    const damaged = await imageFolder(folder, { labels: Uint8Array.of(0xff) }).catch((e) => e);
    assertMatch(damaged.message, /the text must be UTF-8$/);
  },
);
