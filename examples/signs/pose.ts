/**
 * Pose of the hand: which fingers are raised, how far every joint bends, how the hand is built and
 * how it is turned to the camera. Angles are in degrees.
 *
 * @module
 */

import { around, between, chance, pick, type UniformSource } from "../shared/random.ts";

/** The fingers from the thumb to the little one; poses list them in this order. */
export const FINGERS = ["thumb", "index", "middle", "ring", "little"] as const;

/** One of the four long fingers: how far it leans to the thumb's side, and its three bends. */
export interface FingerPose {
  raised: boolean;
  lean: number;
  bends: [knuckle: number, middle: number, tip: number];
}

/** The thumb: where its three bones point, as angles in the palm's plane and out of it. */
export interface ThumbPose {
  raised: boolean;
  /** Angles from the fingers' direction (0) outwards (90); negative is across the palm. */
  outwards: [root: number, middle: number, tip: number];
  /** Out of the palm's plane, towards the side that grips. */
  forwards: [root: number, middle: number, tip: number];
}

/** Differences of this person's hand from the average one, as factors near 1. */
export interface Build {
  length: number;
  thickness: number;
  palmWidth: number;
}

/** A hand in space. */
export interface HandPose {
  thumb: ThumbPose;
  /** Index, middle, ring, little. */
  fingers: FingerPose[];
  build: Build;
  /** The back of the hand faces the camera instead of the palm. */
  backView: boolean;
  /** A left hand shown as a right one is, or the other way round. */
  mirrored: boolean;
  yaw: number;
  pitch: number;
  roll: number;
  /** Lean of the forearm from the hand's axis: sideways and to the camera. */
  wrist: [sideways: number, forwards: number];
  /** Centimetres of the arm that a sleeve leaves bare; null without a sleeve. */
  sleeve: number | null;
}

/** The natural ways to show 0-5: initials of the raised fingers, and how often each is drawn. */
const WAYS: readonly (readonly (readonly [string, number])[])[] = [
  [["", 1]],
  [["i", 0.85], ["t", 0.11], ["l", 0.04]],
  [["im", 0.78], ["ti", 0.14], ["il", 0.04], ["tl", 0.04]],
  [["tim", 0.6], ["imr", 0.36], ["mrl", 0.04]],
  [["imrl", 0.96], ["timr", 0.04]],
  [["timrl", 1]],
];

/** Number of counts: 0 to 5 raised fingers. */
export const COUNTS = WAYS.length;

/** Counts the fingers that the pose raises: the label of its picture. */
export function raisedCount(pose: HandPose): number {
  return [pose.thumb, ...pose.fingers].filter((finger) => finger.raised).length;
}

/** Draws a random natural pose that raises `count` fingers. */
export function samplePose(random: UniformSource, count: number): HandPose {
  const way = pick(random, WAYS[count]);
  const raised = FINGERS.map((name) => way.includes(name[0]));
  const spread = between(random, 8, 14);
  const grip = random.uniform();
  const fingers = raised.slice(1).map((up, finger) =>
    up ? raisedFinger(random, finger, spread) : foldedFinger(random, finger, grip)
  );
  const gripsFingers = !raised[1] || !raised[2];
  return {
    thumb: raised[0] ? raisedThumb(random) : foldedThumb(random, gripsFingers),
    fingers,
    ...sampleView(random),
  };
}

function sampleView(random: UniformSource): Omit<HandPose, "thumb" | "fingers"> {
  const backView = chance(random, 0.15);
  // The palm of a right hand and the back of a left one have the thumb to the viewer's right.
  const thumbRight = chance(random, 0.96);
  return {
    build: {
      length: around(random, 1, 0.09),
      thickness: around(random, 1, 0.14),
      palmWidth: around(random, 1, 0.07),
    },
    backView,
    mirrored: backView === thumbRight,
    yaw: around(random, 0, 11),
    pitch: around(random, 0, 10),
    roll: around(random, 0, 10),
    wrist: [around(random, 0, 18), around(random, 0, 15)],
    sleeve: chance(random, 0.35) ? between(random, 2.5, 9) : null,
  };
}

const RAISED_LEANS = [0.95, 0.15, -0.55, -1.35];
const FOLDED_LEANS = [-2, 0, 2, 5];

function raisedFinger(random: UniformSource, finger: number, spread: number): FingerPose {
  return {
    raised: true,
    lean: RAISED_LEANS[finger] * spread + around(random, 0, 2),
    bends: [around(random, 5, 12), between(random, 1, 14), between(random, 0, 8)],
  };
}

function foldedFinger(random: UniformSource, finger: number, grip: number): FingerPose {
  return {
    raised: false,
    lean: FOLDED_LEANS[finger] + around(random, 0, 1.5),
    bends: [
      around(random, 71 + 13 * grip, 6),
      around(random, 100 + 8 * grip, 6),
      around(random, 48, 14),
    ],
  };
}

function raisedThumb(random: UniformSource): ThumbPose {
  const outwards = between(random, 44, 64);
  const straightening = between(random, 2, 16);
  return {
    raised: true,
    outwards: [
      outwards,
      outwards - straightening,
      outwards - straightening + around(random, 0, 14),
    ],
    forwards: [between(random, 8, 30), around(random, 8, 10), around(random, 4, 10)],
  };
}

/** Folds the thumb across the palm, or, where there are folded fingers to hold, over them. */
function foldedThumb(random: UniformSource, gripsFingers: boolean): ThumbPose {
  const across = around(random, gripsFingers ? -52 : -58, 14);
  return {
    raised: false,
    outwards: [around(random, 24, 6), across, across - between(random, 8, 32)],
    forwards: gripsFingers
      ? [around(random, 54, 5), around(random, 22, 6), around(random, -6, 10)]
      : [around(random, 36, 6), around(random, 10, 6), around(random, -4, 8)],
  };
}
