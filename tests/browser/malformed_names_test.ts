// Names from files in a real browser, in pages without a policy that would forbid scripts: nothing
// runs, and every element is one of the library's.

import { assertEquals } from "@std/assert";
import { mul, sum, Tape, tensor, zeros } from "@tapegrad/tapegrad";
import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
import {
  confusion,
  curves,
  featureMaps,
  graph,
  histogram,
  imageGrid,
  LiveReport,
  type Picture,
  profile,
  report,
  sideBySide,
} from "@tapegrad/tapegrad/plot";
import { type EpochReport, TrainingHistory } from "@tapegrad/tapegrad/train";
import { scaled, SEED } from "../support/effort.ts";
import { malformedNames } from "../support/malformed_names.ts";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, NO_BROWSER, withChromium } from "./chromium.ts";

const NAMES = scaled(2000);
/** Names on a page. */
const TOGETHER = 100;

/** The function that pieces of the names call. */
const HIT = "<script>globalThis.hits = 0; globalThis.hit = () => void globalThis.hits++;</script>";

type Shown = Record<symbol, () => Record<string, string>>;
const htmlOf = (value: unknown) => (value as Shown)[Symbol.for("Jupyter.display")]()["text/html"];
const named = <Value>(name: string, value: Value) => Object.fromEntries([[name, value]]);
const picture = (shape: number[]) => ({
  shape,
  dtype: "float32" as const,
  data: new Float32Array(shape.reduce((a, b) => a * b)),
});

function tapeOf(name: string): Tape {
  const tape = new Tape();
  const params = tape.watch(named(name, zeros([2])));
  sum(mul(params[name], tensor([1, 2])));
  return tape;
}

/** Draws pictures with names wherever a name goes. */
function picturesOf(name: string, other: string): Picture[] {
  using tape = tapeOf(name);
  const options = { title: name };
  const row = { calls: 1, milliseconds: 1, backwardMilliseconds: 0, flops: 0, bytes: 8 };
  return [
    confusion([[1, 2], [3, 4]], [name, other], options),
    curves(named(name, [3, 1, 2]), { ...options, xLabel: other, yLabel: name }),
    histogram(named(name, [1, 2, 3]), options),
    featureMaps(named(name, picture([1, 2, 2, 1])), options),
    sideBySide({ ...named(name, picture([1, 2, 2, 1])), b: picture([1, 2, 2, 1]) }, options),
    imageGrid(picture([2, 2, 2, 1]), { labels: [0, 1], classes: [name, other], ...options }),
    graph(tape, options),
    profile([{ op: name, ...row, fallbacks: 0 }], options),
  ];
}

function liveOf(name: string): LiveReport {
  const live = new LiveReport({ title: name, about: name, unit: name });
  const scores = { loss: 1, metrics: named(name, 0.5) };
  const end = { epoch: 1, ...scores, validation: undefined, steps: 1, examples: 1, seconds: 1 };
  const training = {
    ...{ size: 1, params: {}, optimizer: { state() {} } },
    ...{ epochs: 2, seed: 0, history: [end] },
  };
  live.callback.start!(training);
  live.callback.step!(
    { epoch: 1, step: 1, examples: 1, loss: 1, soFar: () => ({ ...scores, examples: 1 }) },
    training,
  );
  return live;
}

/** Writes what a notebook gets of things with a name. */
function notebookOf(name: string): string {
  const epoch: EpochReport = {
    ...{ epoch: 1, loss: 1, metrics: named(name, 0.5), validation: undefined },
    ...{ steps: 1, examples: 1, seconds: 1 },
  };
  return htmlOf(Sequential(named(name, Dense({ units: 1 })))) +
    htmlOf(new TrainingHistory([epoch]));
}

/** Makes a page of all names, and lists the pictures that are on it. */
async function pageOf(names: readonly string[]): Promise<{ html: string; svgs: string[] }> {
  const drawn = names.map((name, i) => picturesOf(name, names[(i + 1) % names.length]));
  const html = report({
    title: names[0],
    about: names[1],
    language: names.find((name) => name.includes('"')),
    sections: names.map((name, i) => ({
      title: name,
      content: [
        name,
        { pictures: drawn[i].map((picture) => ({ picture, caption: name })) },
        { table: [[name, 1]], head: [name, name], caption: name },
        { facts: named(name, name) },
        { tiles: named(name, name) },
        { code: name },
      ],
    })),
  });
  const live = liveOf(names[0]);
  const page = await live.fetch(new Request("http://localhost/")).text();
  const bodies = [page, live.html()].map((html) => html.slice(html.indexOf("<body>")));
  const all = [html, ...bodies, ...names.map(notebookOf)].join("\n");
  live.close();
  const open = all.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
  return {
    html: open.replace("<head>", `<head>${HIT}`),
    svgs: drawn.flat().map((picture) => picture.svg()),
  };
}

/** Source of a function of the page that lists the damage which names have done to it. */
const FINDINGS = `(svgs) => {
  const strange = "script,iframe,object,embed,foreignObject,form,input,base,link,style";
  const findings = [];
  const look = (root, where) => {
    for (const element of root.querySelectorAll("*")) {
      const isOdd = element.matches(strange) && !["HEAD", "HTML"].includes(element.parentNode.nodeName);
      if (isOdd) findings.push(where + " has " + element.outerHTML.slice(0, 80));
      for (const { name, value } of element.attributes) {
        const isAddress = /^(href|src|action|formaction|data|poster)$/.test(name.split(":").pop());
        const runs = name.startsWith("on") || (isAddress && /^\\s*javascript:/i.test(value));
        if (runs) findings.push(where + " has " + name + "=" + value);
      }
    }
  };
  look(document, "the page");
  svgs.forEach((svg) => {
    const picture = new DOMParser().parseFromString(svg, "image/svg+xml");
    if (picture.querySelector("parsererror")) findings.push("no XML: " + svg.slice(0, 200));
    look(picture, "a picture");
  });
  return { findings, hits: globalThis.hits };
}`;

Deno.test(ifPossible({
  name: "browser: no name runs in reports, pictures, live reports and notebooks",
  effort: "full",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  fn: async () => {
    const names = malformedNames(NAMES, SEED);
    let shown = "";
    const serve = () => new Response(shown, { headers: { "content-type": "text/html" } });
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serve);
    try {
      await withChromium(async (chrome) => {
        const page = await chrome.newPage();
        for (let at = 0; at < NAMES; at += TOGETHER) {
          const { html, svgs } = await pageOf(names.slice(at, at + TOGETHER));
          shown = html;
          await page.goto(`http://127.0.0.1:${server.addr.port}/`);
          const found = await page.evaluate(`(${FINDINGS})(${JSON.stringify(svgs)})`);
          assertEquals(found, { findings: [], hits: 0 });
        }
      });
    } finally {
      await server.shutdown();
    }
  },
}));
