"""Writes number_types.ts beside this file: numbers that do not fill their bytes, and floats that are not IEEE's.

The values are those that HDF5 itself reads, as int64 or float64.

Run: python3 make_number_types.py   (h5py 3.7.0, NumPy 1.24.2)
"""

import base64
import gzip
import io
import json
import pathlib

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t


def integer(base, precision, offset=0):
    kind = base.copy()
    kind.set_precision(precision)
    kind.set_offset(offset)
    return kind


def floating(size, sign, exponent, mantissa, bias):
    kind = h5t.IEEE_F32LE.copy()
    kind.set_fields(sign, *exponent, *mantissa)
    kind.set_ebias(bias)
    kind.set_precision(8 * size)
    kind.set_size(size)
    return kind


INTEGERS = [-1, 5, -2048, 2047, 0]
FLOATS = [1.5, -2, 0.25, 0, np.inf, -0.15625]
TYPES = {
    "i12": (integer(h5t.STD_I16LE, 12), INTEGERS),
    "i12 big endian": (integer(h5t.STD_I16BE, 12), INTEGERS),
    "i17 at 5": (integer(h5t.STD_I32LE, 17, 5), [-1, 5, -65536, 65535, 0]),
    "i17 at 5 big endian": (integer(h5t.STD_I32BE, 17, 5), [-1, 5, -65536, 65535, 0]),
    "u12 at 3": (integer(h5t.STD_U16LE, 12, 3), [1, 4095, 0]),
    "i3": (integer(h5t.STD_I8LE, 3), [-4, 3, -1]),
    "i60": (integer(h5t.STD_I64LE, 60), [-1, 5, -(2**31), 2**31 - 1]),
    "i40 at 7": (integer(h5t.STD_I64LE, 40, 7), [-1, 5, -(2**31), 2**31 - 1]),
    "bfloat16": (floating(2, 15, (7, 8), (0, 7), 127), FLOATS),
    "float8": (floating(1, 7, (3, 4), (0, 3), 7), [1.5, -2, 0.25, 0, -0.015625]),
    "f4 of two bytes' range": (floating(4, 31, (26, 5), (3, 23), 15), [1.5, -2, 0.25, 0]),
}


def add(group, name, kind, values):
    is_float = kind.get_class() == h5t.FLOAT
    memory = np.array(values, "f8" if is_float else "i8")
    data = h5d.create(group.id, name.encode(), kind, h5s.create_simple(memory.shape))
    data.write(h5s.ALL, h5s.ALL, memory)
    read = np.zeros_like(memory)
    data.read(h5s.ALL, h5s.ALL, read)
    return {"name": name, "values": [repr(float(v)) if is_float else int(v) for v in read]}


def fill(file):
    arrays = [add(file, name, kind, values) for name, (kind, values) in TYPES.items()]
    named = integer(h5t.STD_I16LE, 12)
    named.commit(file.id, b"type")
    arrays.append(add(file, "named", named, INTEGERS))
    kind = integer(h5t.STD_I32LE, 20)
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_chunk((4,))
    plist.set_filter(5, h5py.h5z.FLAG_OPTIONAL)  # N-bit
    memory = np.array([-1, 5, -2048, 2047, 7, 8], "i8")
    data = h5d.create(file.id, b"nbit", kind, h5s.create_simple((6,)), plist)
    data.write(h5s.ALL, h5s.ALL, memory)
    arrays.append({"name": "nbit", "values": [int(v) for v in memory]})
    many = file["i12"]
    for i in range(40):  # so that the header goes on elsewhere
        many.attrs[f"attribute {i}"] = np.arange(20)
    return arrays


lines = ["// Written by make_number_types.py; see README.md.", ""]
for name, options in {"oldest": {}, "latest": {"libver": "latest"}, "userBlock": {"userblock_size": 512}}.items():
    memory = io.BytesIO()
    with h5py.File(memory, "w", **options) as file:
        arrays = fill(file)
    packed = base64.b64encode(gzip.compress(memory.getvalue(), 9, mtime=0)).decode()
    lines.append(f"export const {name} = {{ file: {json.dumps(packed)}, arrays: {json.dumps(arrays)} }};")
pathlib.Path(__file__).with_name("number_types.ts").write_text("\n".join(lines) + "\n")
