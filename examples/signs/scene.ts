/**
 * Surroundings of the hand: skin, light, wall and camera, drawn at random.
 *
 * @module
 */

import {
  brightness,
  type Colour,
  difference,
  fromDisplay,
  greyOf,
  jittered,
  mixed,
  vivid,
} from "./colour.ts";
import { type HandPose, samplePose } from "./pose.ts";
import { around, between, chance, pick, type UniformSource } from "../shared/random.ts";
import { cosine, sine, type Vector } from "./vectors.ts";

/** A colour, as flat in the light as it gets, and how much of the light it mirrors. */
export interface Surface {
  colour: Colour;
  gloss: number;
}

/** Surfaces of the hand and of its clothes. */
export interface Skin {
  flesh: Surface;
  nail: Surface;
  sleeve: Surface;
}

/** A key light from a direction, and light from everywhere. */
export interface Light {
  /** Unit vector towards the key light. */
  direction: Vector;
  key: Colour;
  ambient: Colour;
  /** Darkness of the key light's shadows: 0 to 1. */
  shadow: number;
}

/** A soft-edged bar of another colour on the wall, out of focus: furniture, a window, a door. */
export interface Patch {
  colour: Colour;
  x: number;
  y: number;
  angle: number;
  halfWidth: number;
  softness: number;
}

/** Wall behind the hand. */
export interface Wall {
  colour: Colour;
  /** The change of brightness over the picture's width and height. */
  slope: readonly [across: number, down: number];
  /** Strength of its texture, and how many cells of it cross the picture each way. */
  texture: number;
  grain: readonly [across: number, down: number];
  patches: Patch[];
  /** Centimetres behind the hand; far walls catch no shadow. */
  distance: number;
}

/** Settings and faults of the camera. */
export interface Camera {
  /** Pixels for each centimetre. */
  scale: number;
  /** Place of the hand in the free space: 0 to 1 each way. */
  place: readonly [across: number, down: number];
  exposure: number;
  contrast: number;
  whiteBalance: Colour;
  vignette: number;
  blur: number;
  /** Smear of colour, unlike brightness, as JPEG smears it: 0 to 1. */
  colourBlur: number;
  noise: number;
}

/** All that a picture is drawn from, except for grain. */
export interface Scene {
  pose: HandPose;
  skin: Skin;
  light: Light;
  wall: Wall;
  camera: Camera;
}

/** Tones from the lightest to the darkest skin, as display values. */
const TONES: readonly Colour[] = [
  [241, 208, 190],
  [238, 203, 176],
  [234, 200, 168],
  [215, 176, 143],
  [186, 139, 105],
  [160, 116, 84],
  [130, 88, 64],
  [96, 63, 48],
  [66, 46, 38],
];

/** Draws a random picture of a hand that shows `count` fingers. */
export function sampleScene(random: UniformSource, count: number): Scene {
  const pose = samplePose(random, count);
  const skin = sampleSkin(random, pose.backView);
  const light = sampleLight(random);
  const wall = sampleWall(random, skin.flesh.colour);
  return { pose, skin, light, wall, camera: sampleCamera(random, skin, light) };
}

function sampleSkin(random: UniformSource, backView: boolean): Skin {
  const depth = random.uniform();
  const back = jittered(random, toneAt(depth), 0.07);
  // Palms are lighter and pinker than the back of the hand, the more so the darker the skin.
  const tone = backView ? back : mixed(back, [0.55, 0.3, 0.22], 0.08 + 0.32 * depth);
  const polished = chance(random, 0.12);
  const nail = polished ? vivid(random) : mixed(back, [0.85, 0.55, 0.5], 0.45);
  return {
    flesh: { colour: tone, gloss: between(random, 0.02, 0.12) },
    nail: { colour: nail, gloss: 0.3 },
    sleeve: { colour: mixed(vivid(random), greyOf(0.55), 0.4), gloss: 0 },
  };
}

function toneAt(depth: number): Colour {
  const position = depth * (TONES.length - 1);
  const index = Math.min(TONES.length - 2, Math.floor(position));
  return mixed(fromDisplay(TONES[index]), fromDisplay(TONES[index + 1]), position - index);
}

function sampleLight(random: UniformSource): Light {
  const azimuth = chance(random, 0.8) ? around(random, 0, 85) : between(random, 0, 360);
  const slant = between(random, 18, 58);
  const warmth = around(random, 0, 0.16);
  const key = between(random, 0.62, 1.05);
  const ambient = between(random, 0.22, 0.5);
  return {
    direction: [sine(slant) * sine(azimuth), sine(slant) * cosine(azimuth), cosine(slant)],
    key: [key * (1 + warmth), key, key * (1 - warmth)],
    ambient: [ambient * (1 - 0.5 * warmth), ambient, ambient * (1 + 0.5 * warmth)],
    shadow: between(random, 0.4, 0.9),
  };
}

function sampleWall(random: UniformSource, tone: Colour): Wall {
  const kind = pick(random, [["plain", 0.56], ["textured", 0.25], ["room", 0.19]] as const);
  const patches = kind === "room" ? 2 + Math.floor(3 * random.uniform()) : 0;
  return {
    colour: chance(random, 0.05) ? lighterThan(random, tone) : darkerThan(random, tone),
    slope: [around(random, 0, 0.5), around(random, 0, 0.4)],
    texture: kind === "textured" ? between(random, 0.1, 0.4) : 0,
    grain: [between(random, 3, 16), between(random, 3, 16)],
    patches: Array.from({ length: patches }, () => samplePatch(random, tone)),
    distance: pick(random, [[between(random, 2.5, 7), 0.6], [30, 0.4]]),
  };
}

function samplePatch(random: UniformSource, tone: Colour): Patch {
  return {
    colour: darkerThan(random, tone),
    x: random.uniform(),
    y: random.uniform(),
    angle: around(random, chance(random, 0.5) ? 0 : 90, 25),
    halfWidth: between(random, 0.05, 0.3),
    softness: between(random, 0.04, 0.25),
  };
}

function darkerThan(random: UniformSource, tone: Colour): Colour {
  return apartFrom(random, tone, 0.03, Math.max(0.06, brightness(tone) - 0.35));
}

function lighterThan(random: UniformSource, tone: Colour): Colour {
  return apartFrom(random, tone, Math.min(0.92, brightness(tone) + 0.2), 1);
}

/**
 * Draws a muted colour that a person tells from the skin: from a few tries, the first apart enough.
 */
function apartFrom(random: UniformSource, tone: Colour, low: number, high: number): Colour {
  let best = greyOf(low);
  let apart = 0;
  for (let attempt = 0; attempt < 6 && apart < 0.2; attempt++) {
    const grey = greyOf(between(random, low, high));
    const colour = mixed(grey, vivid(random), 0.25 * random.uniform());
    if (difference(colour, tone) <= apart) continue;
    best = colour;
    apart = difference(colour, tone);
  }
  return best;
}

function sampleCamera(random: UniformSource, skin: Skin, light: Light): Camera {
  const warmth = around(random, 0, 0.1);
  return {
    scale: between(random, 2.3, 2.8),
    place: [around(random, 0.5, 0.5), around(random, 0.5, 0.5)],
    exposure: exposureFor(skin, light) * around(random, 1, 0.12),
    contrast: between(random, 0, 0.5),
    whiteBalance: [1 + warmth, 1 + around(random, 0, 0.03), 1 - warmth],
    vignette: between(random, 0, 0.45),
    blur: between(random, 0.05, 0.3),
    colourBlur: between(random, 0.3, 0.9),
    noise: between(random, 0.004, 0.013),
  };
}

/**
 * Chooses the exposure as a camera does: dark scenes are brightened, bright ones darkened, but not
 * in full.
 */
function exposureFor(skin: Skin, light: Light): number {
  const seen = brightness(skin.flesh.colour) * Math.sqrt(light.ambient[1] + 0.8 * light.key[1]);
  const full = 0.66 / seen;
  return Math.sqrt(full * Math.sqrt(full));
}
