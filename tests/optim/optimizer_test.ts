// Behaviour that all optimizers share: steps in place, moments that stay with their parameter,
// memory that is shared with nobody, and errors before anything has changed.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  adagrad,
  adam,
  adamw,
  lion,
  type Optimizer,
  reshape,
  rmsprop,
  sgd,
  square,
  stopGradient,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { countingBackend } from "../support/counting_backend.ts";

const makers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.5 }),
  momentum: () => sgd({ learningRate: 0.5, momentum: 0.5 }),
  adam: () => adam({ learningRate: 0.5 }),
  rmsprop: () => rmsprop({ learningRate: 0.5 }),
  heavyRmsprop: () => rmsprop({ learningRate: 0.5, momentum: 0.5, centered: true }),
  adamw: () => adamw({ learningRate: 0.5, weightDecay: 0 }),
  adagrad: () => adagrad({ learningRate: 0.5 }),
  lion: () => lion({ learningRate: 0.5 }),
};

const each = (test: (make: () => Optimizer) => void) => () => Object.values(makers).forEach(test);

Deno.test(
  "optim: a step changes the parameters in place, and returns them",
  each((make) => {
    const backend = countingBackend();
    const params = {
      w: tensor([1, 2], { backend }),
      layers: [{ bias: tensor(3, { backend }) }],
      none: null,
    };
    const { w, layers: [{ bias }] } = params;
    const grads = {
      w: tensor([1, -1], { backend }),
      layers: [{ bias: tensor(0, { backend }) }],
      none: null,
    };
    backend.clear();
    const optimizer = make();
    assertStrictEquals(optimizer.step(params, grads), params);
    assertStrictEquals(params.w, w);
    assertEquals(backend.count("copy"), 0, "nothing else shares the memory");
    const [first, second] = w.dataSync();
    assert(first < 1 && second > 2, "against the gradient");
    assertEquals([bias.item(), grads.w.toArray()], [3, [1, -1]]);
  }),
);

Deno.test(
  "optim: a parameter without a structure",
  each((make) => {
    const w = tensor([1, 2]);
    assertStrictEquals(make().step(w, tensor([1, 1])), w);
    assert(w.dataSync()[0] < 1);
  }),
);

Deno.test("optim: sgd and its momentum by hand", () => {
  const w = tensor([1, 2]);
  const plain = sgd({ learningRate: 0.25 });
  plain.step(w, tensor([4, -4]));
  assertEquals(w.toArray(), [0, 3]);
  const heavy = sgd({ learningRate: 0.5, momentum: 0.5 });
  heavy.step(w, tensor([2, 4])); // v = [2, 4]
  assertEquals(w.toArray(), [-1, 1]);
  heavy.step(w, tensor([1, 0])); // v = [2, 2]
  assertEquals(w.toArray(), [-2, 0]);
  const ahead = sgd({ learningRate: 0.5, momentum: 0.5, nesterov: true });
  ahead.step(w, tensor([2, 4])); // v = [2, 4], the step goes along [3, 6]
  assertEquals(w.toArray(), [-3.5, -3]);
});

Deno.test("optim: the first step of adam and rmsprop has a known size", () => {
  const w = tensor([0, 0], { dtype: "float64" });
  adam({ learningRate: 0.1, epsilon: 0 }).step(w, tensor([5, -0.001], { dtype: "float64" }));
  [-0.1, 0.1].forEach((expected, i) => assert(Math.abs(w.dataSync()[i] - expected) < 1e-15));
  const v = tensor([0, 0], { dtype: "float64" });
  rmsprop({ learningRate: 0.1, rho: 0.75, epsilon: 0 }).step(
    v,
    tensor([2, -4], {
      dtype: "float64",
    }),
  );
  assertEquals(v.toArray(), [-0.2, 0.2], "lr / sqrt(1 - rho)");
});

Deno.test("optim: defaults are PyTorch's", () => {
  const run = (optimizer: Optimizer) => {
    const w = tensor([1, 2], { dtype: "float64" });
    for (let i = 1; i < 4; i++) optimizer.step(w, tensor([i, -1 / i], { dtype: "float64" }));
    return w.toArray();
  };
  const learningRate = 0.1;
  assertEquals(
    run(adam({ learningRate })),
    run(adam({ learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })),
  );
  assertEquals(
    run(rmsprop({ learningRate })),
    run(rmsprop({ learningRate, rho: 0.99, epsilon: 1e-8 })),
  );
  assertEquals(
    run(sgd({ learningRate })),
    run(sgd({ learningRate, momentum: 0, nesterov: false })),
  );
});

Deno.test(
  "optim: what shares memory with a parameter does not change with it",
  each((make) => {
    const backend = countingBackend();
    const w = tensor([1, 2, 3, 4], { backend });
    const view = reshape(w, [2, 2]);
    const constant = stopGradient(w);
    make().step(w, tensor([1, 1, 1, 1], { backend }));
    assertEquals(view.toArray(), [[1, 2], [3, 4]]);
    assertEquals(constant.toArray(), [1, 2, 3, 4]);
    assert(w.dataSync()[0] < 1);
    assertEquals(backend.count("copy"), 1);
  }),
);

Deno.test("optim: of a parameter and a reshaped one each steps alone", () => {
  const w = tensor([1, 2]);
  const view = reshape(w, [2, 1]);
  sgd({ learningRate: 1 }).step({ w, view }, { w: tensor([1, 0]), view: tensor([[0], [5]]) });
  assertEquals([w.toArray(), view.toArray()], [[0, 2], [[1], [-3]]]);
});

Deno.test("optim: the memory of a copied parameter is freed with its last user", () => {
  const backend = countingBackend();
  const w = tensor([1, 2], { backend });
  {
    using view = reshape(w, [2, 1]);
    using dw = tensor([1, 1], { backend });
    sgd({ learningRate: 1 }).step(w, dw);
    assertEquals([backend.liveBytes, view.size], [24, 2]);
  }
  assertEquals(backend.liveBytes, 8);
  w.dispose();
  assertEquals(backend.liveBytes, 0);
});

Deno.test(
  "optim: a gradient that is a borrowed seed is read, not changed",
  each((make) => {
    using tape = new Tape();
    const w = tape.watch(tensor([1, 2]));
    const seed = tensor([3, 4]);
    const optimizer = make();
    optimizer.step(w, tape.gradient(w, w, { seed }));
    optimizer.step(w, tape.gradient(w, w, { seed }));
    assertEquals(seed.toArray(), [3, 4]);
  }),
);

Deno.test("optim: moments survive when parameters are replaced", () => {
  const trajectory = (replace: boolean) => {
    const optimizer = adam({ learningRate: 0.1 });
    let params = { w: tensor([1, 2]) };
    for (let i = 0; i < 5; i++) {
      optimizer.step(params, { w: tensor([i, 1]) });
      if (replace) params = { w: tensor(params.w.dataSync()) };
    }
    return params.w.toArray();
  };
  assertEquals(trajectory(true), trajectory(false));
});

Deno.test("optim: moments begin anew for a parameter of another shape, dtype or backend", () => {
  const [first, second] = [countingBackend("first"), countingBackend("second")];
  const starts: (() => { w: Tensor; dw: Tensor })[] = [
    () => ({ w: tensor([1, 2], { backend: first }), dw: tensor([1, -1], { backend: first }) }),
    () => ({ w: tensor([[1, 2]], { backend: first }), dw: tensor([[1, -1]], { backend: first }) }),
    () => {
      const options = { dtype: "float64", backend: first } as const;
      return { w: tensor([[1, 2]], options), dw: tensor([[1, -1]], options) };
    },
    () => {
      const options = { dtype: "float64", backend: second } as const;
      return { w: tensor([[1, 2]], options), dw: tensor([[1, -1]], options) };
    },
  ];
  const optimizer = adam({ learningRate: 0.1 });
  for (const start of starts) {
    const [{ w, dw }, { w: alone, dw: same }] = [start(), start()];
    for (let i = 0; i < 3; i++) optimizer.step(w, dw);
    const fresh = adam({ learningRate: 0.1 });
    for (let i = 0; i < 3; i++) fresh.step(alone, same);
    assertEquals(w.toArray(), alone.toArray());
    fresh[Symbol.dispose]();
    for (const t of [w, dw, alone, same]) t.dispose();
    const moments = 2 * w.size * (w.dtype === "float64" ? 8 : 4);
    assertEquals(first.liveBytes + second.liveBytes, moments, "old moments are freed");
  }
});

Deno.test("optim: parameters that come later have a count of steps of their own", () => {
  const optimizer = adam({ learningRate: 0.1, epsilon: 0 });
  const [early, late] = [tensor(0, { dtype: "float64" }), tensor(0, { dtype: "float64" })];
  const one = tensor(1, { dtype: "float64" });
  for (let i = 0; i < 10; i++) optimizer.step({ early }, { early: one });
  optimizer.step({ early, late }, { early: one, late: one });
  assert(Math.abs(late.item() + 0.1) < 1e-15, "its first step is a first step");
});

Deno.test(
  "optim: memory is that of the moments from the first step to dispose",
  each((make) => {
    const backend = countingBackend();
    const [w, dw] = [tensor([1, 2], { backend }), tensor([1, 1], { backend })];
    const before = backend.liveBytes;
    const optimizer = make();
    optimizer.step({ w }, { w: dw });
    const moments = backend.liveBytes - before;
    for (let i = 0; i < 5; i++) optimizer.step({ w }, { w: dw });
    assertEquals(backend.liveBytes - before, moments);
    optimizer[Symbol.dispose]();
    assertEquals(backend.liveBytes, before);
    optimizer.step({ w }, { w: dw });
    assertEquals(backend.liveBytes - before, moments, "it can begin anew");
  }),
);

Deno.test("optim: the number of moments is that of the formula", () => {
  const bytes = Object.values(makers).map((make) => {
    const backend = countingBackend();
    const [w, dw] = [tensor([1, 2], { backend }), tensor([1, 1], { backend })];
    make().step(w, dw);
    return (backend.liveBytes - 16) / 8;
  });
  assertEquals(bytes, [0, 1, 2, 1, 3, 2, 1, 1]);
});

Deno.test("optim: steps of zero gradients and of rate zero change nothing", () => {
  const w = tensor([1, 2]);
  for (const make of Object.values(makers)) make().step(w, tensor([0, 0]));
  assertEquals(w.toArray(), [1, 2]);
  for (const make of [sgd, adam, adamw, rmsprop, adagrad, lion]) {
    make({ learningRate: 0 }).step(w, tensor([5, 5]));
  }
  assertEquals(w.toArray(), [1, 2]);
});

Deno.test("optim: every step of training uses the gradient of its own", () => {
  const w = tensor([4, -8]);
  using optimizer = sgd({ learningRate: 0.25 });
  for (let i = 0; i < 3; i++) {
    using tape = new Tape();
    const loss = sum(square(tape.watch(w)));
    optimizer.step(w, tape.gradient(loss, w));
  }
  assertEquals(w.toArray(), [0.5, -1], "w is halved each time");
});
