/** CSV: what is read and written, every error with its place, damaged files. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor, zeros } from "../../mod.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { readCsv, type ReadCsvOptions, writeCsv } from "../../src/data/mod.ts";
import { scaled } from "../support/effort.ts";
import { fuzz } from "../support/fuzz.ts";
import { pairwise } from "../support/pairwise.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function read(text: string, options: ReadCsvOptions = {}) {
  const { columns, values } = await readCsv(bytesOf(text), { name: "x.csv", ...options });
  return { columns, values: values.toArray(), dtype: values.dtype, shape: values.shape };
}

Deno.test("readCsv: numbers of every spelling, any end of line", async () => {
  const numbers = "1,-2,+3.5,.5,5.,1e3,-1.5E-2, 7 ,\t8,NaN,inf,-Infinity,0\n";
  const { values, dtype } = await read(numbers, { dtype: "float64" });
  assertEquals(values, [[1, -2, 3.5, 0.5, 5, 1000, -0.015, 7, 8, NaN, Infinity, -Infinity, 0]]);
  assertEquals(dtype, "float64");
  for (const end of ["\n", "\r\n", "\r"]) {
    for (const last of ["", end]) {
      assertEquals((await read(`1,2${end}3,4${last}`)).values, [[1, 2], [3, 4]]);
    }
  }
  assertEquals((await read("\ufeff1\n2")).values, [[1], [2]]);
  assertEquals((await read("1;2", { separator: ";" })).values, [[1, 2]]);
  assertEquals((await read("1\t2", { separator: "\t" })).values, [[1, 2]]);
  assertEquals((await read('"1","2"\n3,"4"')).values, [[1, 2], [3, 4]]);
});

Deno.test("readCsv: headers, dtypes, empty cells, empty files", async () => {
  const { columns, values } = await read('a,"b ""c"", d\ne"\n1,2\n', { header: true });
  assertEquals([columns, values], [["a", 'b "c", d\ne'], [[1, 2]]]);
  assertEquals((await read("255,0", { dtype: "uint8" })).dtype, "uint8");
  assertEquals((await read("1,,3\n,5,", { empty: -1 })).values, [[1, -1, 3], [-1, 5, -1]]);
  assertEquals((await read("1\n\n3", { empty: NaN })).values, [[1], [NaN], [3]]);
  assertEquals((await read("")).shape, [0, 0]);
  const header = await read("a,b", { header: true });
  assertEquals([header.columns, header.shape], [["a", "b"], [0, 2]]);
  assertEquals((await read("0.1")).values, [[Math.fround(0.1)]]);
});

Deno.test("readCsv: spaces and tabs around quotes are no part of a cell", async () => {
  assertEquals((await read('1, "2"\n"3" ,4\n\t "5"\t, " 6 " \n')).values, [[1, 2], [3, 4], [5, 6]]);
  assertEquals((await read('"1"  \r\n  "2"')).values, [[1], [2]]);
  assertEquals((await read('a , " b, c " \n1,2', { header: true })).columns, ["a ", " b, c "]);
  // Where they separate cells, they are separators.
  const tabs = { separator: "\t", empty: 0 };
  assertEquals((await read('\t"1"\t\t "2" ', tabs)).values, [[0, 1, 0, 2]]);
  assertEquals((await read('"1" "2"', { separator: " " })).values, [[1, 2]]);
});

Deno.test("readCsv: empty lines at the end are no rows", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    for (const count of [1, 2, 3]) {
      const text = `1,2${end}3,4${end.repeat(count)}`;
      assertEquals((await read(text)).values, [[1, 2], [3, 4]]);
      assertEquals((await read(text, { empty: NaN })).values, [[1, 2], [3, 4]]);
    }
  }
  assertEquals((await read("1\n2\n\n")).values, [[1], [2]]);
  assertEquals((await read("a,b\n\n", { header: true })).shape, [0, 2]);
  // Of one column they may be empty cells, where these are allowed: none is lost.
  assertEquals((await read("1\n2\n\n", { empty: NaN })).values, [[1], [2], [NaN]]);
});

Deno.test("readCsv says what is wrong, and where", async () => {
  const refuse = async (
    text: string,
    message: string,
    options: ReadCsvOptions = {},
    kind: new (message?: string) => Error = SyntaxError,
  ) => {
    const error = await assertRejects(() => read(text, options), kind);
    assertEquals(error.message, `Cannot read x.csv: ${message}`);
  };
  const cell = "every cell must be a number: found ";
  await refuse("1,2\n3,x", `line 2, column 2: ${cell}x`);
  await refuse("1,2\n3,", `line 2, column 2: ${cell}nothing`);
  await refuse("1\n\n2", `line 2, column 1: ${cell}nothing`);
  await refuse('"a\nb",c\n1,2\n3,0x10', `line 4, column 2: ${cell}0x10`, { header: true });
  await refuse("1,2\n\n3,4", `line 2, column 1: ${cell}nothing`);
  await refuse(
    '1, "2" 3',
    "line 1, column 2: a quoted cell must end with its quote: found 3 after it",
  );
  const hint = "; set header: true if the first line holds names of columns";
  await refuse("length,width\n5,3\n", `line 1, column 1: ${cell}length${hint}`);
  await refuse('1,"Länge"\n5,3\n', `line 1, column 2: ${cell}Länge${hint}`);
  await refuse("a,b\n5,x\n", `line 2, column 2: ${cell}x`, { header: true });
  await refuse("1_000", `line 1, column 1: ${cell}1_000`);
  await refuse(
    "1,2\n3",
    "every line must have as many cells as the first: " +
      "expected 2, found 1 in line 2",
  );
  await refuse('1,"2', 'line 1, column 2: a quoted cell must end with a quote: found "2');
  await refuse('"1"2', "line 1, column 1: a quoted cell must end with its quote: found 2 after it");
  const fit = "every number must fit in ";
  await refuse("1\n1e39", `line 2, column 1: ${fit}float32: found 1e39`, {}, RangeError);
  await refuse(
    "1e999",
    `line 1, column 1: ${fit}float64: found 1e999`,
    { dtype: "float64" },
    RangeError,
  );
  await refuse("256", `line 1, column 1: ${fit}uint8: found 256`, { dtype: "uint8" }, RangeError);
  await refuse("1.5", `line 1, column 1: ${fit}int32: found 1.5`, { dtype: "int32" }, RangeError);
  await refuse("nan", `line 1, column 1: ${fit}int32: found nan`, { dtype: "int32" }, RangeError);
  const separator =
    "separator must be one character that is in no number, quote or line break: got ";
  await refuse("1", `${separator}", "`, { separator: ", " }, RangeError);
  await refuse("1", `${separator}"."`, { separator: "." }, RangeError);
  const latin1 = await assertRejects(() => readCsv(Uint8Array.of(0x31, 0xe9)), SyntaxError);
  assertEquals(
    latin1.message,
    "Cannot read CSV data: the file must be text: expected UTF-8, found other bytes",
  );
});

Deno.test("writeCsv: readCsv gives back every number, bit for bit", async () => {
  const float64 = fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324), fc.double());
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(float64, float64), { maxLength: 5 }),
      fc.constantFrom("float32" as const, "float64" as const),
      async (rows, dtype) => {
        const x = tensor(Float64Array.from(rows.flat()), { shape: [rows.length, 2] });
        const values = dtype === "float32" ? Float32Array.from(x.dataSync()) : x.dataSync();
        const text = writeCsv(tensor(values, { shape: x.shape }), { columns: ["a", 'b;"\n'] });
        const table = await readCsv(bytesOf(text), { header: true, dtype });
        assertEquals(table.columns, ["a", 'b;"\n']);
        const read = table.values.dataSync();
        assertEquals(read.length, values.length);
        values.forEach((value, i) => assert(Object.is(value, read[i]), `${value}, ${read[i]}`));
      },
    ),
    { numRuns: scaled(200) },
  );
});

/** Names that a cell has to be quoted for, or a mark put before; each separator is in one. */
const NAMES = [
  "plain",
  'a"b',
  '"quoted"',
  'three " of " them "',
  '""',
  "a,b;c|d\te~f#g",
  "#",
  " spaces ",
  "two\nlines",
  "two\r\nlines",
  "=1+1",
  "'=a",
  "-",
  "",
];

Deno.test("writeCsv: readCsv gives back names of any characters, with any separator", async () => {
  const tables = pairwise({
    separator: [",", ";", "|", "\t", "~", "#"],
    first: NAMES,
    second: NAMES,
    dtype: ["float32", "float64"] as const,
    rows: [0, 1, 3],
  });
  for (const { separator, first, second, dtype, rows } of tables) {
    const columns = [first, second];
    const values = Array.from({ length: 2 * rows }, (_, i) => i - 2.5);
    const text = writeCsv(tensor(values, { shape: [rows, 2], dtype }), { columns, separator });
    const table = await readCsv(bytesOf(text), { header: true, separator, dtype });
    assertEquals(table.columns, columns, JSON.stringify(text));
    assertEquals([...table.values.dataSync()], values, JSON.stringify(text));
    assertEquals(table.values.shape, [rows, 2]);
  }
});

Deno.test("writeCsv: shapes, separators and errors", () => {
  assertEquals(writeCsv(tensor([0.1, 2.5])), "0.1\n2.5\n");
  assertEquals(writeCsv(tensor([[1, 2]]), { separator: "\t" }), "1\t2\n");
  assertEquals(writeCsv(zeros([0, 2])), "");
  const refuse = (run: () => unknown, message: string) =>
    assertEquals(assertThrows(run, ShapeError).message, message);
  refuse(
    () => writeCsv(zeros([1, 1, 1])),
    "Cannot write CSV data: x must be [rows, columns] or [rows]: got [1, 1, 1]",
  );
  refuse(
    () => writeCsv(zeros([1, 2]), { columns: ["a"] }),
    "Cannot write CSV data: columns must have a name for each of the 2 columns: got 1",
  );
});

Deno.test("readCsv: damaged files", async () => {
  const samples = ["a,b\n1,2\n-3.5,4e2\n", '"a","b"\r\n"1",2\r\n'].map(bytesOf);
  const { runs, refused, read } = await fuzz({
    samples,
    read: (bytes) => readCsv(bytes, { name: "fuzz.csv", header: true }),
    check({ columns, values: { shape } }, _, bytes) {
      assertEquals(shape.length, 2);
      assertEquals(columns?.length, shape[1]);
      assert(shape[0] * shape[1] <= bytes.length);
    },
    tokens: ['"', ",", "\n", "\r\n", '""', "nan", "1e400"].map(bytesOf),
  });
  assert(refused > runs / 10 && read > runs / 10, `${refused} refused, ${read} read`);
});
