// Classic networks as PyTorch exports them: they compute what it computes, learn further, and are
// exported again.

import { assert, assertEquals, assertLess } from "@std/assert";
import { adam, grad, mse, type Tensor, tensor, zeros } from "../../../mod.ts";
import { inflate } from "../../../src/files/compression_streams.ts";
import { exportOnnx, importOnnx } from "../../../src/models/mod.ts";
import { networks } from "../../golden/onnx/networks.ts";
import { ifPossible } from "../../support/permissions.ts";
import { assertClose } from "./close.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

async function unpack(file: string): Promise<Uint8Array> {
  const limits = { most: 2 ** 20, action: "Cannot unpack" };
  return await inflate(Uint8Array.fromBase64(file), "gzip", limits);
}

for (const { name, shape, x, y, files } of networks) {
  for (const { name: exporter, file } of files) {
    Deno.test(`importOnnx: ${name} of PyTorch, ${exporter}, computes what it computes`, async () => {
      const model = await importOnnx(await unpack(file));
      const found = model.apply(model.params, tensor(x, { shape: [3, ...shape] }));
      assertClose(found.dataSync(), y, name);
    });
  }
}

Deno.test(ifPossible({
  name: "importOnnx: networks of PyTorch are trained further, and exported with their new weights",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    for (const { name, shape, x, y, files } of networks) {
      const { params, apply } = await importOnnx(await unpack(files[0].file));
      const images = tensor(x, { shape: [3, ...shape] });
      const target = zeros([3, y.length / 3]);
      const loss = (p: typeof params) => mse(apply(p, images), target);
      const optimizer = adam({ learningRate: 0.01 });
      const before = loss(params).item();
      const first = grad(loss)(params);
      for (const [key, dw] of Object.entries(first)) {
        assert(dw.dataSync().some((v) => v !== 0), `${name}: no gradient reaches ${key}`);
      }
      for (let step = 0; step < 10; step++) optimizer.step(params, grad(loss)(params));
      assertLess(loss(params).item(), before, name);

      const again = exportOnnx((x: Tensor) => apply(params, x), images, { params });
      const expected = apply(params, images);
      const { y: found } = await runOnnx(again, { x: images });
      assertEquals(found.shape, expected.shape);
      assertClose(found.data, expected.dataSync(), name);
    }
  },
}));
