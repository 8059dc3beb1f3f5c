/** Every kind of input gives the same bytes, in parts or whole; errors say what is in the way. */
import { assertEquals, assertRejects } from "@std/assert";
import { FileError } from "../../src/core/errors.ts";
import { crc32 } from "../../src/files/crc32.ts";
import { deflate, inflate } from "../../src/files/compression_streams.ts";
import {
  type FileInput,
  type FileProgress,
  openSource,
  readWhole,
} from "../../src/files/source.ts";
import { ifPossible } from "../support/permissions.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256);

/** Makes a stream of bytes that come in pieces. */
function streamOf(...pieces: unknown[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  });
}

async function checkInput(input: FileInput, name: string): Promise<void> {
  const source = await openSource(input, "npz");
  try {
    assertEquals([source.name, source.size], [name, BYTES.length]);
    assertEquals(await source.read(0, 1000), BYTES);
    assertEquals(await source.read(10, 20), BYTES.subarray(10, 20));
    assertEquals(await source.read(1000, 1000), new Uint8Array());
  } finally {
    await source.close();
  }
}

async function refuse(
  promise: Promise<unknown>,
  kind: new (message?: string) => Error,
  message: string,
): Promise<void> {
  const error = await assertRejects(() => promise, kind);
  assertEquals(error.message, message);
}

Deno.test("openSource: bytes, buffers, blobs, streams and data URLs", async () => {
  await checkInput(BYTES, "npz data");
  await checkInput(BYTES.buffer, "npz data");
  await checkInput(new Blob([BYTES]), "npz data");
  await checkInput(new File([BYTES], "x.npz"), "x.npz");
  await checkInput(streamOf(BYTES.subarray(0, 3), new Uint8Array(), BYTES.subarray(3)), "npz data");
  const base64 = btoa(String.fromCharCode(...BYTES));
  const url = `data:application/octet-stream;base64,${base64}`;
  await checkInput(url, `${url.slice(0, 200)}...`);
  await checkInput(new URL(url), `${url.slice(0, 200)}...`);
});

Deno.test(ifPossible({
  name: "openSource: a path, a file URL",
  needs: { read: true, write: true },
  async fn() {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, BYTES);
      await checkInput(path, path);
      await checkInput(new URL(`file://${path}`), path);
      await checkInput(`file://${path}`, `file://${path}`);
      const source = await openSource(path, "npz", { name: "mine" });
      try {
        await Deno.truncate(path, 10);
        await refuse(
          source.read(0, 1000),
          FileError,
          "Cannot read mine: it must not end while it is read: expected 1000 bytes, found 10",
        );
      } finally {
        await source.close();
      }
    } finally {
      await Deno.remove(path);
    }
  },
}));

Deno.test(ifPossible({
  name: "openSource: what a server answers",
  needs: { net: ["127.0.0.1"] },
  async fn() {
    const handler = (request: Request) => {
      const { pathname } = new URL(request.url);
      return pathname === "/x.npz" ? new Response(BYTES) : new Response("none", { status: 404 });
    };
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
    const root = `http://127.0.0.1:${server.addr.port}`;
    try {
      await checkInput(`${root}/x.npz`, `${root}/x.npz`);
      await refuse(
        readWhole(new URL(`${root}/y.npz`), "npz"),
        FileError,
        `Cannot read ${root}/y.npz: the server must answer with the file: ` +
          "it answered 404 Not Found",
      );
      await refuse(
        readWhole(`${root}/x.npz`, "npz", { maxBytes: 10 }),
        RangeError,
        `Cannot read ${root}/x.npz: it must have at most maxBytes = 10 bytes: ` +
          "1000 have come, and more may follow",
      );
    } finally {
      await server.shutdown();
    }
  },
}));

Deno.test(ifPossible({
  name: "openSource: no such file, a folder",
  needs: { read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await refuse(
        readWhole(`${folder}/x.npz`, "npz"),
        FileError,
        `Cannot read ${folder}/x.npz: it must exist: there is no such file or folder`,
      );
      if (Deno.build.os !== "windows") {
        await refuse(
          readWhole(folder, "npz"),
          FileError,
          `Cannot read ${folder}: it must be a file: it is a folder`,
        );
      }
    } finally {
      await Deno.remove(folder);
    }
  },
}));

Deno.test({
  name: "openSource: without permission",
  permissions: { read: false, net: false },
  async fn() {
    await refuse(
      readWhole("x.npz", "npz"),
      FileError,
      'Cannot read x.npz: permission must be granted: Requires read access to "x.npz", ' +
        "run again with the --allow-read flag",
    );
    await refuse(
      readWhole("http://127.0.0.1:8080/x.npz", "npz"),
      FileError,
      "Cannot read http://127.0.0.1:8080/x.npz: permission must be granted: " +
        'Requires net access to "127.0.0.1:8080", run again with the --allow-net flag',
    );
  },
});

Deno.test("openSource: limits and inputs of the wrong kind", async () => {
  const limit = { maxBytes: 999 };
  const rule = "Cannot read npz data: it must have at most maxBytes = 999 bytes: ";
  await refuse(openSource(BYTES, "npz", limit), RangeError, `${rule}it has 1000`);
  await refuse(openSource(new Blob([BYTES]), "npz", limit), RangeError, `${rule}it has 1000`);
  const endless = new ReadableStream({ pull: (c) => c.enqueue(BYTES) });
  await refuse(
    openSource(endless, "npz", limit),
    RangeError,
    `${rule}1000 have come, and more may follow`,
  );
  await refuse(
    openSource(BYTES, "npz", { maxBytes: NaN }),
    RangeError,
    "Cannot read npz data: maxBytes must be a number of at least 0: got NaN",
  );
  const kinds = "Cannot read npz data: input must be a Uint8Array, an ArrayBuffer, a Blob, " +
    "a ReadableStream, a URL or a path: got ";
  await refuse(openSource(7 as unknown as string, "npz"), TypeError, `${kinds}number`);
  await refuse(openSource(null as unknown as string, "npz"), TypeError, `${kinds}null`);
  await refuse(
    openSource(streamOf("text"), "npz"),
    TypeError,
    "Cannot read npz data: the stream must be one of bytes: got string",
  );
  const broken = new ReadableStream({ pull: (c) => c.error(new TypeError("the line is cut")) });
  await refuse(
    openSource(broken, "npz"),
    FileError,
    "Cannot read npz data: the system must allow it: the line is cut",
  );
});

Deno.test("openSource tells of progress, not too often, and of the end", async () => {
  const large = new Uint8Array(3 * 2 ** 20 + 5);
  const told: FileProgress[] = [];
  const onProgress = (progress: FileProgress) => void told.push(progress);
  const pieces = Array.from({ length: 48 }, (_, i) => large.subarray(i * 65536, (i + 1) * 65536));
  await readWhole(streamOf(...pieces, large.subarray(48 * 65536)), "npz", { onProgress });
  assertEquals(told.map(({ done }) => done), [2 ** 20, 2 ** 21, 3 * 2 ** 20, large.length]);
  assertEquals(told.map(({ total }) => total), [undefined, undefined, undefined, large.length]);
  told.length = 0;
  await readWhole(new File([large], "x.npz"), "npz", { onProgress });
  assertEquals(told, [{ name: "x.npz", done: large.length, total: large.length }]);
});

Deno.test("crc32: the check value of the polynomial, and a bit by bit definition", () => {
  assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  for (let length = 0; length < 40; length++) {
    const bytes = BYTES.subarray(length, 2 * length);
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    assertEquals(crc32(bytes), ~crc >>> 0);
  }
});

Deno.test("inflate: what deflate makes; no more than is asked for", async () => {
  const action = "Cannot read x";
  for (const compression of ["deflate-raw", "deflate", "gzip"] as const) {
    const packed = await deflate(BYTES, compression);
    assertEquals(await inflate(packed, compression, { most: 1000, action }), BYTES);
    const beginning = await inflate(packed, compression, { most: 1000, enough: 5, action });
    assertEquals(beginning.subarray(0, 5), BYTES.subarray(0, 5));
    const shared = new Uint8Array(new SharedArrayBuffer(packed.length));
    shared.set(packed);
    assertEquals(await inflate(shared, compression, { most: 1000, action }), BYTES);
    await refuse(
      inflate(packed, compression, { most: 999, action }),
      SyntaxError,
      "Cannot read x: the data must have the size that is declared: " +
        "expected 999 bytes, found more",
    );
  }
});
