// The sign classifier as a user runs it: a process with its own permissions, its output and its
// exit code; and on real photos where they are at hand.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readNpy } from "@tapegrad/tapegrad/data";
import { ifPossible } from "../support/permissions.ts";
import { dataReason, runPermitted } from "./run_example.ts";

/** Real photos; not part of the project. */
const PHOTOS = "../shared/data/signs";

const signs = (flags: readonly string[], args: readonly string[]) =>
  runPermitted(flags, "signs.ts", ...args);

const NEEDS = { run: true, read: true } as const;

const OPTIONS = "data model epochs batch lr seed backend out serve host".split(" ");

Deno.test(ifPossible({
  name: "signs: trains on drawn hands without any permission",
  needs: NEEDS,
  async fn() {
    const { code, stdout, stderr } = await signs([], ["--epochs", "2"]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(stdout, "1080 images to train on, 120 to test, 64 × 64 × 3, 6 classes");
    assertMatch(stdout, /epoch 1\/2 {2}loss \d\.\d{4} {2}accuracy 0\.\d{3} {2}[\d,]+ images\/s\n/);
    assertMatch(stdout, /train accuracy 0\.\d{3}\ntest accuracy {2}0\.\d{3}\n/);
    assertMatch(stdout, /true \\ predicted +0 +1 +2 +3 +4 +5 +recall\n/);
    assert(!stdout.includes("\r"), "a pipe gets plain lines");
  },
}));

Deno.test(ifPossible({
  name: "signs: the same seed gives the same numbers",
  effort: "full",
  needs: NEEDS,
  async fn() {
    const losses = async (seed: string) => {
      const { stdout } = await signs([], ["--epochs", "1", "--batch", "270", "--seed", seed]);
      return stdout.match(/loss \d\.\d{4}/)?.[0];
    };
    const [first, again, other] = [await losses("3"), await losses("3"), await losses("4")];
    assertEquals(first, again);
    assert(first !== other);
  },
}));

Deno.test(ifPossible({
  name: "signs: --help lists every option",
  needs: NEEDS,
  async fn() {
    const { code, stdout } = await signs([], ["--help"]);
    assertEquals(code, 0);
    for (
      const flag of [...OPTIONS, "help"]
    ) {
      assertStringIncludes(stdout, `  --${flag} `);
    }
  },
}));

/** Mistakes of users, and the one line that describes each. */
const MISTAKES: readonly [title: string, flags: string[], args: string[], message: string][] = [
  [
    "an option that does not exist",
    [],
    ["--epoch", "3"],
    "Cannot read the command line: Unknown option '--epoch'; --help lists the options\n",
  ],
  [
    "a number that is none",
    [],
    ["--epochs", "many"],
    "Cannot use --epochs: it must be an integer of at least 1: got many\n",
  ],
  [
    "a backend that does not exist",
    [],
    ["--backend", "abacus"],
    "Cannot use --backend: it must be one of wasm, reference, native, webgpu: got abacus\n",
  ],
  [
    "a model that does not exist",
    [],
    ["--model", "huge"],
    "Cannot use --model: it must be one of small, deep: got huge\n",
  ],
  [
    "data without permission to read",
    [],
    ["--data", "photos"],
    "Cannot read photos/x_train.npy: permission is missing: run  " +
    "deno run -R examples/signs.ts --data photos\n",
  ],
  [
    "data that is not there",
    ["-R"],
    ["--data", "no/such/place"],
    "Cannot load data: no/such/place must be a folder with x_train.npy y_train.npy x_test.npy " +
    "y_test.npy or with train_signs.h5 test_signs.h5: neither x_train.npy nor train_signs.h5 " +
    "is there\n",
  ],
  [
    "a live report without permission for the network",
    [],
    ["--serve", "--epochs", "1"],
    "Cannot serve on port 8000: permission is missing: run  " +
    "deno run -N examples/signs.ts --serve --epochs 1\n",
  ],
  [
    "a port that is none",
    [],
    ["--serve", "70000"],
    "Cannot use --serve: it must be a port, 0 to 65535: got 70000\n",
  ],
  [
    "results without permission to write",
    [],
    ["--out", "results"],
    "Cannot write results: permission is missing: run  " +
    "deno run -W examples/signs.ts --out results\n",
  ],
];

for (const [title, flags, args, message] of MISTAKES) {
  Deno.test(ifPossible({
    name: `signs: ${title} is said in one line`,
    needs: NEEDS,
    async fn() {
      const { code, stderr } = await signs(flags, args);
      assertEquals({ code, stderr }, { code: 1, stderr: message });
    },
  }));
}

Deno.test(ifPossible({
  name: "signs: wrong shapes and damaged files are said in one line",
  needs: { ...NEEDS, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["x_train", "y_train", "x_test", "y_test"]) {
        await Deno.writeFile(`${folder}/${name}.npy`, new TextEncoder().encode("no array"));
      }
      const { code, stderr } = await signs(["-R"], ["--data", folder]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot read ${folder}/x_train.npy: `);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

Deno.test(ifPossible({
  name: "signs: --out leaves weights, history, graph and pictures, and nothing half-written",
  effort: "full",
  needs: { ...NEEDS, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const { code } = await signs(["-W"], ["--epochs", "1", "--out", folder]);
      assertEquals(code, 0);
      const files = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
      assertEquals(files, [
        "conv1.w.npy",
        "conv2.w.npy",
        "dense.bias.npy",
        "dense.w.npy",
        "graph.mmd",
        "report.html",
        "report.json",
        "test_images.png",
      ]);
      const w = await readNpy(`${folder}/conv1.w.npy`);
      assertEquals(w.shape, [4, 4, 3, 8]);
      const report = JSON.parse(await Deno.readTextFile(`${folder}/report.json`));
      assertEquals(report.history.length, 1);
      const page = await Deno.readTextFile(`${folder}/report.html`);
      assert(page.length < 1_500_000, `report.html has ${page.length} bytes`);
      for (const title of ["Worst mistakes", "Grad-CAM", "Saliency", "The graph of a step"]) {
        assertStringIncludes(page, title);
      }
      assertStringIncludes(page, `deno run -W examples/signs.ts --epochs 1 --out ${folder}`);
      assert(!/(src|href)="(?!#|data:)|<script/.test(page));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

for (const form of ["", "/x_train.npy", "/train_signs.h5"]) {
  Deno.test(ifPossible({
    name: `signs: learns real photos (${form || "a folder"})`,
    needs: NEEDS,
    skip: dataReason(PHOTOS),
    async fn() {
      const { code, stdout } = await signs(["-R"], ["--data", PHOTOS + form, "--epochs", "12"]);
      assertEquals(code, 0);
      const test = Number(stdout.match(/test accuracy +([\d.]+)/)?.[1]);
      assert(test > 0.7, `test accuracy after 12 epochs is ${test}`);
    },
  }));
}

Deno.test(ifPossible({
  name: "signs: the deep model learns real photos in few epochs",
  needs: NEEDS,
  skip: dataReason(PHOTOS),
  async fn() {
    const args = ["--data", PHOTOS, "--model", "deep", "--epochs", "3"];
    const { code, stdout } = await signs(["-R"], args);
    assertEquals(code, 0);
    const test = Number(stdout.match(/test accuracy +([\d.]+)/)?.[1]);
    assert(test > 0.75, `test accuracy after 3 epochs is ${test}`);
  },
}));
