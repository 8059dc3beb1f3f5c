// The MNIST example as a user runs it: on the digits that it draws, and on real ones where they are.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";
import { dataReason, runExample, runPermitted } from "./run_example.ts";

/** A part of MNIST; not part of the project. */
const MNIST = "../shared/data/mnist";
const NEEDS = { run: true, read: true } as const;

const accuracyIn = (text: string) => Number(text.match(/test accuracy ([\d.]+)/)?.[1]);

Deno.test(ifPossible({
  name: "mnist example: learns drawn digits without any permission",
  effort: "full",
  needs: NEEDS,
  async fn() {
    const { code, stdout, stderr } = await runExample("mnist.ts", "--epochs", "1");
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "4000 images to train on, 1000 to test");
    assertStringIncludes(stdout, "Total params: 93,322"); // 55,744 before the dense layers
    const test = accuracyIn(stdout);
    assert(test > 0.9, `test accuracy after an epoch is ${test}`);
  },
}));

Deno.test(ifPossible({
  name: "mnist example: --out leaves weights and a report",
  effort: "full",
  needs: { ...NEEDS, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const args = ["--epochs", "1", "--batch", "200", "--out", folder];
      const { code, stdout } = await runPermitted(["-W"], "mnist.ts", ...args);
      assertEquals(code, 0);
      assertStringIncludes(stdout, `wrote weights.safetensors, report.html to ${folder}`);
      const page = await Deno.readTextFile(`${folder}/report.html`);
      for (const title of ["Worst mistakes", "Grad-CAM", "The graph of a step"]) {
        assertStringIncludes(page, title);
      }
      assert(page.length < 1_500_000 && !page.includes("<script"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

Deno.test(ifPossible({
  name: "mnist example: learns real digits, augmented",
  needs: NEEDS,
  skip: dataReason(MNIST),
  async fn() {
    const args = ["--data", MNIST, "--augment", "--epochs", "1"];
    const { code, stdout } = await runPermitted(["-R"], "mnist.ts", ...args);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "10000 images to train on, 10000 to test");
    const test = accuracyIn(stdout);
    assert(test > 0.93, `test accuracy after an epoch is ${test}`);
  },
}));

Deno.test(ifPossible({
  name: "mnist example: explains itself, and says in one line what is wrong",
  needs: NEEDS,
  async fn() {
    const { stdout } = await runExample("mnist.ts", "--help");
    for (const flag of "data augment epochs batch lr seed out serve host help".split(" ")) {
      assertStringIncludes(stdout, `  --${flag} `);
    }
    const wrong = await runExample("mnist.ts", "--data", "digits");
    assertEquals([wrong.code, wrong.stderr], [
      1,
      "Cannot read digits: permission is missing: run  " +
      "deno run -R examples/mnist.ts --data digits\n",
    ]);
  },
}));
