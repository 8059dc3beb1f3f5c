/**
 * Round cones in a relief: a vertical ray through every sample is intersected with the cone.
 * (The algebra is Inigo Quilez's "rounded cone" intersector, for the ray (x, y, -t).)
 *
 * @module
 */

import type { Relief } from "./relief.ts";
import type { RoundCone } from "./body.ts";
import type { Vector } from "./vectors.ts";

/** Place of the hand in the picture: samples for each centimetre, and the origin's sample. */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

/** The height where there is nothing. */
export const NOTHING = -1e9;

/** A rectangle of samples. */
interface SampleBounds {
  firstColumn: number;
  endColumn: number;
  firstRow: number;
  endRow: number;
}

/**
 * Finds the samples that two discs and what is between them can cover: first, and one past the
 * last.
 */
export function windowOf(
  a: Vector,
  radiusA: number,
  b: Vector,
  radiusB: number,
  { scale, x, y }: Placement,
  side: number,
): SampleBounds {
  const left = Math.min(a[0] - radiusA, b[0] - radiusB);
  const right = Math.max(a[0] + radiusA, b[0] + radiusB);
  const bottom = Math.min(a[1] - radiusA, b[1] - radiusB);
  const top = Math.max(a[1] + radiusA, b[1] + radiusB);
  return {
    firstColumn: Math.max(0, Math.floor(x + scale * left)),
    endColumn: Math.min(side, Math.ceil(x + scale * right) + 1),
    firstRow: Math.max(0, Math.floor(y - scale * top)),
    endRow: Math.min(side, Math.ceil(y - scale * bottom) + 1),
  };
}

/**
 * Adds a round cone to the relief. One long function, because its constants live in registers:
 * this is where half of the time to draw a hand goes.
 */
export function drawCone(
  relief: Relief,
  cone: RoundCone,
  owner: number,
  placement: Placement,
): void {
  const { a: [ax, ay, az], radiusA, b: [bx, by, bz], radiusB, blend } = cone;
  const { side, height } = relief;
  const window = windowOf(cone.a, radiusA, cone.b, radiusB, placement, side);
  const hidden = Math.max(az + radiusA, bz + radiusB) + blend;
  const step = 1 / placement.scale;

  const dx = bx - ax;
  const dy = by - ay;
  const dz = bz - az;
  const squaredA = radiusA * radiusA;
  const squaredB = radiusB * radiusB;
  const taper = radiusA - radiusB;
  const narrowing = taper * radiusA;
  const lengthSquared = dx * dx + dy * dy + dz * dz;
  const slant = lengthSquared - taper * taper;
  const k2 = slant - dz * dz;
  const inverseK2 = 1 / k2;
  const end = lengthSquared * squaredA;

  for (let row = window.firstRow; row < window.endRow; row++) {
    const fromAY = (placement.y - row) * step - ay;
    const fromBY = fromAY - dy;
    const rowM1 = dy * fromAY - dz * az;
    const rowM5 = fromAY * fromAY + az * az;
    for (let column = window.firstColumn; column < window.endColumn; column++) {
      const at = row * side + column;
      if (height[at] >= hidden) continue;
      const fromAX = (column - placement.x) * step - ax;
      // The side, unless the cone is seen along its axis and one end hides it.
      if (k2 > 1e-6) {
        const m1 = dx * fromAX + rowM1;
        const m5 = fromAX * fromAX + rowM5;
        const k1 = slant * az + (m1 - narrowing) * dz;
        const k0 = slant * m5 - m1 * (m1 - 2 * narrowing) - end;
        const discriminant = k1 * k1 - k0 * k2;
        if (discriminant < 0) continue;
        const t = -(Math.sqrt(discriminant) + k1) * inverseK2;
        const share = m1 - narrowing - t * dz;
        if (share > 0 && share < slant) {
          if (height[at] + t >= blend) continue;
          const shrink = 1 / (slant * radiusA - taper * share);
          const nx = (slant * fromAX - dx * share) * shrink;
          const ny = (slant * fromAY - dy * share) * shrink;
          relief.merge(at, owner, blend, -t, nx, ny, -(slant * (az + t) + dz * share) * shrink);
          continue;
        }
      }
      // The higher of the two round ends.
      const fromBX = fromAX - dx;
      const insideA = squaredA - fromAX * fromAX - fromAY * fromAY;
      const insideB = squaredB - fromBX * fromBX - fromBY * fromBY;
      const riseA = insideA > 0 ? Math.sqrt(insideA) : NOTHING;
      const riseB = insideB > 0 ? Math.sqrt(insideB) : NOTHING;
      if (riseA > 0 && az + riseA >= bz + riseB) {
        const shrink = 1 / radiusA;
        relief.merge(
          at,
          owner,
          blend,
          az + riseA,
          fromAX * shrink,
          fromAY * shrink,
          riseA * shrink,
        );
      } else if (riseB > 0) {
        const shrink = 1 / radiusB;
        relief.merge(
          at,
          owner,
          blend,
          bz + riseB,
          fromBX * shrink,
          fromBY * shrink,
          riseB * shrink,
        );
      }
    }
  }
}
