/**
 * Dropout: each invocation encrypts the counter of its element, as the generator on the host does.
 *
 * @module
 */
import { sizeOf } from "../../../core/shape.ts";
import type { FastKernels } from "../../fallback.ts";
import { bits, type Programs } from "../programs.ts";

const FUNCTIONS = {
  turnedLeft: "fn turnedLeft(x: u32, by: u32) -> u32 { return (x << by) | (x >> (32u - by)); }",
  /** Threefry-2x32 with 20 rounds. */
  encrypted: `fn encrypted(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
  let keys = vec3<u32>(key.x, key.y, key.x ^ key.y ^ 0x1bd11bdau);
  let even = vec4<u32>(13u, 15u, 26u, 6u);
  let odd = vec4<u32>(17u, 29u, 16u, 24u);
  var x = counter + keys.xy;
  for (var round = 0u; round < 5u; round++) {
    let turns = select(even, odd, round % 2u == 1u);
    for (var j = 0u; j < 4u; j++) {
      x.x += x.y;
      x.y = turnedLeft(x.y, turns[j]) ^ x.x;
    }
    x += vec2<u32>(keys[(round + 1u) % 3u], keys[(round + 2u) % 3u] + round + 1u);
  }
  return x;
}`,
};

/** The kernel. */
export function dropoutKernels(g: Programs): Pick<FastKernels, "dropout"> {
  const { memory } = g;
  return {
    dropout(x, { key, rate }) {
      const y = memory.reserve(x.shape, "float32");
      g.each({
        key: "dropout",
        count: sizeOf(x.shape),
        numbers: {
          wordX: memory.word(x),
          wordY: memory.word(y),
          keyLow: key[0] >>> 0,
          keyHigh: key[1] >>> 0,
          // A threshold of 2^32 does not fit: all are dropped.
          threshold: Math.ceil(rate * 2 ** 32) >>> 0,
          dropsAll: Number(rate * 2 ** 32 > 2 ** 32 - 1),
          kept: bits(1 - rate),
        },
        functions: FUNCTIONS,
        body: () =>
          `let words = encrypted(vec2<u32>(keyLow, keyHigh), vec2<u32>(i / 8u * 4u + i % 4u, 0u));
let word = select(words.x, words.y, i / 4u % 2u == 1u);
put(wordY + i, select(f(wordX + i) / bitcast<f32>(kept), 0.0, word < threshold || dropsAll == 1u));`,
      });
      return y;
    },
  };
}
