"""Writes goldens.ts beside this file: PNG and JPEG files, and the pixels that Pillow reads from them.

Run: python3 make_goldens.py   (Pillow 12.3.0, NumPy 2.4.6)

The PNG files are put together here, with zlib, because Pillow writes neither interlaced images nor
all depths; Pillow then says what is in them. JPEG files are Pillow's.
"""

import base64
import io
import json
import pathlib
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

random = np.random.default_rng(7)
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(row, depth):
    """A row of samples as bytes."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype("u1").tobytes()
    bits = ((row[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype("u1").ravel()
    return np.packbits(bits).tobytes()


def filtered(line, above, unit, kind):
    """The definition of the five filters, byte by byte."""
    out = bytearray([kind])
    for i, value in enumerate(line):
        a = line[i - unit] if i >= unit else 0
        b = above[i]
        c = above[i - unit] if i >= unit else 0
        p = a + b - c
        nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        out.append((value - [0, a, b, (a + b) // 2, nearest][kind]) % 256)
    return bytes(out)


def png(samples, colour, depth, interlace, before=(), idats=1):
    """samples: [height, width * samples of a pixel], whole numbers."""
    per = SAMPLES[colour]
    height, width = samples.shape[0], samples.shape[1] // per
    grid = samples.reshape(height, width, per)
    raw = b""
    for x, y, dx, dy in PASSES if interlace else [(0, 0, 1, 1)]:
        part = grid[y::dy, x::dx]
        if part.size == 0:
            continue
        lines = [pack(row.ravel(), depth) for row in part]
        above = bytes(len(lines[0]))
        unit = max(1, per * depth // 8)
        for line in lines:
            raw += filtered(line, above, unit, int(random.integers(5)))
            above = line
    data = zlib.compress(raw)
    cuts = [len(data) * i // idats for i in range(idats + 1)]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(before) +
            b"".join(chunk(b"IDAT", data[a:b]) for a, b in zip(cuts, cuts[1:])) + chunk(b"IEND"))


def by_pillow(raw):
    """Pixels of 8 bits as Pillow has them; those of 16 bits rounded here, as Pillow only cuts them."""
    image = Image.open(io.BytesIO(raw))
    image = ImageOps.exif_transpose(image)
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1" or (image.mode == "L" and "transparency" in image.info):
        image = image.convert("LA" if "transparency" in image.info else "L")
    elif image.mode == "RGB" and "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode == "CMYK":
        image = image.convert("RGB")
    array = np.asarray(image)
    if array.dtype != np.uint8:
        array = np.round(array.astype("f8") / 257).astype("u1")
    return array if array.ndim == 3 else array[..., None]


files = []


def add(name, raw, pixels=None):
    pixels = by_pillow(raw) if pixels is None else pixels
    files.append({"name": name, "file": base64.b64encode(raw).decode(), "shape": list(pixels.shape),
                  "pixels": base64.b64encode(pixels.astype("u1").tobytes()).decode()})


def rounded(samples):
    return np.floor(samples.astype("f8") * 255 / 65535 + 0.5).astype("u1")


for colour, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}.items():
    for depth in depths:
        for interlace in [0, 1]:
            height, width = [(5, 7), (9, 10)][interlace]
            samples = random.integers(0, 2**depth, (height, width * SAMPLES[colour]))
            before = []
            if colour == 3:
                count = min(2**depth, 200)
                samples %= count
                before = [chunk(b"PLTE", random.integers(0, 256, 3 * count, dtype="u1").tobytes())]
            raw = png(samples, colour, depth, interlace, before, idats=1 + interlace)
            # Pillow cuts 16-bit colours to 8 bits; the specification asks for rounding.
            wide = rounded(samples).reshape(height, width, -1) if depth == 16 else None
            add(f"png {colour} {depth} bits{' interlaced' if interlace else ''}", raw, wide)

grey = random.integers(0, 4, (4, 6))
add("png grey, a transparent level", png(grey, 0, 8, 0, [chunk(b"tRNS", struct.pack(">H", 2))]))
rgb = random.integers(0, 2, (4, 18))
add("png RGB, a transparent colour", png(rgb, 2, 8, 0, [chunk(b"tRNS", struct.pack(">HHH", 1, 0, 1))]))
palette = [chunk(b"PLTE", bytes(range(12))), chunk(b"tRNS", bytes([0, 128]))]
add("png palette, transparent colours", png(grey, 3, 2, 0, palette))
add("png 1 x 1", png(np.array([[9]]), 0, 8, 1))
add("png 3 x 1 interlaced", png(np.array([[9, 8, 7]]), 0, 8, 1))


def jpeg(array, mode=None, **how):
    raw = io.BytesIO()
    image = Image.fromarray(array)
    (image if mode is None else image.convert(mode)).save(raw, "JPEG", quality=95, **how)
    return raw.getvalue()


y, x = np.mgrid[0:24, 0:18]
smooth = np.stack([8 * y + 20, 255 - 9 * x, 5 * (x + y)], -1).astype("u1")
add("jpeg grey", jpeg(smooth[..., 0]))
add("jpeg RGB 4:4:4", jpeg(smooth, subsampling=0))
add("jpeg RGB 4:2:0", jpeg(smooth, subsampling=2))
add("jpeg progressive", jpeg(smooth, subsampling=0, progressive=True))
add("jpeg restart markers", jpeg(smooth, subsampling=0, restart_marker_blocks=1))
add("jpeg CMYK", jpeg(smooth, "CMYK"))
corner = np.zeros((16, 24), "u1")
corner[:8, :8] = 255
corner[8:, :8] = 128
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[274] = orientation
    add(f"jpeg orientation {orientation}", jpeg(corner, exif=exif))
exif = Image.Exif()
exif[274] = 6
raw = io.BytesIO()
Image.fromarray(corner).save(raw, "PNG", exif=exif)
add("png orientation 6", raw.getvalue())

lines = [f"// Made by make_goldens.py beside this file, with Pillow {PIL.__version__}. Do not edit.", "",
         "interface Golden {", "  name: string;", "  file: string;", "  shape: number[];", "  pixels: string;",
         "}", "", "/** Files and pixels are base64. */", "export const goldens: Golden[] = ["]
lines += [f"  {json.dumps(entry)}," for entry in files] + ["];"]
(pathlib.Path(__file__).parent / "goldens.ts").write_text("\n".join(lines) + "\n")
