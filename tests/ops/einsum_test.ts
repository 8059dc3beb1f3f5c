// einsum against sums over all indices, by equations written down and by random ones; gradients;
// dot and outer.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { dot, einsum, outer, ShapeError, type Tensor, tensor, zeros } from "../../mod.ts";
import { checkGrad } from "../../src/testing/check_grad.ts";
import { scaled } from "../support/effort.ts";
import { elementAt, fromIndex } from "../support/oracles/arrays.ts";
import { assertTensor } from "../support/compare.ts";
import { quarters, type Values } from "../support/grids.ts";
import { gridValues } from "../support/random_values.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";
import { indicesOf } from "../support/oracles/windows.ts";

const put = ({ shape, data }: Values) => tensor(Array.from(data), { shape, dtype: "float64" });

/** Computes the sum over all indices of the product of the operands' elements. */
function oracle(terms: readonly string[], output: string, operands: readonly Values[]): Values {
  const sizes = new Map<string, number>();
  terms.forEach((term, i) =>
    [...term].forEach((letter, d) => {
      sizes.set(letter, Math.max(operands[i].shape[d], sizes.get(letter) ?? 0));
    })
  );
  const summed = [...sizes.keys()].filter((letter) => !output.includes(letter));
  return fromIndex([...output].map((letter) => sizes.get(letter)!), (index) => {
    let total = 0;
    for (const rest of indicesOf(summed.map((letter) => sizes.get(letter)!))) {
      const at = (letter: string) =>
        output.includes(letter) ? index[output.indexOf(letter)] : rest[summed.indexOf(letter)];
      total += terms.reduce((p, term, i) => p * elementAt(operands[i], [...term].map(at)), 1);
    }
    return total;
  });
}

const EQUATIONS = [
  "i->i",
  "i->",
  "ij->ji",
  "ii->i",
  "ii->",
  "iij->j",
  "iji->ij",
  "ik,kj->ij",
  "ik,kj->ji",
  "ki,kj->ij",
  "ik,jk->ij",
  "ki,jk->ij",
  "bik,bkj->bij",
  "bki,bjk->ibj",
  "i,i->",
  "i,i->i",
  "i,j->ij",
  "ij,ij->",
  "ij,ij->i",
  "ij,kl->ijkl",
  "ij,j->i",
  "bij,kj->bik",
  "bqhd,bkhd->bhqk",
  "ij,jk,kl->il",
  "ij,ik,il->jkl",
  "i,ij,j->",
  "ijk,jil,kl->i",
  "ij,k->i",
];

Deno.test("einsum: equations are sums over all indices", () => {
  const sizes = "abcdefghijklmnopqrstuvwxyz".split("").map((_, i) => 2 + i % 3);
  for (const equation of EQUATIONS) {
    const [left, output] = equation.split("->");
    const terms = left.split(",");
    const operands = terms.map((term, i) =>
      gridValues([...term].map((letter) => sizes[letter.charCodeAt(0) - 97]), i + 1)
    );
    assertTensor(einsum(equation, ...operands.map(put)), oracle(terms, output, operands), equation);
  }
});

/** One to three terms of up to three of four letters, an output of some of them, and operands. */
const equations = fc.record({
  terms: fc.array(fc.array(fc.constantFrom(..."ijkl"), { maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  }),
  sizes: fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 3 }))),
}).chain(({ terms, sizes }) =>
  fc.record({
    terms: fc.constant(terms.map((term) => term.join(""))),
    output: fc.shuffledSubarray([...new Set(terms.flat())]).map((letters) => letters.join("")),
    operands: fc.tuple(
      ...terms.map((term) => quarters(term.map((letter) => sizes["ijkl".indexOf(letter)]))),
    ),
  })
);

Deno.test("einsum: random equations, and their gradients to the second order", () => {
  fc.assert(
    fc.property(equations, ({ terms, output, operands }) => {
      const equation = `${terms.join(",")}->${output}`;
      const tensors = operands.map(put);
      assertTensor(einsum(equation, ...tensors), oracle(terms, output, operands), equation);
      const f = (...x: Tensor[]) => einsum(equation, ...x);
      checkGrad(f, tensors, { exact: true, order: 2 });
    }),
    { numRuns: scaled(60) },
  );
});

Deno.test("einsum: an ellipsis stands for further dimensions, which broadcast", () => {
  const [a, b] = [gridValues([5, 1, 2, 3], 1), gridValues([4, 3, 2], 2)];
  const y = einsum("...ij,...jk->...ik", put(a), put(b));
  const expected = fromIndex([5, 4, 2, 2], ([n, m, i, k]) => {
    const terms = [0, 1, 2].map((j) => elementAt(a, [n, 0, i, j]) * elementAt(b, [m, j, k]));
    return terms[0] + terms[1] + terms[2];
  });
  assertTensor(y, expected, "batches");
  assertEquals(einsum("...ij", put(a)).shape, [5, 1, 2, 3]);
  assertEquals(einsum("i...->...i", put(a)).shape, [1, 2, 3, 5]);
  assertEquals(einsum("i...->...", put(a)).shape, [1, 2, 3]);
  assertEquals(einsum("...,...->...", put(a), put(gridValues([4, 1, 3], 3))).shape, [5, 4, 2, 3]);
});

Deno.test("einsum: without an arrow, letters that occur once remain, in their order", () => {
  const [a, b] = [gridValues([2, 3], 1), gridValues([3, 4], 2)];
  assertEquals(einsum("ij,jk", put(a), put(b)).shape, [2, 4]);
  assertEquals(einsum("kj,ji", put(a), put(b)).shape, [4, 2]);
  assertEquals(einsum("ba", put(a)).shape, [3, 2]);
  assertEquals(einsum("ii", put(gridValues([3, 3], 1))).shape, []);
  assertEquals(einsum(" i j , j k -> i k ", put(a), put(b)).shape, [2, 4]);
});

Deno.test("einsum: dimensions of size 1 repeat, sums over nothing are 0", () => {
  const [a, b] = [gridValues([2, 1], 1), gridValues([3, 4], 2)];
  assertTensor(einsum("ij,jk->ik", put(a), put(b)), oracle(["ij", "jk"], "ik", [a, b]), "size 1");
  assertEquals(einsum("ij,jk->ik", zeros([2, 0]), zeros([0, 3])).toArray(), [[0, 0, 0], [0, 0, 0]]);
  assertEquals(einsum("i,i->", zeros([0]), zeros([0])).item(), 0);
});

const [A, B] = [zeros([2, 3]), zeros([4, 5])];

Deno.test("einsum: refuses what is no equation, or fits no operands", () => {
  const none = (equation: unknown): Refusal => [
    () => einsum(equation as string, A, B),
    SyntaxError,
    'Cannot apply einsum: an equation must be terms of letters and at most one "...", joined by ' +
    `commas, and may go on with "->" and a term: equation is ${JSON.stringify(equation)}`,
  ];
  const refusals: Refusal[] = [
    ...["ij;jk", "i1,jk", "ij,jk->ik->", "..i..,jk", "......,jk", "ij->jk,k", 7].map(none),
    [
      () => einsum("ij->ij", A, B),
      SyntaxError,
      "Cannot apply einsum: the equation must have a term per operand: it has 1, there are 2 " +
      'operands: equation is "ij->ij"',
    ],
    [
      () => einsum("i"),
      SyntaxError,
      "Cannot apply einsum: the equation must have a term per operand: it has 1, there are 0 " +
      'operands: equation is "i"',
    ],
    ...["iz", "ii"].map((output): Refusal => [
      () => einsum(`ij,kl->${output}`, A, B),
      SyntaxError,
      "Cannot apply einsum: a subscript of the output must occur in an operand, and in the output " +
      `once: "${output === "iz" ? "z" : "i"}" does not: equation is "ij,kl->${output}"`,
    ]),
    [
      () => einsum("...i->i", A),
      SyntaxError,
      'Cannot apply einsum: the output must have "..." where an operand has dimensions for it: ' +
      'equation is "...i->i"',
    ],
    [
      () => einsum("ijk", A),
      ShapeError,
      'Cannot apply einsum: an operand must have a dimension per subscript: term 0 is "ijk", ' +
      'operand 0 is [2, 3]: equation is "ijk"',
    ],
    [
      () => einsum("ij,jk->ik", A, B),
      ShapeError,
      "Cannot apply einsum: the dimensions of a subscript must have one size (or 1, in another " +
      'operand): those of "j" have 3 and 4: equation is "ij,jk->ik", operands are [2, 3], [4, 5]',
    ],
    [
      () => einsum("ii", A),
      ShapeError,
      "Cannot apply einsum: the dimensions of a subscript must have one size (or 1, in another " +
      'operand): those of "i" have 2 and 3: equation is "ii", operands are [2, 3]',
    ],
    [
      () => einsum("i,i", zeros([2]), tensor([1, 2], { dtype: "int32" })),
      ShapeError,
      "Cannot apply einsum: dtype must be float32 or float64, cast(x, dtype) converts: " +
      "operands[0] is float32, operands[1] is int32",
    ],
  ];
  refusals.forEach(assertRefuses);
});

Deno.test("dot, outer: values by hand, gradients, refusals", () => {
  const [a, b] = [tensor([1, 2], { dtype: "float64" }), tensor([3, -4], { dtype: "float64" })];
  assertEquals(dot(a, b).item(), -5);
  assertEquals(dot(zeros([0]), zeros([0])).item(), 0);
  assertEquals(outer(a, b).toArray(), [[3, -4], [6, -8]]);
  assertEquals(outer(zeros([0]), zeros([2])).shape, [0, 2]);
  assertEquals(outer(tensor(new Uint8Array([2])), tensor(new Uint8Array([200]))).toArray(), [[
    144,
  ]]);
  checkGrad(dot, [a, b], { exact: true, order: 2 });
  checkGrad(outer, [a, b], { exact: true, order: 2 });
  const wrong = "a and b must be vectors";
  assertRefuses([
    () => dot(zeros([2]), zeros([3])),
    ShapeError,
    `Cannot apply dot: ${wrong} of one size: a is [2], b is [3]`,
  ]);
  assertRefuses([
    () => outer(A, zeros([3])),
    ShapeError,
    `Cannot apply outer: ${wrong}: a is [2, 3], b is [3]`,
  ]);
});
