/**
 * Body of a pose, in centimetres. The hand's own frame is a right hand that shows its palm: x to
 * the thumb's side, y along the fingers, z out of the palm, the wrist at the origin. Sizes are
 * those of an adult.
 *
 * @module
 */

import type { Body, Part } from "./body.ts";
import type { FingerPose, HandPose, ThumbPose } from "./pose.ts";
import {
  along,
  cosine,
  mix,
  perpendicular,
  rotate,
  type Rotation,
  sine,
  turned,
  type Vector,
} from "./vectors.ts";

interface Bone {
  from: Vector;
  to: Vector;
}

interface FingerShape {
  part: Part;
  knuckle: Vector;
  lengths: readonly [number, number, number];
  radius: number;
}

const SHAPES: readonly FingerShape[] = [
  { part: "index", knuckle: [2.75, 8.5, 0], lengths: [4.4, 2.6, 1.9], radius: 0.98 },
  { part: "middle", knuckle: [0.85, 8.9, 0.15], lengths: [4.9, 2.95, 2], radius: 1 },
  { part: "ring", knuckle: [-1.05, 8.5, 0.1], lengths: [4.5, 2.75, 1.95], radius: 0.95 },
  { part: "little", knuckle: [-2.75, 7.6, -0.1], lengths: [3.5, 2, 1.65], radius: 0.83 },
];
const THUMB_ROOT: Vector = [1.9, 1.6, 0.5];
const THUMB_LENGTHS = [4.3, 3.3, 2.2] as const;
const THUMB_RADII = [1.45, 1.12, 1.02, 0.76] as const;
const OUT_OF_PALM: Vector = [0, 0, 1];

/** Builds the body of a hand in this pose, turned as the pose says. */
export function buildBody(pose: HandPose): Body {
  const body: Body = { cones: [], creases: [] };
  addArm(body, pose);
  addPalm(body, pose);
  const proximals = pose.fingers.map((finger, i) => addFinger(body, pose, finger, SHAPES[i]));
  addWebs(body, pose, proximals);
  addThumb(body, pose);
  return turn(body, pose);
}

function addArm(body: Body, pose: HandPose): void {
  const [sideways, forwards] = pose.wrist;
  const down: Vector = [sine(sideways), -cosine(sideways) * cosine(forwards), sine(forwards)];
  for (const x of [-1, 1]) {
    const at = (distance: number) => along([1.05 * x + 0.02 * x * distance, 0, 0], down, distance);
    const wide = (distance: number) => (1.6 + 0.04 * distance) * pose.build.thickness;
    addCone(body, "arm", [0.8 * x, 4, -0.9], wide(-10), at(1), wide(1), 1.4);
    addCone(body, "arm", at(1), wide(1), at(40), wide(40), 1.4);
    if (pose.sleeve === null) continue;
    addCone(body, "sleeve", at(pose.sleeve), wide(18), at(40), wide(50), 0.8);
  }
}

function addPalm(body: Body, pose: HandPose): void {
  const { thickness } = pose.build;
  for (const shape of SHAPES) {
    const knuckle = widened(shape.knuckle, pose);
    const root: Vector = [0.36 * knuckle[0], -1.5, -0.3];
    addCone(body, "palm", root, 1.3 * thickness, knuckle, 1.15 * thickness, 1.7);
  }
  const wrist = widened([-1, -0.8, -0.2], pose);
  const heel = widened([-2.1, 2.6, 0.2], pose);
  const edge = widened([-2.6, 6, 0.2], pose);
  addCone(body, "palm", wrist, 1.1 * thickness, heel, 1.4 * thickness, 1.6);
  addCone(body, "palm", heel, 1.4 * thickness, edge, 1.2 * thickness, 1.4);
  addPalmLines(body, pose);
}

/** Adds the heart line, the head line and the life line, each in two strokes. */
function addPalmLines(body: Body, pose: HandPose): void {
  if (pose.backView) return;
  const strokes: [Vector, Vector, Vector][] = [
    [[-3.6, 6.6, 1], [-0.8, 6.7, 1], [1.6, 8.2, 1]],
    [[3.4, 6.7, 1], [0.9, 6, 1], [-2.4, 4.2, 1]],
    [[3.4, 6.5, 1], [1, 5, 1], [0.2, 1.6, 1]],
  ];
  for (const stroke of strokes) {
    const [start, middle, end] = stroke.map((point) => widened(point, pose));
    body.creases.push({ part: "palm", a: start, b: middle, width: 0.3, depth: 0.26 });
    body.creases.push({ part: "palm", a: middle, b: end, width: 0.28, depth: 0.2 });
  }
}

/** Adds one long finger; returns its first bone, on which the webs hang. */
function addFinger(body: Body, pose: HandPose, finger: FingerPose, shape: FingerShape): Bone {
  const straight: Vector = [sine(finger.lean), cosine(finger.lean), 0];
  const { part } = shape;
  const radius = shape.radius * pose.build.thickness;
  const radii = [radius, 0.94 * radius, 0.86 * radius, 0.7 * radius];
  let joint = widened(shape.knuckle, pose);
  const first: Bone = { from: joint, to: joint };
  let bend = 0;
  for (let bone = 0; bone < 3; bone++) {
    bend += finger.bends[bone];
    const direction = along(scaled(straight, cosine(bend)), OUT_OF_PALM, sine(bend));
    const back = along(scaled(straight, sine(bend)), OUT_OF_PALM, -cosine(bend));
    const end = along(joint, direction, shape.lengths[bone] * pose.build.length);
    const blend = bone === 0 ? 0.5 : 0.15;
    addCone(body, part, joint, radii[bone], end, radii[bone + 1], blend, 0.2 + 0.35 * bone);
    if (bone === 0) first.to = end;
    else addFold(body, part, joint, direction, back, radii[bone], finger.raised);
    if (bone === 2) addNail(body, joint, end, back, radii[3]);
    joint = end;
  }
  return first;
}

/** Adds the skin between neighbouring fingers that point the same way. */
function addWebs(body: Body, pose: HandPose, bones: Bone[]): void {
  for (let i = 0; i + 1 < bones.length; i++) {
    const together = pose.fingers[i].raised === pose.fingers[i + 1].raised;
    const share = together ? 0.26 : 0.05;
    const a = mix(bones[i].from, bones[i].to, share);
    const b = mix(bones[i + 1].from, bones[i + 1].to, share);
    const radius = 0.74 * pose.build.thickness;
    addCone(body, "palm", a, radius, b, radius, 0.9);
  }
}

function addThumb(body: Body, pose: HandPose): void {
  const { thickness, length } = pose.build;
  let joint = widened(THUMB_ROOT, pose);
  for (let bone = 0; bone < 3; bone++) {
    const direction = thumbDirection(pose.thumb, bone);
    const end = along(joint, direction, THUMB_LENGTHS[bone] * length);
    const [radiusA, radiusB] = [THUMB_RADII[bone] * thickness, THUMB_RADII[bone + 1] * thickness];
    const part = bone === 0 ? "palm" : "thumb";
    const blend = [1.1, 0.35, 0.15][bone];
    addCone(body, part, joint, radiusA, end, radiusB, blend, 0.15 + 0.3 * bone);
    if (bone === 0) addThumbWeb(body, pose, joint, end);
    const back = perpendicular(pose.thumb.raised ? [-0.3, 0.45, -0.8] : [0, 0.5, 0.8], direction);
    if (bone > 0) addFold(body, part, joint, direction, back, radiusA, pose.thumb.raised);
    if (bone === 2) addNail(body, joint, end, back, radiusB);
    joint = end;
  }
}

/** Adds the skin between the thumb's first bone and the index finger's. */
function addThumbWeb(body: Body, pose: HandPose, root: Vector, joint: Vector): void {
  const knuckle = widened(SHAPES[0].knuckle, pose);
  const radius = 0.72 * pose.build.thickness;
  for (const [low, high] of [[0.55, 0.35], [0.85, 0.55]]) {
    const a = mix(root, joint, low);
    const b = mix([1.2, 0.9, 0], knuckle, high);
    addCone(body, "palm", a, radius, b, 1.1 * radius, 1.1);
  }
}

function thumbDirection(thumb: ThumbPose, bone: number): Vector {
  const [outwards, forwards] = [thumb.outwards[bone], thumb.forwards[bone]];
  const level = cosine(forwards);
  return [level * sine(outwards), level * cosine(outwards), sine(forwards)];
}

/** Adds the crease across a joint. */
function addFold(
  body: Body,
  part: Part,
  joint: Vector,
  direction: Vector,
  back: Vector,
  radius: number,
  raised: boolean,
): void {
  const [dx, dy, dz] = direction;
  const [bx, by, bz] = back;
  const across: Vector = [dy * bz - dz * by, dz * bx - dx * bz, dx * by - dy * bx];
  const reach = 0.8 * radius;
  const [a, b] = [along(joint, across, -reach), along(joint, across, reach)];
  body.creases.push({ part, a, b, width: 0.24, depth: raised ? 0.24 : 0.12 });
}

/** Adds a nail: a slimmer cone that comes out of the back of the fingertip by half a millimetre. */
function addNail(body: Body, joint: Vector, end: Vector, back: Vector, radius: number): void {
  const nail = 0.8 * radius;
  const lift = radius - nail + 0.07;
  const start = along(mix(joint, end, 0.62), back, lift);
  const tip = along(mix(joint, end, 1.1), back, lift - 0.02);
  addCone(body, "nail", start, nail, tip, 0.9 * nail, 0);
}

function addCone(
  body: Body,
  part: Part,
  a: Vector,
  radiusA: number,
  b: Vector,
  radiusB: number,
  blend: number,
  flush = 0,
): void {
  body.cones.push({ part, a, radiusA, b, radiusB, blend, flush });
}

function widened(point: Vector, pose: HandPose): Vector {
  return [point[0] * pose.build.palmWidth, point[1], point[2]];
}

function scaled(v: Vector, factor: number): Vector {
  return [v[0] * factor, v[1] * factor, v[2] * factor];
}

function turn(body: Body, pose: HandPose): Body {
  const view = viewOf(pose);
  const turnEnds = <T extends { a: Vector; b: Vector }>(piece: T): T => ({
    ...piece,
    a: rotate(view, piece.a),
    b: rotate(view, piece.b),
  });
  return { cones: body.cones.map(turnEnds), creases: body.creases.map(turnEnds) };
}

function viewOf(pose: HandPose): Rotation {
  const rotation = turned(pose.yaw + (pose.backView ? 180 : 0), pose.pitch, pose.roll);
  if (!pose.mirrored) return rotation;
  const [[x, y, z], ...rest] = rotation;
  return [[-x, -y, -z], ...rest];
}
