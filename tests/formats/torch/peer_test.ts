// PyTorch itself reads what is written here, where it is installed.

import { assertEquals } from "@std/assert";
import { Random, tensor } from "../../../mod.ts";
import { saveTorch, toTorchState } from "../../../src/models/mod.ts";
import { BatchNorm, Conv2d, Dense, Flatten, Sequential } from "../../../src/nn/mod.ts";
import { ifPossible } from "../../support/permissions.ts";

/** The Python for which Debian's package python3-torch is. */
const PYTHON = "/usr/bin/python3";

const CODE = `
import json, sys, torch
from torch import nn
folder = sys.argv[1]
read = torch.load(folder + "/a.pt", weights_only=True)
state = torch.load(folder + "/b.pt", weights_only=True)
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(48, 2))
keys = model.load_state_dict(state, strict=False)
x = torch.arange(2 * 3 * 5 * 6, dtype=torch.float32).reshape(2, 5, 6, 3).permute(0, 3, 1, 2) / 64
y = model.eval()(x)
listed = {name: [str(t.dtype), list(t.shape), t.double().flatten().tolist()] for name, t in read["model"].items()}
print(json.dumps([listed, read["epoch"], read["list"], keys.unexpected_keys, y.flatten().tolist()]))
`;

/** Returns the reason for not asking PyTorch, if there is one. */
function reason(): string | undefined {
  const states = (["run", "read", "write"] as const).map((name) =>
    Deno.permissions.querySync({ name }).state
  );
  if (states.some((state) => state !== "granted")) return undefined; // permissions are the reason
  try {
    const args = ["-c", "import torch"];
    const { success } = new Deno.Command(PYTHON, { args, stdout: "null", stderr: "null" })
      .outputSync();
    return success ? undefined : `no PyTorch in ${PYTHON}`;
  } catch {
    return `no ${PYTHON}`;
  }
}

Deno.test(ifPossible({
  name: "saveTorch: PyTorch reads it, and computes the same",
  needs: { run: true, read: true, write: true },
  skip: reason(),
  async fn() {
    const w = tensor([[1, 2, 3], [4, 5, 6]]);
    const contents = {
      model: {
        w,
        tied: w,
        ids: tensor([-7, 9], { dtype: "int32" }),
        bytes: tensor([0, 255], { dtype: "uint8" }),
        double: tensor([0.1], { dtype: "float64" }),
        scalar: tensor(3),
        empty: tensor([], { shape: [0, 2] }),
      },
      epoch: 2 ** 40,
      list: [1, null, "größe", true],
    };
    const model = Sequential([
      Conv2d({ filters: 4, size: 3 }),
      BatchNorm(),
      Flatten(),
      Dense({ units: 2 }),
    ]);
    const inputShape = [5, 6, 3];
    const params = model.init(new Random(0), inputShape);
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeFile(`${folder}/a.pt`, await saveTorch(contents));
      const state = toTorchState(model, params, { inputShape });
      await Deno.writeFile(`${folder}/b.pt`, await saveTorch(state));
      const args = ["-c", CODE, folder];
      const { stdout, stderr } = await new Deno.Command(PYTHON, { args }).output();
      assertEquals(new TextDecoder().decode(stderr), "");
      const [listed, epoch, list, unexpected, y] = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals(listed, {
        w: ["torch.float32", [2, 3], [1, 2, 3, 4, 5, 6]],
        tied: ["torch.float32", [2, 3], [1, 2, 3, 4, 5, 6]],
        ids: ["torch.int32", [2], [-7, 9]],
        bytes: ["torch.uint8", [2], [0, 255]],
        double: ["torch.float64", [1], [0.1]],
        scalar: ["torch.float32", [], [3]],
        empty: ["torch.float32", [0, 2], []],
      });
      assertEquals([epoch, list, unexpected], [2 ** 40, [1, null, "größe", true], []]);
      const size = 2 * 5 * 6 * 3;
      const x = tensor(Float32Array.from({ length: size }, (_, i) => i / 64), {
        shape: [2, 5, 6, 3],
      });
      const ours = [...model.apply(params, x).dataSync()];
      const worst = Math.max(...ours.map((value, i) => Math.abs(value - y[i])));
      assertEquals(worst < 1e-5, true, String(worst));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
