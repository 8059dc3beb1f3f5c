// Files known by their content, and readers that say of another program's file what it is.

import { assertEquals, assertRejects } from "@std/assert";
import { relu, tensor, zeros } from "../../../mod.ts";
import {
  readHdf5,
  readIdx,
  readNpy,
  readNpz,
  writeIdx,
  writeNpy,
  writeNpz,
  writePng,
} from "../../../src/data/mod.ts";
import {
  exportOnnx,
  type FileKind,
  identifyFile,
  importOnnx,
  readSafetensors,
  readTorch,
  saveTorch,
  writeSafetensors,
} from "../../../src/models/mod.ts";
import { writeZip } from "../../../src/formats/zip/writer.ts";
import { concatenate } from "../../../src/files/source.ts";
import { goldens as hdf5 } from "../../golden/keras/goldens.ts";
import { goldens as torch } from "../../golden/torch/goldens.ts";
import { unpack } from "../../models/keras/models.ts";
import { fuzz } from "../../support/fuzz.ts";

const x = tensor([[1, 2], [3, 4]]);
const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const text = (text: string) => new TextEncoder().encode(text);

/** Makes a zip with members of some names. */
const zipOf = (...names: string[]) =>
  writeZip(names.map((name) => ({ name, bytes: text("x") })), { compress: false });

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Bytes as many as `size`, of which the first are given. */
const long = (start: Uint8Array, size: number) =>
  concatenate([start, new Uint8Array(size - start.length)]);

/** A tar archive, as far as its first header goes. */
function tarOf(name: string): Uint8Array {
  const bytes = new Uint8Array(1024);
  bytes.set(text(name));
  bytes.set(text("ustar"), 257);
  return bytes;
}

/** A BMP file's header. */
function bmp(): Uint8Array {
  const bytes = long(text("BM"), 70);
  new DataView(bytes.buffer).setUint32(2, 70, true);
  return bytes;
}

/** Files by kind; what Python wrote is as `pickletools.dis` shows it. */
const FILES: readonly (readonly [FileKind, Uint8Array | Promise<Uint8Array>, detail?: string])[] = [
  ["npy", writeNpy(x)],
  ["npz", writeNpz({ x }), "a zip that holds x.npy"],
  ["idx", writeIdx(x)],
  ["idx", writeIdx(zeros([3, 28, 28], { dtype: "uint8" }), { gzip: true }), "compressed by gzip"],
  ["safetensors", writeSafetensors({ x })],
  ["onnx", exportOnnx((x) => relu(x), x)],
  ["onnx", bytesOf("\x08\x06\x3a\x02\x0a\x00\x42\x02\x10\x09")],
  ["hdf5", unpack(hdf5.words.files.keras3)],
  ["hdf5", concatenate([new Uint8Array(512), bytesOf("\x89HDF\r\n\x1a\n")])],
  ["torch", unpack(torch.list.zip), "a zip that holds archive/data.pkl"],
  ["torch", unpack(torch.list.legacy)],
  ["torchscript", zipOf("net/data.pkl", "net/code/net.py"), "a zip that holds net/code/net.py"],
  ["oldtorch", tarOf("sys_info")],
  ["tar", tarOf("cifar-10-batches-bin/")],
  [
    "keras",
    zipOf("metadata.json", "config.json", "model.weights.h5"),
    "a zip that holds model.weights.h5",
  ],
  ["kerasjson", text('{"class_name": "Sequential", "config": {}}')],
  ["tfjs", text('{"format": "layers-model", "modelTopology": {}}')],
  ["tfjs", text('{"weightsManifest": []}')],
  ["notebook", text('{"cells": [], "nbformat": 4}')],
  [
    "office",
    zipOf("[Content_Types].xml", "xl/workbook.xml"),
    "a zip that holds [Content_Types].xml",
  ],
  ["zip", zipOf("a.txt", "b/c.txt"), "holding a.txt, b/c.txt"],
  ["zip", zipOf(), "empty"],
  ["pickle", bytesOf("\x80\x04\x95\x04\0\0\0\0\0\0\0K\x01K\x02\x86\x94.")],
  [
    "pickle",
    bytesOf("\x80\x02cpandas.core.frame\nDataFrame\nq\0)\x81q\x01."),
    "holding pandas.core.frame.DataFrame",
  ],
  ["pickle", text("(lp0\nI1\na.")],
  [
    "sklearn",
    bytesOf("\x80\x03csklearn.linear_model.base\nLinearRegression\nq\0)\x81q\x01."),
    "holding sklearn.linear_model.base.LinearRegression",
  ],
  [
    "sklearn",
    bytesOf(
      "\x80\x04\x95\x30\0\0\0\0\0\0\0\x8c\x0fsklearn.svm._svc\x94\x8c\x03SVC\x94\x93\x94)\x81\x94.",
    ),
    "holding sklearn.svm._svc.SVC",
  ],
  [
    "joblib",
    bytesOf("\x80\x03cjoblib.numpy_pickle\nNumpyArrayWrapper\nq\0)\x81q\x01."),
    "holding joblib.numpy_pickle.NumpyArrayWrapper",
  ],
  ["mat", long(text("MATLAB 5.0 MAT-file, Platform: posix"), 128)],
  ["tflite", bytesOf("\x1c\0\0\0TFL3\x14\0")],
  ["savedmodel", bytesOf("\x08\x01\x12\xf9\x10\x0a\x05\x0a\x03")],
  ["graphdef", bytesOf("\x0a\x30\x0a\x05input\x12\x0bPlaceholder*\x0b")],
  ["gguf", text("GGUF\x03\0\0\0")],
  ["png", writePng(zeros([2, 2, 3], { dtype: "uint8" }))],
  ["jpeg", bytesOf("\xff\xd8\xff\xe0\0\x10JFIF")],
  ["gif", text("GIF89a..")],
  ["bmp", bmp()],
  ["webp", bytesOf("RIFF\x24\0\0\0WEBPVP8 ")],
  ["cifar10", long(Uint8Array.of(7), 2 * 3073)],
  ["cifar100", long(Uint8Array.of(19, 99), 2 * 3074)],
  ["gzip", gzip(writeNpy(x)), "an npy file of NumPy in it"],
  ["gzip", gzip(tarOf("a")), "a tar archive in it"],
  ["html", text("\n<!DOCTYPE html>\n<html>")],
  ["lfs", text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a")],
  ["parquet", text("PAR1....")],
  ["sqlite", text("SQLite format 3\0....")],
  ["pdf", text("%PDF-1.7\n")],
  ["csv", text("\ufeffa,b\r\n1,2\r\n")],
  ["empty", new Uint8Array()],
  ["unknown", bytesOf("\xf3\x01\x02"), "beginning with f3 01 02"],
];

Deno.test("identifyFile: every kind, by its content", async () => {
  for (const [kind, file, detail] of FILES) {
    const found = await identifyFile(await file, { name: "a.bin" });
    assertEquals(found.kind, kind);
    assertEquals(found.what.split(": ").slice(1).join(": "), detail ?? "", found.what);
    assertEquals(found.advice.length > 5, true);
  }
});

Deno.test("identifyFile: a header of safetensors whose length is another's signature", async () => {
  const length = 0x8b1f; // as gzip begins
  const body = text(`{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`.padEnd(length));
  const bytes = concatenate([Uint8Array.of(0x1f, 0x8b, 0, 0, 0, 0, 0, 0), body]);
  assertEquals((await identifyFile(bytes)).kind, "safetensors");
  assertEquals(Object.keys(await readSafetensors(bytes)), ["x"]);
});

Deno.test("readers say what another program's file is, and who reads it", async () => {
  const torchFile = await saveTorch({ x });
  const readers = { readNpy, readNpz, readIdx, readHdf5, readSafetensors, importOnnx, readTorch };
  const cases: [keyof typeof readers, Uint8Array, string][] = [
    [
      "readNpz",
      torchFile,
      "it must be an npz file of NumPy: it is a PyTorch file: a zip that holds archive/data.pkl; " +
      "read it with readTorch",
    ],
    [
      "readHdf5",
      torchFile,
      "it must be an HDF5 file: it is a PyTorch file: a zip that holds archive/data.pkl; read it " +
      "with readTorch",
    ],
    [
      "readHdf5",
      await zipOf("config.json", "model.weights.h5"),
      "it must be an HDF5 file: it is a Keras 3 model: a zip that holds model.weights.h5; read it " +
      "with importKeras",
    ],
    [
      "readNpz",
      await zipOf("config.json", "model.weights.h5"),
      "it must be an npz file of NumPy: it is a Keras 3 model: a zip that holds model.weights.h5; " +
      "read it with importKeras",
    ],
    [
      "readNpz",
      await zipOf("a.txt"),
      "the archive must hold arrays, members that end in .npy: found a.txt",
    ],
    [
      "readSafetensors",
      await unpack(torch.list.legacy),
      "it must be a safetensors file: it is a PyTorch file; read it with readTorch",
    ],
    [
      "importOnnx",
      torchFile,
      "it must be an ONNX model: it is a PyTorch file: a zip that holds archive/data.pkl; read it " +
      "with readTorch",
    ],
    [
      "importOnnx",
      bytesOf("\x1c\0\0\0TFL3\x14\0"),
      "it must be an ONNX model: it is a TensorFlow Lite model; convert the model to ONNX where it " +
      "was made, and read it with importOnnx",
    ],
    [
      "readTorch",
      bytesOf("\x80\x03csklearn.linear_model.base\nLinearRegression\nq\0)\x81q\x01."),
      "it must be a PyTorch file: it is a pickle of scikit-learn: holding " +
      "sklearn.linear_model.base.LinearRegression; in Python, convert the model with skl2onnx, or " +
      "write its arrays with numpy.savez",
    ],
    [
      "readNpy",
      text("<!doctype html><html>"),
      "it must be an npy file of NumPy: it is a web page; download the file itself: a server has " +
      "sent a page in its place",
    ],
    [
      "readIdx",
      text("version https://git-lfs.github.com/spec/v1\noid"),
      "it must be an IDX file: it is a pointer of Git LFS; get the file itself: git lfs pull",
    ],
  ];
  for (const [reader, file, message] of cases) {
    const error = await assertRejects(() =>
      readers[reader](file, { name: "x" }) as Promise<unknown>
    );
    assertEquals((error as Error).message, `Cannot read x: ${message}`, reader);
  }
});

Deno.test("identifyFile: no damage makes it throw", async () => {
  const samples = await Promise.all(FILES.map(([, file]) => file));
  const small = samples.filter((bytes) => bytes.length > 0 && bytes.length < 10_000);
  const { runs, read } = await fuzz({
    samples: small,
    read: (bytes) => identifyFile(bytes, { name: "a.bin" }),
    check: ({ what }) => assertEquals(what.length < 250, true, what),
  });
  assertEquals(read, runs);
});
