/**
 * Points and rotations in space, computed alike everywhere. `Math.sin` and `Math.cos` may differ
 * in their last bits between engines; the sine here uses only operations whose result IEEE 754
 * fixes (+ - * / sqrt floor), so a drawn hand is the same, bit for bit, on every platform.
 *
 * @module
 */

/** A point or a direction: x to the right, y up, z towards the viewer. */
export type Vector = readonly [x: number, y: number, z: number];

/** A rotation as three rows. */
export type Rotation = readonly [Vector, Vector, Vector];

/** Computes the sine of an angle in degrees, to about 1e-9: a Taylor polynomial on [-90, 90]. */
export function sine(degrees: number): number {
  const turn = degrees - 360 * Math.floor(degrees / 360 + 0.5);
  const folded = turn > 90 ? 180 - turn : turn < -90 ? -180 - turn : turn;
  const x = folded * (3.141592653589793 / 180);
  const xx = x * x;
  const tail = 1 - xx / 72 * (1 - xx / 110 * (1 - xx / 156));
  return x * (1 - xx / 6 * (1 - xx / 20 * (1 - xx / 42 * tail)));
}

/** Computes the cosine of an angle in degrees. */
export function cosine(degrees: number): number {
  return sine(degrees + 90);
}

/** Computes `start + distance * direction`. */
export function along(start: Vector, direction: Vector, distance: number): Vector {
  return [
    start[0] + distance * direction[0],
    start[1] + distance * direction[1],
    start[2] + distance * direction[2],
  ];
}

/** Computes the point at `share` (0 to 1) of the way from `start` to `end`. */
export function mix(start: Vector, end: Vector, share: number): Vector {
  return [
    start[0] + share * (end[0] - start[0]),
    start[1] + share * (end[1] - start[1]),
    start[2] + share * (end[2] - start[2]),
  ];
}

/** Computes the scalar product. */
function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Scales a vector to length 1. */
export function unit(v: Vector): Vector {
  const length = Math.sqrt(dot(v, v));
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** Computes the part of `v` at right angles to the unit vector `axis`, with length 1. */
export function perpendicular(v: Vector, axis: Vector): Vector {
  return unit(along(v, axis, -dot(v, axis)));
}

/** Rotates a vector (and mirrors it, if the rotation does). */
export function rotate(rotation: Rotation, v: Vector): Vector {
  return [dot(rotation[0], v), dot(rotation[1], v), dot(rotation[2], v)];
}

/** Turns first by `yaw` about the y axis, then `pitch` about x, then `roll` about z; in degrees. */
export function turned(yaw: number, pitch: number, roll: number): Rotation {
  const [sy, cy] = [sine(yaw), cosine(yaw)];
  const [sp, cp] = [sine(pitch), cosine(pitch)];
  const [sr, cr] = [sine(roll), cosine(roll)];
  return [
    [cr * cy - sr * sp * sy, -sr * cp, cr * sy + sr * sp * cy],
    [sr * cy + cr * sp * sy, cr * cp, sr * sy - cr * sp * cy],
    [-cp * sy, sp, cp * cy],
  ];
}
