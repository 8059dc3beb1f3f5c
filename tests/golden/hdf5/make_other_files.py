"""Writes other_files.ts beside this file: HDF5 files that refer to another file, in every way there is.

The other file is called /other.h5; it has an array w of four floats.

Run: python3 make_other_files.py   (h5py 3.7.0, NumPy 1.24.2)
"""

import base64
import gzip
import io
import json
import pathlib

import h5py
import numpy as np

OTHER = "/other.h5"


def external_link(file):
    file["a"] = h5py.ExternalLink(OTHER, "/w")
    file["group"] = h5py.ExternalLink(OTHER, "/")


def soft_link(file):
    file["group"] = h5py.ExternalLink(OTHER, "/")
    file["a"] = h5py.SoftLink("/group/w")


def virtual(file):
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource(OTHER, "w", shape=(4,))
    file.create_virtual_dataset("a", layout, fillvalue=-5)


def external_storage(file):
    file.create_dataset("a", (4,), "f4", external=[(OTHER, 0, 16)])


lines = ["// Written by make_other_files.py; see README.md.", ""]
for make in [external_link, soft_link, virtual, external_storage]:
    memory = io.BytesIO()
    with h5py.File(memory, "w", libver="latest") as file:
        file["own"] = np.array([0.5, -1], "f4")
        make(file)
    packed = base64.b64encode(gzip.compress(memory.getvalue(), 9, mtime=0)).decode()
    words = make.__name__.split("_")
    name = words[0] + "".join(word.title() for word in words[1:])
    lines.append(f"export const {name} = {{ file: {json.dumps(packed)} }};")
pathlib.Path(__file__).with_name("other_files.ts").write_text("\n".join(lines) + "\n")
