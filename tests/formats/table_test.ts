/** Tables with words: what is found in them, every option, every error with its place, damaged files. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readTable, type ReadTableOptions, type Table } from "../../src/data/mod.ts";
import { fuzz } from "../support/fuzz.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(text: string, options: ReadTableOptions = {}): Promise<Table> {
  return readTable(bytesOf(text), { name: "x.csv", ...options });
}

/** Columns as name, kind, and values in words. */
function contents({ columns }: Table) {
  return columns.map(({ name, kind, values, classes }) => [
    name,
    kind,
    ...Array.from(values, (value) => kind === "category" ? classes[value] ?? null : value),
  ]);
}

async function contentsOf(text: string, options: ReadTableOptions = {}) {
  return contents(await read(text, options));
}

async function message(text: string, options: ReadTableOptions = {}): Promise<string> {
  return (await assertRejects(() => read(text, options), Error)).message;
}

Deno.test("readTable: kinds of columns are the narrowest that all values are of", async () => {
  const text = `id,length,alive,seen,colour,code
3,-1.5,TRUE,2020-01-31,red,9007199254740993
4,2e3,false,1970-01-02T12:00:00Z,"blue, dark",7
`;
  assertEquals(await contentsOf(text), [
    ["id", "integer", 3, 4],
    ["length", "number", -1.5, 2000],
    ["alive", "boolean", 1, 0],
    ["seen", "date", 18292, 1.5],
    ["colour", "category", "red", "blue, dark"],
    // Not exact as a number: the name of something.
    ["code", "category", "9007199254740993", "7"],
  ]);
});

Deno.test("readTable: classes are in the order of their numbers, then of their characters", async () => {
  const { columns: [column] } = await read("x\n10\nb\n9\na\n\n-1\n", { kinds: { x: "category" } });
  assertEquals(column.classes, ["-1", "9", "10", "a", "b"]);
  assertEquals([...column.values], [2, 4, 1, 3, NaN, 0]);
});

Deno.test("readTable: separators are found, also behind commas in numbers and in texts", async () => {
  const expected = [["a", "number", 1.5, -0.25], ["b", "category", "x", "y z"]];
  for (
    const text of [
      "a,b\n1.5,x\n-.25,y z\n",
      "a;b\n1,5;x\n-,25;y z\n",
      "a\tb\n1.5\tx\n-.25\ty z",
      "a|b\r\n1.5|x\r\n-.25|y z\r\n",
      ' a   b\n 1.5 x\n-.25\t"y z"\n',
      '"a";"b"\n"1,5";"x"\n"-0,25";"y z"\n',
      "\ufeffa , b\n1.5, x\n -.25 ,y z\n\n\n",
    ]
  ) assertEquals(await contentsOf(text), expected, text);
  assertEquals(await contentsOf("1,5;2,5\n3,5;4,5\n"), [
    ["column1", "number", 1.5, 3.5],
    ["column2", "number", 2.5, 4.5],
  ]);
  assertEquals(await contentsOf("one\ntwo\n"), [["one", "category", "two"]]);
});

Deno.test("readTable: signs before decimals, and points between thousands", async () => {
  assertEquals(await contentsOf("a;b\n1.234,5;x\n-2.000;y\n0,5;z\n"), [
    ["a", "number", 1234.5, -2000, 0.5],
    ["b", "category", "x", "y", "z"],
  ]);
  // Points everywhere: commas separate thousands or nothing, and are no numbers.
  assertEquals((await read("a;b\n1.5;1,234\n")).column("b").kind, "category");
  assertEquals(await contentsOf("a;b\n1;2,5\n", { decimal: "," }), [["a", "integer", 1], [
    "b",
    "number",
    2.5,
  ]]);
});

Deno.test("readTable: names of columns are found, made up, and made different", async () => {
  const names = async (text: string, options: ReadTableOptions = {}) =>
    (await read(text, options)).columns.map(({ name }) => name);
  assertEquals(await names("5.1,3.5,setosa\n4.9,3,setosa\n"), ["column1", "column2", "column3"]);
  assertEquals(await names("p,x,s\ne,x,s\np,b,n\n"), ["column1", "column2", "column3"]);
  assertEquals(await names("class,cap\np,x\ne,b\n"), ["class", "cap"]);
  assertEquals(await names("x,x,,x\n1,2,3,4\n", { header: true }), ["x", "x_2", "column3", "x_3"]);
  assertEquals(await names(",a,b\n0,1.5,x\n1,2.5,y\n"), ["column1", "a", "b"]);
  // As R writes them: a name less than there are cells.
  assertEquals(await names('"a" "b"\n"1" 1.5 2\n"2" 2.5 3\n'), ["column1", "a", "b"]);
  assertEquals(await names("2010,2011\n1,2\n", { header: true }), ["2010", "2011"]);
  // Years side by side; one above words; but not numbers that happen to be alike.
  const years = ["land", "1990", "2000"];
  assertEquals(await names("land,1990,2000\nA,1.5,\nB,2,3\n"), years);
  assertEquals(await names("land,2000,1990\nA,1.5,\n"), ["land", "2000", "1990"]);
  assertEquals(await names("land,2018\nA,R+1\nB,D+2\n"), ["land", "2018"]);
  const none = ["column1", "column2", "column3"];
  assertEquals(await names("land,2018\nA,2019\nB,300\n"), none.slice(0, 2));
  assertEquals(await names("land,1990,1990\nA,1,2\n"), none);
  assertEquals(await names("land,1990,2300\nA,1,2\n"), none);
  assertEquals(await names("1990,2000\n1,2\n"), none.slice(0, 2));
  // Names that come twice: above numbers, not above words.
  assertEquals(await names("id,cli,ili,cli\n0,1,2,3\n1,,5,6\n"), ["id", "cli", "ili", "cli_2"]);
  assertEquals(await names("a,b,b\nx,y,z\nu,v,w\n"), none);
  assertEquals((await read("a,b\n")).rows, 0);
  assertEquals(contents(await read("")), []);
});

Deno.test("readTable: what stands for a missing value", async () => {
  const texts = ["", "NA", "N/A", "?", "NaN", "null", '""', "None", "#N/A"];
  const { columns: [x, y], rows } = await read(
    `x,y\n${texts.map((t) => `${t},a\n`).join("")}7,?\n`,
  );
  assertEquals([rows, x.kind, x.missing, x.missingLine], [10, "integer", 9, 2]);
  assertEquals([...x.values], [...Array(9).fill(NaN), 7]);
  assertEquals([y.kind, y.classes, y.missing, y.missingLine], ["category", ["a"], 1, 11]);
  assertEquals(await contentsOf("x,y\n-99,1\nNA,\n", { missing: ["-99"] }), [
    ["x", "category", null, "NA"],
    ["y", "integer", 1, NaN],
  ]);
  const nothing = (await read("x,y\n,1\n,2\n")).column("x");
  assertEquals([nothing.kind, nothing.classes, nothing.missing], ["category", [], 2]);
});

Deno.test("readTable: dates of every form, those that two months fit are told apart by others", async () => {
  const days = async (text: string, options: ReadTableOptions = {}) => {
    const { kind, values } = (await read(`d;x\n${text}`, { separator: ";", ...options })).column(
      "d",
    );
    return [kind, ...values];
  };
  assertEquals(await days("1970-1-1;1\n1970/01/03 06:00;1\n1969.12.31;1\n"), ["date", 0, 2.25, -1]);
  assertEquals(await days("1970-01-01T00:00:30.5+00:30;1\n"), ["date", (30.5 - 1800) / 86400]);
  assertEquals(await days("2.1.1970;1\n3.1.1970;1\n"), ["date", 1, 2]);
  assertEquals(await days("2/1/1970;1\n13/1/1970;1\n"), ["date", 1, 12]);
  assertEquals(await days("1/2/1970;1\n1/13/1970;1\n"), ["date", 1, 12]);
  assertEquals((await days("1/2/1970;1\n"))[0], "category");
  assertEquals(await days("1/2/1970;1\n", { kinds: { d: "date-dmy" } }), ["date", 31]);
  assertEquals(await days("1/2/1970;1\n", { kinds: { d: "date-mdy" } }), ["date", 1]);
  for (const none of ["2020-02-30", "2020-13-01", "2020-01-01 24:00", "1-2/2020"]) {
    assertEquals((await days(`${none};1\n`))[0], "category", none);
  }
});

Deno.test("readTable: a column that is nearly of numbers says which value is none", async () => {
  const { note } = (await read("x,y\n1,2\n12.x,2\n3,2\n4,2\n")).column("x");
  assertEquals(note, "12.x in line 3 is no number, as most others are");
  assertStringIncludes((await read("x,y\n1/2/2020,2\n")).column("x").note!, "date-dmy");
});

Deno.test("readTable: comments before the table are passed over", async () => {
  const table = await read("# made by x, y and z\r\n#\r\n# a|b: c\r\nid,n\r\na,1\r\nb,\r\n");
  assertEquals(contents(table), [["id", "category", "a", "b"], ["n", "integer", 1, NaN]]);
  assertEquals(table.column("n").missingLine, 6);
  // What has as many cells as the rows is no comment; nor is all of a table.
  assertEquals(await contentsOf("# note\n#id,n\na,1\n"), [["#id", "category", "a"], [
    "n",
    "integer",
    1,
  ]]);
  assertEquals((await read("#a,1\n#b,2\nc,3\n")).rows, 3);
  assertEquals((await read("#a,1\n#b,2\n")).rows, 2);
  assertStringIncludes(await message("# note\n1,2,3\n", { skipLines: 0 }), "found 3 in line 2");
});

Deno.test("readTable: short rows, lines to skip, encodings", async () => {
  assertEquals(
    await message("a,b,c\n1,2,3\n4,5\n"),
    "Cannot read x.csv: every line must have as many cells as there are columns: expected 3, " +
      'found 2 in line 3; set shortRows: "missing" if the rest is missing',
  );
  assertEquals(await contentsOf("a,b\n1,2\n4\n", { shortRows: "missing" }), [
    ["a", "integer", 1, 4],
    ["b", "integer", 2, NaN],
  ]);
  assertStringIncludes(
    await message("a,b\n1,2\n1,2,3\n", { shortRows: "missing" }),
    "found 3 in line 3; set skipLines if the table begins after other lines",
  );
  const late = await read("|1x3 Cross\r\nnote\na,b\n1,x\n,y\n", { skipLines: 2 });
  assertEquals([late.rows, late.column("a").missingLine], [2, 5]);
  const old = Uint8Array.of(0x61, 0x2c, 0x62, 10, 0xe9, 0x2c, 0x31, 10); // "é" of windows-1252
  assertEquals((await readTable(old, { encoding: "windows-1252" })).column("a").classes, ["é"]);
  const { message: refusal } = await assertRejects(() => readTable(old), SyntaxError);
  assertStringIncludes(refusal, 'encoding: "windows-1252"');
});

Deno.test("readTable: kinds that are asked for, and options that cannot be", async () => {
  assertEquals(await contentsOf("a,b\n1,2\n3,4\n", { kinds: { b: "category" } }), [
    ["a", "integer", 1, 3],
    ["b", "category", "2", "4"],
  ]);
  assertEquals(
    await message("a,b\n1,2\n3,4.5\n", { kinds: { b: "integer" } }),
    "Cannot read x.csv: line 3, column b: a value must be of kind integer: found 4.5",
  );
  assertStringIncludes(await message("a,b\n1,2\n", { kinds: { c: "number" } }), "a, b: got c");
  assertStringIncludes(await message("a\n1", { kinds: { a: "text" } } as never), '"text" of a');
  for (
    const [options, part] of [
      [{ separator: "" }, "separator must be one character"],
      [{ separator: '"' }, "separator must be one character"],
      [{ separator: ",", decimal: "," }, "must differ"],
      [{ decimal: "·" }, "decimal must be"],
      [{ shortRows: "fill" }, "shortRows must be"],
      [{ missing: "NA" }, "missing must be a list"],
      [{ skipLines: 1.5 }, "skipLines must be an integer"],
      [{ encoding: "latin-none" }, "encoding must be one that TextDecoder knows"],
      [{ seperator: ";" }, "did you mean separator?"],
    ] as const
  ) assertStringIncludes(await message("a\n1\n", options as never), part);
});

Deno.test("readTable: its columns are listed, with nothing that moves a cursor", async () => {
  const table = await read("\x1b[2Ja,b,c\n1.23456789,x,2020-01-01\n,y,2020-02-01\n");
  assertEquals(
    table.toString(),
    [
      "x.csv: 2 rows",
      "column    kind      missing  values",
      "─────────────────────────────────────────────────────",
      "\\x1b[2Ja  number          1  1.2346",
      "b         category           x, y",
      "c         date               2020-01-01 to 2020-02-01",
    ].join("\n"),
  );
});

Deno.test("readTable: cells as csv-spectrum has them", async () => {
  assertEquals(await contentsOf('a,b,c\n1,"ha ""ha"" ha",\n3,4,x\n'), [
    ["a", "integer", 1, 3],
    ["b", "category", 'ha "ha" ha', "4"],
    ["c", "category", null, "x"],
  ]);
  assertEquals(await contentsOf('a,b\n1,"Once upon\na time"\n3,4\n'), [
    ["a", "integer", 1, 3],
    ["b", "category", "Once upon\na time", "4"],
  ]);
  assertEquals(await contentsOf('key,val\n1,"{""type"": ""Point"", ""at"": [102.0, 0.5]}"\n'), [
    ["key", "integer", 1],
    ["val", "category", '{"type": "Point", "at": [102.0, 0.5]}'],
  ]);
  assertEquals(await contentsOf("a,b\n1,ʤ\n2,日本\n"), [
    ["a", "integer", 1, 2],
    ["b", "category", "ʤ", "日本"],
  ]);
});

Deno.test("readTable: damaged tables are read or refused, soon", async () => {
  const samples = [
    'species,length,sex\nAdelie,39.1,"male"\nGentoo,,female\n',
    "a;b\n1,5;2020-01-31\n2,5;2020-02-01\n",
    "1 2  x\n3 4  y\n",
  ].map(bytesOf);
  const { runs, refused, read: done } = await fuzz({
    samples,
    read: (bytes) => readTable(bytes, { name: "fuzz.csv" }),
    check({ columns, rows }, _, bytes) {
      assert(columns.length * rows <= bytes.length + 1);
      for (const { values, classes, kind, missing } of columns) {
        assertEquals(values.length, rows);
        assertEquals(values.filter(Number.isNaN).length, missing);
        assert(kind !== "category" || values.every((v) => Number.isNaN(v) || v < classes.length));
      }
    },
    tokens: ['"', ",", ";", "\t", "\n", "\r\n", '""', "NA", "1e400", "2020-01-01", "true"].map(
      bytesOf,
    ),
  });
  assert(refused > runs / 10 && done > runs / 10, `${refused} refused, ${done} read`);
});
