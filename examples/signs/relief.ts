/**
 * Geometry to samples: the visible surface of a body as a relief, with the height and the normal
 * of the skin at every sample of a square grid. Neighbouring cones melt together by a smooth
 * maximum of their heights (Inigo Quilez, "smooth minimum", the quadratic one).
 *
 * @module
 */

import { type Bounds, boundsOf, ConeSurface, NOTHING } from "./cone.ts";
import type { Body, Crease, RoundCone } from "./skeleton.ts";

/** Where the hand is in the picture: samples for each centimetre, and the origin's sample. */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

/** The surface seen from +z, a value for each of the `side` x `side` samples. */
export class Relief {
  readonly height: Float32Array;
  readonly normalX: Float32Array;
  readonly normalY: Float32Array;
  readonly normalZ: Float32Array;
  /** Which cone is seen: 1 + its index, or 0. */
  readonly owner: Uint8Array;
  /** What creases leave of the light: 1 where there is none. */
  readonly ink: Float32Array;
  /** No sample is higher than this. */
  top: number = NOTHING;

  constructor(readonly side: number) {
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
    this.top = NOTHING;
    body.cones.forEach((cone, index) => this.#drawCone(cone, index + 1, placement));
    for (const crease of body.creases) this.#drawCrease(crease, body.cones, placement);
  }

  #drawCone(cone: RoundCone, owner: number, placement: Placement): void {
    const surface = new ConeSurface(cone);
    const { blend } = cone;
    this.top = Math.max(this.top, surface.top) + blend;
    const window = windowOf(surface, placement, this.side);
    for (let row = window.firstRow; row < window.endRow; row++) {
      const y = (placement.y - row) / placement.scale;
      for (let column = window.firstColumn; column < window.endColumn; column++) {
        const at = row * this.side + column;
        if (this.height[at] - surface.top >= blend) continue;
        const x = (column - placement.x) / placement.scale;
        if (surface.hit(x, y)) this.#merge(at, surface, blend, owner);
      }
    }
  }

  /** The smooth maximum of what is at a sample and a new surface; normals mix in the same way. */
  #merge(at: number, surface: ConeSurface, blend: number, owner: number): void {
    const lead = surface.height - this.height[at];
    if (lead <= -blend) return;
    if (lead >= blend) {
      this.height[at] = surface.height;
      this.normalX[at] = surface.normalX;
      this.normalY[at] = surface.normalY;
      this.normalZ[at] = surface.normalZ;
      this.owner[at] = owner;
      return;
    }
    const share = 0.5 + 0.5 * lead / blend;
    this.height[at] += share * lead + blend * share * (1 - share);
    this.normalX[at] += share * (surface.normalX - this.normalX[at]);
    this.normalY[at] += share * (surface.normalY - this.normalY[at]);
    this.normalZ[at] += share * (surface.normalZ - this.normalZ[at]);
    if (share > 0.5) this.owner[at] = owner;
  }

  #drawCrease(crease: Crease, cones: RoundCone[], placement: Placement): void {
    const { part, width, depth, a, b } = crease;
    const window = windowOf(boundsOf(a, width, b, width), placement, this.side);
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

/** The samples that a shape can cover: first, and one past the last. */
function windowOf(bounds: Bounds, placement: Placement, side: number) {
  const { scale, x, y } = placement;
  return {
    firstColumn: Math.max(0, Math.floor(x + scale * bounds.left)),
    endColumn: Math.min(side, Math.ceil(x + scale * bounds.right) + 1),
    firstRow: Math.max(0, Math.floor(y - scale * bounds.upper)),
    endRow: Math.min(side, Math.ceil(y - scale * bounds.lower) + 1),
  };
}
