/**
 * One picture of a hand, from the scene to the bytes.
 *
 * @module
 */

import { drawWall, drawWallShadow } from "./background.ts";
import type { Body } from "./body.ts";
import type { Placement } from "./cone.ts";
import { develop } from "./photo.ts";
import type { UniformSource } from "../shared/random.ts";
import { Relief } from "./relief.ts";
import type { Scene } from "./scene.ts";
import { Shader } from "./shading.ts";
import { buildBody } from "./skeleton.ts";

/** The width and height of a picture, in pixels. */
export const SIDE = 64;
/** Samples for each pixel, along either axis: a pixel has four. */
const OVERSAMPLING = 2;
/** Pixels kept free between the hand and the picture's edge. */
const MARGIN = 2.5;
/** Up to this step in height, in centimetres, the samples of a pixel are lit as one. */
const SMOOTH = 0.4;

/** Makes the room that drawing a picture needs; it can be used again for the next one. */
export function newRelief(): Relief {
  return new Relief(SIDE * OVERSAMPLING);
}

/** Draws one hand: `64 x 64 x 3` bytes. The random source gives texture and noise. */
export function drawHand(
  scene: Scene,
  random: UniformSource,
  relief: Relief = newRelief(),
): Uint8Array {
  const body = buildBody(scene.pose);
  const placement = place(body, scene);
  relief.draw(body, placement);
  const pixels = new Float32Array(SIDE * SIDE * 3);
  drawWall(pixels, SIDE, scene.wall, scene.light, random);
  drawWallShadow(pixels, SIDE, relief, placement.scale / OVERSAMPLING, scene.wall, scene.light);
  const shader = new Shader(relief, placement.scale, scene.light, scene.skin, body.cones);
  drawSkin(pixels, relief, shader);
  return develop(pixels, SIDE, scene.camera, random);
}

/** Puts the hand, without its arm, somewhere in the picture; shrinks it if it does not fit. */
function place(body: Body, { camera }: Scene): Placement {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { part, a, b, radiusA, radiusB } of body.cones) {
    if (part === "arm" || part === "sleeve") continue;
    left = Math.min(left, a[0] - radiusA, b[0] - radiusB);
    right = Math.max(right, a[0] + radiusA, b[0] + radiusB);
    bottom = Math.min(bottom, a[1] - radiusA, b[1] - radiusB);
    top = Math.max(top, a[1] + radiusA, b[1] + radiusB);
  }
  const room = SIDE - 2 * MARGIN;
  const scale = Math.min(camera.scale, room / (right - left), room / (top - bottom));
  const x = MARGIN - scale * left + camera.place[0] * (room - scale * (right - left));
  const y = MARGIN + scale * top + camera.place[1] * (room - scale * (top - bottom));
  return { scale: OVERSAMPLING * scale, x: OVERSAMPLING * x, y: OVERSAMPLING * y };
}

/** Lays the lit hand over the wall; a pixel that is partly covered gets its share of both. */
function drawSkin(pixels: Float32Array, relief: Relief, shader: Shader): void {
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const at = 3 * (row * SIDE + column);
      const view = viewOf(relief, OVERSAMPLING * (row * relief.side + column));
      if (view === "skin") {
        shader.shade(OVERSAMPLING * column, OVERSAMPLING * row, OVERSAMPLING);
        for (let c = 0; c < 3; c++) pixels[at + c] = shader.colour[c];
      } else if (view === "edge") {
        drawEdge(pixels, at, relief, shader, column, row);
      }
    }
  }
}

/**
 * Tells whether the four samples of a pixel are wall, one stretch of skin to be lit as a whole, or
 * an edge.
 */
function viewOf({ side, owner, height }: Relief, a: number): "wall" | "skin" | "edge" {
  const b = a + 1;
  const c = a + side;
  const d = c + 1;
  if ((owner[a] | owner[b] | owner[c] | owner[d]) === 0) return "wall";
  const low = Math.min(height[a], height[b], height[c], height[d]);
  const high = Math.max(height[a], height[b], height[c], height[d]);
  return high - low < SMOOTH ? "skin" : "edge";
}

/** Lights every sample of a pixel on its own. */
function drawEdge(
  pixels: Float32Array,
  at: number,
  relief: Relief,
  shader: Shader,
  column: number,
  row: number,
): void {
  const share = 1 / (OVERSAMPLING * OVERSAMPLING);
  const red = pixels[at];
  const green = pixels[at + 1];
  const blue = pixels[at + 2];
  for (let y = row * OVERSAMPLING; y < (row + 1) * OVERSAMPLING; y++) {
    for (let x = column * OVERSAMPLING; x < (column + 1) * OVERSAMPLING; x++) {
      if (relief.owner[y * relief.side + x] === 0) continue;
      shader.shade(x, y, 1);
      pixels[at] += share * (shader.colour[0] - red);
      pixels[at + 1] += share * (shader.colour[1] - green);
      pixels[at + 2] += share * (shader.colour[2] - blue);
    }
  }
}
