"""Writes colour_goldens.ts beside this file: JPEG files with colours of every size, as RGB, and more, and
images in BMP, GIF and WebP; with the pixels that Pillow reads from them.

Run: /usr/bin/python3 make_colour_goldens.py   (Debian 12: python3-pil 9.4.0, python3-numpy, cjpeg of
libjpeg-turbo-progs 2.1.5, cwebp of webp 1.2.4)
"""

import base64
import io
import json
import pathlib
import struct
import subprocess

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 17, 13
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
smooth = np.stack([x * 15, y * 19, 255 - x * 7 - y * 8], -1).clip(0, 255).astype("u1")
random = np.random.default_rng(5)
noisy = (smooth.astype(int) + random.integers(-20, 20, smooth.shape)).clip(0, 255).astype("u1")


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def cjpeg(*flags):
    ppm = saved(Image.fromarray(noisy), "PPM")
    return subprocess.run(["cjpeg", "-quality", "90", *flags], input=ppm, capture_output=True, check=True).stdout


def adobe_rgb():
    """The file that cjpeg writes of RGB, its ids 1, 2, 3 and an Adobe segment that says RGB."""
    file = cjpeg("-rgb", "-sample", "1x1")
    at = file.index(b"\xff\xc0")
    frame = bytearray(file[at:at + 2 + 17])
    for i, component in enumerate(b"RGB"):
        assert frame[10 + 3 * i] == component
        frame[10 + 3 * i] = i + 1
    scan_at = file.index(b"\xff\xda")
    scan = bytearray(file[scan_at:scan_at + 12])
    for i in range(3):
        scan[5 + 2 * i] = i + 1
    head = b"\xff\xd8\xff\xee" + struct.pack(">H", 14) + b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 0)
    middle = file[2:at]
    if middle.startswith(b"\xff\xee"):
        middle = middle[2 + struct.unpack(">H", middle[2:4])[0]:]
    return head + middle + bytes(frame) + file[at + 19:scan_at] + bytes(scan) + file[scan_at + 12:]


def bmp(bits, rle=False, top_down=False):
    palette = noisy.reshape(-1, 3)[:2 ** bits if bits <= 8 else 0]
    index = random.integers(0, len(palette), (HEIGHT, WIDTH)) if bits <= 8 else None
    rows = []
    for row in range(HEIGHT):
        if bits <= 8:
            codes = ((index[row][:, None] >> np.arange(bits - 1, -1, -1)) & 1).astype("u1").ravel()
            line = np.packbits(codes).tobytes()
        elif bits == 16:
            r, g, b = (noisy[row].astype(int) >> 3).T
            line = ((r << 10) | (g << 5) | b).astype("<u2").tobytes()
        elif bits == 24:
            line = noisy[row, :, ::-1].tobytes()
        else:
            line = np.concatenate([noisy[row, :, ::-1], np.full((WIDTH, 1), 255, "u1")], 1).tobytes()
        rows.append(line + bytes(-len(line) % 4))
    data = b"".join(rows if top_down else rows[::-1])
    colours = b"".join(bytes([*c[::-1], 0]) for c in palette)
    offset = 14 + 40 + len(colours)
    height = -HEIGHT if top_down else HEIGHT
    info = struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, bits, 0, len(data), 2835, 2835, len(palette), 0)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + info + colours + data


def bmp_rle8():
    """Runs, literals, a jump and ends of lines; Pillow reads RLE8 since 9.3."""
    index = np.zeros((HEIGHT, WIDTH), int)
    index[:, :5], index[:, 5:11] = 1, 2
    index[:, 11:14] = [3, 1, 2]
    lines = []
    for _ in range(HEIGHT):
        # five of 1, six of 2, three literals padded to words, the rest is left to the end of the line
        lines.append(bytes([5, 1, 6, 2, 0, 3, 3, 1, 2, 0, 3, 0, 0, 0]))
    data = b"".join(lines) + bytes([0, 1])
    palette = noisy.reshape(-1, 3)[:4]
    colours = b"".join(bytes([*c[::-1], 0]) for c in palette)
    offset = 14 + 40 + len(colours)
    info = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 8, 1, len(data), 0, 0, 4, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + info + colours + data


def webp(*flags):
    path = pathlib.Path("/tmp/golden_in.png")
    path.write_bytes(saved(Image.fromarray(noisy), "PNG"))
    command = ["cwebp", "-quiet", *flags, str(path), "-o", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def gif():
    first = Image.fromarray(noisy).quantize(16)
    second = Image.fromarray(255 - noisy).quantize(16)
    return saved(first, "GIF", save_all=True, append_images=[second])


translucent = np.concatenate([noisy, (x * 15)[..., None].astype("u1")], -1)
files = {
    "jpeg 4:4:4": cjpeg("-sample", "1x1"),
    "jpeg 4:2:2": cjpeg("-sample", "2x1"),
    "jpeg 4:2:0": cjpeg("-sample", "2x2"),
    "jpeg 4:4:0": cjpeg("-sample", "1x2"),
    "jpeg 4:1:1": cjpeg("-sample", "4x1"),
    "jpeg 4:2:0 progressive": cjpeg("-sample", "2x2", "-progressive"),
    "jpeg RGB by its ids": cjpeg("-rgb", "-sample", "1x1"),
    "jpeg RGB by Adobe": adobe_rgb(),
    **{f"bmp {bits} bits": bmp(bits) for bits in [1, 4, 8, 16, 24, 32]},
    "bmp from above": bmp(24, top_down=True),
    "bmp RLE8": bmp_rle8(),
    "gif": gif(),
    "gif with a transparent colour": saved(Image.fromarray(noisy).quantize(8), "GIF", transparency=3),
    # Pillow interlaces no image of less than 16 pixels a side.
    "gif interlaced": saved(Image.fromarray(noisy).resize((21, 19)).quantize(32), "GIF", interlace=1),
    "webp lossless": webp("-lossless"),
    "webp": webp("-q", "80"),
    "webp with alpha": saved(Image.fromarray(translucent), "WEBP", lossless=True, exact=True),
}

lines = []
for name, file in files.items():
    image = Image.open(io.BytesIO(file))
    alpha = "transparency" in image.info or image.mode in ("RGBA", "LA")
    pixels = np.asarray(image.convert("RGBA" if alpha else "RGB"))
    entry = {
        "name": name,
        "file": base64.b64encode(file).decode(),
        "shape": list(pixels.shape),
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }
    lines.append("  " + json.dumps(entry) + ",\n")
    print(name, pixels.shape, len(file))

pathlib.Path(__file__).with_name("colour_goldens.ts").write_text(
    "// Written by make_colour_goldens.py: files, and the pixels that Pillow reads from them.\n\n"
    "/** Files as base64, with their pixels `[height, width, channels]`. */\n"
    "export const colourGoldens: readonly {\n"
    "  readonly name: string;\n  readonly file: string;\n"
    "  readonly shape: readonly number[];\n  readonly pixels: string;\n}[] = [\n" + "".join(lines) + "];\n"
)
