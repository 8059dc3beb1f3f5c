/**
 * Kinds of files that people bring, and what to do with each: which reader here takes it, or what to
 * write instead in the program that made it.
 *
 * @module
 */

/** Name of a kind of file. */
export type FileKind =
  | "npy"
  | "npz"
  | "idx"
  | "hdf5"
  | "safetensors"
  | "torch"
  | "torchscript"
  | "oldtorch"
  | "keras"
  | "kerasjson"
  | "tfjs"
  | "onnx"
  | "mat"
  | "mat4"
  | "cifar10"
  | "cifar100"
  | "csv"
  | "png"
  | "jpeg"
  | "gif"
  | "bmp"
  | "webp"
  | "tiff"
  | "pickle"
  | "sklearn"
  | "joblib"
  | "tflite"
  | "savedmodel"
  | "graphdef"
  | "gguf"
  | "parquet"
  | "sqlite"
  | "office"
  | "rdata"
  | "pdf"
  | "notebook"
  | "html"
  | "lfs"
  | "zip"
  | "gzip"
  | "tar"
  | "bzip2"
  | "xz"
  | "zstd"
  | "7z"
  | "rar"
  | "empty"
  | "unknown";

/** Words on a kind of file. */
export interface KindWords {
  /** The file, with its article: "a PyTorch file". */
  readonly what: string;
  /** Advice: "read it with readTorch". */
  readonly advice: string;
}

const image = (name: string): KindWords => ({ what: name, advice: "read it with readImage" });

const unread = (what: string, advice: string): KindWords => ({ what, advice });

const AS_ONNX = "convert the model to ONNX where it was made, and read it with importOnnx";

/** Words by the name of the kind. */
export const KINDS: Readonly<Record<FileKind, KindWords>> = {
  npy: { what: "an npy file of NumPy", advice: "read it with readNpy" },
  npz: { what: "an npz file of NumPy", advice: "read it with readNpz" },
  idx: { what: "an IDX file", advice: "read it with readIdx" },
  hdf5: {
    what: "an HDF5 file",
    advice: "read its arrays with readHdf5, or a model of Keras with importKeras",
  },
  safetensors: { what: "a safetensors file", advice: "read it with readSafetensors" },
  torch: { what: "a PyTorch file", advice: "read it with readTorch" },
  torchscript: unread(
    "a program of PyTorch (TorchScript)",
    "in Python, save its state dictionary: torch.save(torch.jit.load(file).state_dict(), other)",
  ),
  oldtorch: unread(
    "a PyTorch file of a version before 0.1.10",
    "in Python, load and save it again with a newer PyTorch",
  ),
  keras: { what: "a Keras 3 model", advice: "read it with importKeras" },
  kerasjson: unread(
    "the settings of a Keras model, without weights",
    'in Python, save the whole model: model.save("model.keras")',
  ),
  tfjs: { what: "a TensorFlow.js model", advice: "read it with importTfjs or openTfjs" },
  onnx: { what: "an ONNX model", advice: "read it with importOnnx" },
  mat: { what: "a MATLAB file", advice: "read it with readMat" },
  mat4: unread("a MATLAB file of level 4", "in MATLAB, save it with -v7"),
  cifar10: { what: "images of CIFAR-10", advice: "read it with readCifar" },
  cifar100: { what: "images of CIFAR-100", advice: "read it with readCifar" },
  csv: { what: "a text, perhaps a table", advice: "read a table with readCsv" },
  png: image("a PNG image"),
  jpeg: image("a JPEG image"),
  gif: image("a GIF image"),
  bmp: image("a BMP image"),
  webp: image("a WebP image"),
  tiff: unread("a TIFF image", "convert it to PNG"),
  pickle: unread(
    "a pickle of Python",
    "in Python, write its arrays with numpy.savez, and read them with readNpz",
  ),
  sklearn: unread(
    "a pickle of scikit-learn",
    "in Python, convert the model with skl2onnx, or write its arrays with numpy.savez",
  ),
  joblib: unread(
    "a file of joblib",
    "in Python, convert the model with skl2onnx, or write its arrays with numpy.savez",
  ),
  tflite: unread("a TensorFlow Lite model", AS_ONNX),
  savedmodel: unread("a TensorFlow SavedModel", AS_ONNX),
  graphdef: unread("a TensorFlow graph", AS_ONNX),
  gguf: unread("a GGUF file of a language model", "take its safetensors file"),
  parquet: unread("a Parquet table", "write it as CSV"),
  sqlite: unread("an SQLite database", "write its table as CSV"),
  office: unread("an Office document", "save its table as CSV"),
  rdata: unread("a file of R", "in R, write its table as CSV"),
  pdf: unread("a PDF document", "take the data it was made of"),
  notebook: unread("a Jupyter notebook", "take the data that it reads"),
  html: unread("a web page", "download the file itself: a server has sent a page in its place"),
  lfs: unread("a pointer of Git LFS", "get the file itself: git lfs pull"),
  zip: unread("a zip archive", "unpack it"),
  gzip: unread("a file compressed by gzip", "unpack it: gunzip"),
  tar: unread("a tar archive", "unpack it: tar -xf"),
  bzip2: unread("a file compressed by bzip2", "unpack it: bunzip2"),
  xz: unread("a file compressed by xz", "unpack it: unxz"),
  zstd: unread("a file compressed by zstd", "unpack it: unzstd"),
  "7z": unread("a 7z archive", "unpack it: 7z x"),
  rar: unread("a RAR archive", "unpack it"),
  empty: unread("an empty file", "look at what should have written it"),
  unknown: unread("of no kind that is known here", "look at what wrote it"),
};

/** A kind, with what in the file tells it, if that is worth saying. */
export interface Found {
  readonly kind: FileKind;
  /** Words after those of the kind: "a zip that holds model/data.pkl". */
  readonly detail?: string;
}
