"""Writes goldens.ts beside this file: HDF5 files made by h5py, and what h5py reads from them.

Run: python3 make_goldens.py   (h5py 3.16.0, NumPy 2.4.6)
"""

import base64
import gzip
import io
import json
import pathlib

import h5py
import numpy as np

GRID = np.arange(40, dtype="f4").reshape(5, 8) / 4
PLAIN = {
    "f2": np.array([1.5, -2], "f2"), "f4": np.array([[0.5], [-1]], "f4"), "f8": np.array([1e300, -2]),
    "i1": np.array([-128, 127], "i1"), "i2": np.array([-1, 300], "i2"),
    "i4": np.array([-1, 2], "i4"), "i8": np.array([-1, 2**31 - 1], "i8"),
    "u1": np.array([1, 255], "u1"), "u2": np.array([1, 65535], "u2"),
    "u4": np.array([1, 2**31 - 1], "u4"), "u8": np.array([1, 2], "u8"),
    "big endian f4": np.array([0.5, 3], ">f4"), "big endian i8": np.array([-2, 9], ">i8"),
    "bool": np.array([True, False]), "scalar": np.float32(7), "empty": np.zeros((0, 3), "f4"),
}
CHUNKED = {
    "chunked": {}, "gzip": {"compression": "gzip"}, "gzip and shuffle": {"compression": "gzip", "shuffle": True},
    "fletcher32": {"fletcher32": True}, "szip": {"compression": "szip"},
    "all": {"compression": "gzip", "shuffle": True, "fletcher32": True},
}


def fill(file):
    """Arrays that can be read; returns what h5py reads, by name."""
    for name, array in PLAIN.items():
        file[name] = array
    for name, how in CHUNKED.items():
        file.create_dataset(name, data=GRID, chunks=(2, 4), **how)
    file.create_dataset("scaleoffset", data=np.arange(9, dtype="i4"), chunks=(4,), scaleoffset=0)
    file.create_dataset("grown", (3,), "f4", maxshape=(None,), chunks=(2,), fillvalue=2.5)
    group = file.create_group("group/deep")
    group["x"] = np.arange(4, dtype="i4")
    group["__proto__"] = np.array([9], "u1")
    group["up"] = file["group"]
    file["other name"] = file["group"]
    file["link"] = h5py.SoftLink("/group/deep/x")
    file["dangling"] = h5py.SoftLink("/nothing")
    file["external"] = h5py.ExternalLink("other.h5", "/x")
    values = {}
    file.visititems(lambda name, item: values.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    values["link"] = file["link"][()]
    return values


def fill_unreadable(file):
    """Arrays that must be refused."""
    file.create_dataset("lzf", data=GRID, chunks=(2, 4), compression="lzf")
    file["string"] = "hello"
    file["fixed string"] = np.array([b"ab", b"cde"])
    file["complex"] = np.array([1 + 2j])
    file["compound"] = np.array([(1, 2.0)], [("a", "i4"), ("b", "f4")])
    file["enum"] = np.array([1], h5py.enum_dtype({"RED": 0, "GREEN": 1}, "i1"))
    file["null"] = h5py.Empty("f4")
    file["large"] = np.array([[1, 2], [3, 2**40]])
    return {}


def fill_small(file):
    file["w"] = np.array([[0.5, 1], [2, 3]], "f4")
    return {"w": file["w"][()]}


def fill_chunked(file):
    file.create_dataset("x", data=np.arange(8, dtype="i4"), chunks=(4,), compression="gzip", shuffle=True)
    return {"x": file["x"][()]}


def made(name, fill_file, **how):
    raw = io.BytesIO()
    with h5py.File(raw, "w", **how) as file:
        values = fill_file(file)
    arrays = [{"name": key, "shape": list(value.shape), "storedAs": value.dtype.name,
               "values": value.astype("f8").ravel().tolist()} for key, value in values.items()]
    packed = base64.b64encode(gzip.compress(raw.getvalue(), mtime=0)).decode()
    return {"name": name, "file": packed, "arrays": arrays}


files = {
    "oldest": made("oldest", fill, libver="earliest"),
    "latest": made("latest", fill, libver="latest"),
    "userBlock": made("userBlock", fill_small, userblock_size=512),
    "unreadable": made("unreadable", fill_unreadable),
    "small": made("small", fill_small, libver="latest"),
    "smallChunked": made("smallChunked", fill_chunked, libver="latest"),
    "smallOld": made("smallOld", fill_chunked, libver="earliest"),
}
lines = [f"// Made by make_goldens.py beside this file, with h5py {h5py.__version__}. Do not edit.", "",
         "interface Golden {", "  name: string;", "  file: string;",
         "  arrays: { name: string; shape: number[]; storedAs: string; values: number[] }[];", "}", "",
         "/** Files are gzipped, then base64. */"]
lines += [f"export const {key}: Golden = {json.dumps(value)};" for key, value in files.items()]
(pathlib.Path(__file__).parent / "goldens.ts").write_text("\n".join(lines) + "\n")
