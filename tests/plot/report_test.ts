// Reports as pages: their structure, that all text is escaped and nothing is asked of the network.

import { type Block, confusion, curves, report, type Section } from "@tapegrad/tapegrad/plot";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";

const EVIL = `<b onclick="x">'&`;
const picture = curves({ [EVIL]: [3, 2, 1] }, { title: EVIL, theme: "auto" });
const blocks: Block[] = [
  EVIL,
  picture,
  { picture, caption: EVIL },
  { pictures: [picture, { picture }] },
  { table: [[EVIL, 1234.56789], ["b", 2]], head: [EVIL, "count"], caption: EVIL },
  { table: [] },
  { facts: { [EVIL]: EVIL, seed: 3 } },
  { tiles: { accuracy: 0.95 } },
  { code: EVIL },
];

Deno.test("report: all text is escaped", () => {
  const sections = [{ title: EVIL, content: blocks }, { title: EVIL, content: [] }];
  const page = report({ title: EVIL, about: EVIL, sections, language: EVIL });
  assert(!page.includes("<b "));
  assertEquals(page.match(/<main>/g)?.length, 1);
  assertStringIncludes(page, '<td class="number">1,234.5679</td>');
  assertStringIncludes(page, '<th scope="col" class="number">count</th>');
});

Deno.test("report: columns of numbers stand to the right, texts that are numbers too", () => {
  const table = [["1", "3.2 s", "-1,234.5", "95 %", "4 of 5", "a", 7], ["2", "0.1 ms"]];
  const head = ["n", "time", "x", "share", "found", "name", "count"];
  const page = report({ title: "T", sections: [{ title: "S", content: [{ table, head }] }] });
  const classes = Array.from(page.matchAll(/<th scope="col"( class="number")?>/g), ([, c]) => !!c);
  assertEquals(classes, [true, true, true, true, false, false, true]);
  assertStringIncludes(page, '<td class="number">3.2 s</td>');
  assertStringIncludes(page, "<td>4 of 5</td>");
});

Deno.test("report: elements are closed in order, ids are unique, links lead somewhere", () => {
  const title = "Über die Daten!";
  const sections = [title, title, "…", "report"].map((title) => ({ title, content: blocks }));
  const page = report({ title: "T", sections });
  const open: string[] = [];
  for (const [, close, name, empty] of page.matchAll(/<(\/?)([a-z]\w*)[^>]*?(\/?)>/gi)) {
    if (name === "meta") continue;
    if (close) assertEquals(open.pop(), name);
    else if (empty === "") open.push(name);
  }
  assertEquals(open, []);
  const all = (pattern: RegExp) => Array.from(page.matchAll(pattern), ([, found]) => found);
  const ids = all(/ id="([^"]*)"/g);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(all(/href="#([^"]*)"/g), [
    "über-die-daten",
    "über-die-daten-2",
    "section",
    "report",
  ]);
  for (const id of all(/href="#([^"]*)"/g)) assert(ids.includes(id));
});

Deno.test("report: a page asks nothing of the network", () => {
  const sections: Section[] = [{
    title: "A",
    content: [...blocks, confusion([[1, 2], [3, 4]], ["x", "y"], { theme: "auto" })],
  }];
  const page = report({ title: "T", sections });
  const addresses = page.match(/(?:https?:)?\/\/[\w.-]+[^"' <]*/g) ?? [];
  assertEquals([...new Set(addresses)], ["http://www.w3.org/2000/svg"]); // a name, not an address
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g)) {
    assert(/^(#|data:image\/png)/.test(address), address);
  }
  assert(!/<script|<link|<iframe|@import|url\(/.test(page));
  assertStringIncludes(page, "default-src 'none'".replaceAll("'", "&#39;"));
});

Deno.test("report: one section needs no contents", () => {
  const page = report({ title: "T", sections: [{ title: "A", content: [] }] });
  assert(!page.includes("<nav"));
  assertStringIncludes(page, '<section id="a" aria-labelledby="a-title">');
});

Deno.test("report: what is no block is refused", () => {
  const make = (content: unknown, title: unknown = "A") => () =>
    report({ title: "T", sections: [{ title, content } as Section] });
  const cases: [() => unknown, string][] = [
    [
      make([{ list: [1] }]),
      "content must be text, pictures, a table, facts, tiles, code or blocks beside each other: " +
      "sections[0].content[0] is an object of list",
    ],
    [
      make(["a", 7]),
      "content must be text, pictures, a table, facts, tiles, code or blocks beside each other: " +
      "sections[0].content[1] is number",
    ],
    [
      make([{ beside: ["a", 7] }]),
      "content must be text, pictures, a table, facts, tiles, code or blocks beside each other: " +
      "sections[0].content[0] is an object of beside",
    ],
    [make("text"), "content of sections[0] must be a list: got string"],
    [make([], 1), "title of sections[0] must be text: got number"],
    [
      () => report({ title: null as unknown as string, sections: [] }),
      "title must be text: got null",
    ],
    [
      () => report({ title: "T", sections: "A" as unknown as Section[] }),
      "sections must be a list: got string",
    ],
  ];
  for (const [draw, message] of cases) {
    assertEquals(assertThrows(draw, TypeError).message, `Cannot make report: ${message}`);
  }
});
