/**
 * Light on the relief: skin that scatters light under its surface, nails that shine.
 *
 * @module
 */

import type { Colour } from "./colour.ts";
import type { Relief } from "./relief.ts";
import type { Light, Skin, Surface } from "./scene.ts";
import { Openness, Shadow } from "./shadow.ts";
import type { RoundCone } from "./body.ts";
import { unit, type Vector } from "./vectors.ts";

/** Reach of light round the edge of a shadow, by colour: red goes deepest into skin. */
const SCATTER: Colour = [0.34, 0.18, 0.12];
/** Changes of each colour by blood in the fingertips, and by a fold in the skin. */
const FLUSH: Colour = [0.05, -0.13, -0.13];
const CREASE: Colour = [0.7, 1, 1];

/** Lights the samples of one hand. */
export class Shader {
  readonly #relief: Relief;
  readonly #light: Light;
  readonly #skin: Skin;
  readonly #halfway: Vector;
  readonly #cones: RoundCone[];
  readonly #shadow: Shadow;
  readonly #openness: Openness;
  /** The linear colour of the last shaded sample. */
  readonly colour: Float64Array = new Float64Array(3);

  constructor(relief: Relief, scale: number, light: Light, skin: Skin, cones: RoundCone[]) {
    this.#relief = relief;
    this.#light = light;
    this.#skin = skin;
    this.#cones = cones;
    const [x, y, z] = light.direction;
    this.#halfway = unit([x, y, z + 1]);
    this.#shadow = new Shadow(relief, scale, light.direction, 6);
    this.#openness = new Openness(relief, scale);
  }

  /**
   * Computes `colour` of a square of `size` x `size` samples, all covered, from its mean normal
   * and what its first sample sees of the light.
   */
  shade(column: number, row: number, size: number): void {
    const { side, owner, height, normalX, normalY, normalZ, ink } = this.#relief;
    const at = row * side + column;
    let x = 0;
    let y = 0;
    let z = 0;
    let unfolded = 0;
    for (let line = at; line < at + size * side; line += side) {
      for (let sample = line; sample < line + size; sample++) {
        x += normalX[sample];
        y += normalY[sample];
        z += normalZ[sample];
        unfolded += ink[sample];
      }
    }
    const shrink = 1 / Math.sqrt(x * x + y * y + z * z + 1e-12);
    const lit = 1 - this.#light.shadow * this.#shadow.at(column, row, height[at] + 0.12);
    const open = (0.72 + 0.28 * shrink * y) * this.#openness.at(column, row);
    const folded = 1 - unfolded / (size * size);
    this.#mix(this.#cones[owner[at] - 1], x * shrink, y * shrink, z * shrink, lit, open, folded);
  }

  #mix(
    cone: RoundCone,
    x: number,
    y: number,
    z: number,
    lit: number,
    open: number,
    folded: number,
  ): void {
    const { direction, key, ambient } = this.#light;
    const facing = x * direction[0] + y * direction[1] + z * direction[2];
    const shine = x * this.#halfway[0] + y * this.#halfway[1] + z * this.#halfway[2];
    const { colour: base, gloss } = this.#surfaceOf(cone);
    const spark = gloss * twelfthPower(Math.max(0, shine)) * lit;
    for (let c = 0; c < 3; c++) {
      const direct = Math.max(0, (facing + SCATTER[c]) / (1 + SCATTER[c])) * lit;
      const albedo = base[c] * (1 + FLUSH[c] * cone.flush) * (1 - CREASE[c] * folded);
      this.colour[c] = albedo * (ambient[c] * open + key[c] * direct) + spark * key[c];
    }
  }

  #surfaceOf({ part }: RoundCone): Surface {
    if (part === "nail") return this.#skin.nail;
    return part === "sleeve" ? this.#skin.sleeve : this.#skin.flesh;
  }
}

function twelfthPower(x: number): number {
  const fourth = x * x * x * x;
  return fourth * fourth * fourth;
}
