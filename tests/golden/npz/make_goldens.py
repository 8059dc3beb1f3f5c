"""Writes goldens.ts beside this file: .npz files made by NumPy, and what NumPy reads from them.

Run: python3 make_goldens.py   (NumPy 2.4.6; needs nothing else)
"""

import base64
import io
import json
import pathlib
import zipfile

import numpy as np

ARRAYS = {
    "w": np.arange(12, dtype="f4").reshape(3, 4) / 4,
    "labels": np.array([3, 1, 2], dtype="i8"),
    "mask": np.array([[True], [False]]),
    "half": np.array([1.5, -2, np.inf], dtype="f2"),
    "turned": np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3)),
    "scalar": np.array(7, dtype="u1"),
    "empty": np.zeros((0, 3), dtype="i4"),
    "folder/h\u00fctte": np.array([1], dtype="i2"),
    "__proto__": np.array([9], dtype="u1"),
}


def b64(raw):
    return base64.b64encode(raw).decode()


def zipped(method, force_zip64, wide):
    """As numpy.savez writes, with or without zip64 fields in every place."""
    file = io.BytesIO()
    limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
    if wide:  # so that the zipfile module takes every size for too large
        zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 0, 0
    with zipfile.ZipFile(file, "w", method, allowZip64=True) as archive:
        for name, array in ARRAYS.items():
            with archive.open(f"{name}.npy", "w", force_zip64=force_zip64) as member:
                np.lib.format.write_array(member, array)
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits
    return file.getvalue()


def savez(save):
    file = io.BytesIO()
    save(file, **ARRAYS)
    return file.getvalue()


FILES = {
    "numpy.savez": savez(np.savez),
    "numpy.savez_compressed": savez(np.savez_compressed),
    "stored, zip64 everywhere": zipped(zipfile.ZIP_STORED, True, True),
    "deflated, no zip64": zipped(zipfile.ZIP_DEFLATED, False, False),
}

files = []
for name, raw in FILES.items():
    with np.load(io.BytesIO(raw)) as back:
        assert list(back.files) == list(ARRAYS)
        for key, array in ARRAYS.items():
            assert back[key].dtype == array.dtype and np.array_equal(back[key], array)
    files.append({"name": name, "file": b64(raw)})
arrays = [{"name": name, "shape": list(array.shape), "storedAs": array.dtype.name,
           "values": array.astype("f8").ravel().tolist()} for name, array in ARRAYS.items()]

lines = ["// Made by make_goldens.py beside this file, with NumPy " + np.__version__ +
         ". Do not edit.", "",
         "interface Goldens {",
         "  files: { name: string; file: string }[];",
         "  arrays: { name: string; shape: number[]; storedAs: string; values: number[] }[];",
         "}", "",
         "/** Files are base64; each holds all the arrays. */",
         "export const goldens: Goldens = {", "  files: ["]
lines += [f"    {json.dumps(entry)}," for entry in files] + ["  ],", "  arrays: ["]
lines += [f"    {json.dumps(entry)}," for entry in arrays]
lines += ["  ],", "};"]
(pathlib.Path(__file__).parent / "goldens.ts").write_text("\n".join(lines) + "\n")
