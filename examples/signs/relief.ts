/**
 * Geometry to samples: the visible surface of a body as a relief, with the height and the normal
 * of the skin at every sample of a square grid. Neighbouring cones melt together by a smooth
 * maximum of their heights (Inigo Quilez, "smooth minimum", the quadratic one).
 *
 * @module
 */

import { drawCone, NOTHING, type Placement, windowOf } from "./cone.ts";
import type { Body, Crease, RoundCone } from "./body.ts";

/** The surface seen from +z, a value for each of the `side` x `side` samples. */
export class Relief {
  readonly height: Float32Array;
  readonly normalX: Float32Array;
  readonly normalY: Float32Array;
  readonly normalZ: Float32Array;
  /** Number of the cone that is seen: 1 + its index, or 0. */
  readonly owner: Uint8Array;
  /** Share of the light that creases leave: 1 where there is none. */
  readonly ink: Float32Array;
  /** The body ends below this. */
  top: number = NOTHING;

  readonly side: number;

  constructor(side: number) {
    this.side = side;
    const samples = side * side;
    this.height = new Float32Array(samples);
    this.normalX = new Float32Array(samples);
    this.normalY = new Float32Array(samples);
    this.normalZ = new Float32Array(samples);
    this.owner = new Uint8Array(samples);
    this.ink = new Float32Array(samples);
  }

  /** Replaces what was there by this body. */
  draw(body: Body, placement: Placement): void {
    this.height.fill(NOTHING);
    this.owner.fill(0);
    this.ink.fill(1);
    this.top = Math.max(...body.cones.map(topOf));
    body.cones.forEach((cone, index) => drawCone(this, cone, index + 1, placement));
    for (const crease of body.creases) this.#drawCrease(crease, body.cones, placement);
  }

  /**
   * Merges what is at a sample with a new surface by a smooth maximum; normals mix in the same way.
   */
  merge(
    at: number,
    owner: number,
    blend: number,
    height: number,
    normalX: number,
    normalY: number,
    normalZ: number,
  ): void {
    const lead = height - this.height[at];
    if (lead <= -blend) return;
    if (lead >= blend) {
      this.height[at] = height;
      this.normalX[at] = normalX;
      this.normalY[at] = normalY;
      this.normalZ[at] = normalZ;
      this.owner[at] = owner;
      return;
    }
    const share = 0.5 + 0.5 * lead / blend;
    this.height[at] += share * lead + blend * share * (1 - share);
    this.normalX[at] += share * (normalX - this.normalX[at]);
    this.normalY[at] += share * (normalY - this.normalY[at]);
    this.normalZ[at] += share * (normalZ - this.normalZ[at]);
    if (share > 0.5) this.owner[at] = owner;
  }

  #drawCrease(crease: Crease, cones: RoundCone[], placement: Placement): void {
    const { part, width, depth, a, b } = crease;
    const window = windowOf(a, width, b, width, placement, this.side);
    const dx = b[0] - a[0];
    const dy = b[1] - a[1];
    const lengthSquared = dx * dx + dy * dy + 1e-9;
    for (let row = window.firstRow; row < window.endRow; row++) {
      const y = (placement.y - row) / placement.scale - a[1];
      for (let column = window.firstColumn; column < window.endColumn; column++) {
        const at = row * this.side + column;
        if (this.owner[at] === 0 || cones[this.owner[at] - 1].part !== part) continue;
        const x = (column - placement.x) / placement.scale - a[0];
        const share = Math.min(1, Math.max(0, (x * dx + y * dy) / lengthSquared));
        const awayX = x - share * dx;
        const awayY = y - share * dy;
        const nearness = 1 - (awayX * awayX + awayY * awayY) / (width * width);
        if (nearness > 0) this.ink[at] = Math.min(this.ink[at], 1 - depth * nearness);
      }
    }
  }
}

function topOf({ a, radiusA, b, radiusB, blend }: RoundCone): number {
  return Math.max(a[2] + radiusA, b[2] + radiusB) + blend;
}
