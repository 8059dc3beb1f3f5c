"""Writes goldens.ts beside this file: the inputs of the step-by-step exercises, drawn again from
their seed, and what direct loops in float64 make of them.

Run: python3 make_goldens.py   (needs NumPy, any version: the legacy generator never changes)
"""

import base64
import io
import pathlib

import numpy as np


def draw(*shapes):
    """Normal numbers in the order the exercise draws them."""
    np.random.seed(1)
    return [np.random.randn(*shape) for shape in shapes]


def zero_pad(x, pad):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def windows(m, height, width, stride):
    """Sample, row and column of each output, and where its window begins."""
    for i in range(m):
        for h in range(height):
            for w in range(width):
                yield i, h, w, h * stride, w * stride


def conv_forward(a, w, b, pad, stride):
    padded, size = zero_pad(a, pad), w.shape[0]
    m, height, width = a.shape[0], *((n + 2 * pad - size) // stride + 1 for n in a.shape[1:3])
    z = np.zeros((m, height, width, w.shape[3]))
    for i, h, v, top, left in windows(m, height, width, stride):
        part = padded[i, top:top + size, left:left + size]
        for c in range(w.shape[3]):
            z[i, h, v, c] = np.sum(part * w[..., c]) + b[0, 0, 0, c]
    return z


def conv_backward(dz, a, w, pad, stride):
    padded, size = zero_pad(a, pad), w.shape[0]
    da, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros((1, 1, 1, w.shape[3]))
    for i, h, v, top, left in windows(*dz.shape[:3], stride):
        part = np.s_[i, top:top + size, left:left + size]
        for c in range(w.shape[3]):
            da[part] += w[..., c] * dz[i, h, v, c]
            dw[..., c] += padded[part] * dz[i, h, v, c]
            db[..., c] += dz[i, h, v, c]
    # Up to the end of the image, not up to -pad, which is no end at pad 0.
    return da[:, pad:pad + a.shape[1], pad:pad + a.shape[2]], dw, db


def pool_forward(a, size, stride, mode):
    height, width = ((n - size) // stride + 1 for n in a.shape[1:3])
    y = np.zeros((a.shape[0], height, width, a.shape[3]))
    for i, h, w, top, left in windows(a.shape[0], height, width, stride):
        part = a[i, top:top + size, left:left + size]
        y[i, h, w] = part.max((0, 1)) if mode == "max" else part.mean((0, 1))
    return y


def pool_backward(da, a, size, stride, mode):
    out = np.zeros_like(a)
    for i, h, w, top, left in windows(*da.shape[:3], stride):
        part = np.s_[i, top:top + size, left:left + size]
        for c in range(a.shape[3]):
            window = a[part][..., c]
            share = np.full(window.shape, 1 / size**2)
            if mode == "max":
                share = (np.arange(window.size) == window.argmax()).reshape(window.shape)
            out[part][..., c] += share * da[i, h, w, c]
    return out


def make_all():
    files = {"zero_pad.x": draw((4, 3, 3, 2))[0]}
    a, w, b = draw((4, 4, 3), (4, 4, 3), (1, 1, 1))
    files |= {"conv_single_step.a": a, "conv_single_step.w": w, "conv_single_step.b": b}

    a, w, b = draw((10, 5, 7, 4), (3, 3, 4, 8), (1, 1, 1, 8))
    z = conv_forward(a, w, b, 1, 2)
    files |= {"conv_forward.a": a, "conv_forward.w": w, "conv_forward.b": b, "conv_forward.z": z}

    a, w, b = draw((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8))
    z = conv_forward(a, w, b, 2, 2)
    da, dw, db = conv_backward(z, a, w, 2, 2)
    files |= {f"conv_backward.{name}": x for name, x in
              {"a": a, "w": w, "b": b, "dz": z, "da": da, "dw": dw, "db": db}.items()}

    a, = draw((2, 5, 5, 3))
    files["pool_forward.a"] = a
    for mode in "max", "average":
        for stride in 1, 2:
            files[f"pool_forward.{mode}.stride{stride}.out"] = pool_forward(a, 3, stride, mode)

    a, da = draw((5, 5, 3, 2), (5, 4, 2, 2))
    files |= {"pool_backward.a": a, "pool_backward.da": da}
    for mode in "max", "average":
        files[f"pool_backward.{mode}.out"] = pool_backward(da, a, 2, 1, mode)
    return files


def npy(x):
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(x))
    return buffer.getvalue()


def main():
    lines = [f'  "{name}":\n    "{base64.b64encode(npy(x)).decode()}",'
             for name, x in make_all().items()]
    text = "// Made by make_goldens.py beside this file. Do not edit.\n\n" \
        "/** `.npy` files as base64, by case and letter of the exercise. */\n" \
        "export const seedCases = {\n" + "\n".join(lines) + "\n} as const;\n"
    pathlib.Path(__file__).with_name("goldens.ts").write_text(text)


if __name__ == "__main__":
    main()
