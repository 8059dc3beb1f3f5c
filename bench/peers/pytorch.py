"""PyTorch on the CPU as a peer; the variant is the memory format, "nchw" or "nhwc".

The protocol is that of protocol.ts: the last argument says what to do, lines of JSON follow.
"""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from larger import make_larger_step

PROOF_MS = 20_000  # as in protocol.ts


def say(**message):
    print("@bench " + json.dumps(message), flush=True)


def read_arrays(path):
    with open(path + ".json") as file:
        entries = json.load(file)
    with open(path + ".bin", "rb") as file:
        data = file.read()
    return {
        e["name"]: torch.from_numpy(
            np.frombuffer(data, "<i4" if e["dtype"] == "int32" else "<f4",
                          int(np.prod(e["shape"])), e["offset"]).reshape(e["shape"]).copy())
        for e in entries
    }


class Layout:
    """Puts arrays of the bench (images NHWC, filters HWIO, dense weights IO) in PyTorch's order."""

    def __init__(self, name):
        self.is_nhwc = name == "nhwc"
        self.format = torch.channels_last if self.is_nhwc else torch.contiguous_format

    def images(self, x):
        return x.permute(0, 3, 1, 2).contiguous(memory_format=self.format)

    def filters(self, w):
        return w.permute(3, 2, 0, 1).contiguous(memory_format=self.format).requires_grad_()

    def dense(self, w):
        return w.t().contiguous().requires_grad_()

    def dense_of_map(self, w, height, width):
        """Weights of a flattened map: features come channel by channel unless maps are NHWC."""
        if not self.is_nhwc:
            w = w.view(height, width, -1, w.shape[1]).permute(2, 0, 1, 3).reshape(w.shape)
        return self.dense(w)

    def flatten(self, x):
        return x.permute(0, 2, 3, 1).flatten(1) if self.is_nhwc else x.flatten(1)


def make_signs(a, layout):
    conv1, conv2 = layout.filters(a["conv1"]), layout.filters(a["conv2"])
    dense, bias = layout.dense_of_map(a["dense"], 2, 2), a["bias"].requires_grad_()

    def forward(x):
        x = F.max_pool2d(F.relu(F.conv2d(F.pad(x, (1, 2, 1, 2)), conv1)), 8)
        x = F.max_pool2d(F.relu(F.conv2d(F.pad(x, (0, 1, 0, 1)), conv2)), 4)
        return F.linear(layout.flatten(x), dense, bias)

    return forward, [conv1, conv2, dense, bias]


def make_digits(a, layout):
    filters = [layout.filters(a[f"conv{i}"]) for i in (1, 2, 3)]
    biases = [a[f"bias{i}"].requires_grad_() for i in (1, 2, 3, 4, 5)]
    dense4 = layout.dense_of_map(a["dense4"], 3, 3)
    dense5 = layout.dense(a["dense5"])

    def forward(x):
        x = F.max_pool2d(F.relu(F.conv2d(x, filters[0], biases[0])), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, filters[1], biases[1])), 2)
        x = F.relu(F.conv2d(x, filters[2], biases[2]))
        x = F.relu(F.linear(layout.flatten(x), dense4, biases[3]))
        return F.linear(x, dense5, biases[4])

    return forward, [*filters, *biases, dense4, dense5]


def make_step(job):
    arrays, layout = read_arrays(job["inputs"]), Layout(job["variant"])
    if job["model"] not in ("S", "M"):
        return make_larger_step(job["model"], arrays, layout)
    is_signs = job["model"] == "S"
    forward, params = (make_signs if is_signs else make_digits)(arrays, layout)
    if job["mode"] == "infer":
        image = arrays["x"][:1].numpy()
        return lambda: infer(forward, layout, image)
    x, labels = layout.images(arrays["x"]), arrays["labels"].long()
    optimizer = (torch.optim.Adam(params, lr=0.009, foreach=True) if is_signs else
                 torch.optim.RMSprop(params, lr=1e-3, alpha=0.9, eps=1e-7, foreach=True))

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(forward(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def infer(forward, layout, image):
    with torch.inference_mode():
        logits = forward(layout.images(torch.from_numpy(image)))
        return F.softmax(logits, 1).numpy().ravel().tolist()


def timed(step):
    start = time.perf_counter()
    result = step()
    return result, 1000 * (time.perf_counter() - start)


def prove(step, job):
    proof, milliseconds = [], []
    wanted = job["steps"] if job["mode"] == "train" else 1
    while len(milliseconds) < wanted:
        result, elapsed = timed(step)
        milliseconds.append(elapsed)
        if len(milliseconds) == 1:
            say(event="first")
        proof.extend(result if isinstance(result, list) else [result])
        if len(milliseconds) > 1 and sum(milliseconds) > PROOF_MS:
            break
    say(event="ready", proof=proof, milliseconds=milliseconds,
        version=f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")


def serve():
    job = json.loads(sys.argv[-1])
    torch.set_num_threads(job["threads"])
    step = make_step(job)
    prove(step, job)
    for line in sys.stdin:
        turn = json.loads(line)
        milliseconds = []
        end = time.perf_counter() + turn["seconds"]
        while len(milliseconds) < turn["atLeast"] or time.perf_counter() < end:
            milliseconds.append(timed(step)[1])
        say(event="turn", milliseconds=milliseconds)


if __name__ == "__main__":
    try:
        serve()
    except Exception as error:  # the bench shows why a peer does not run
        say(event="failed", reason=str(error).split("\n")[0][:200])
        raise
