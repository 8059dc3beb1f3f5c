/**
 * What slides over what: the common form of a convolution and its gradients.
 *
 * @module
 */
import type { Conv2dGeometry, WindowGeometry } from "../../core/geometry/mod.ts";

/** Images that windows slide over, after padding and spreading. */
export interface Sliding {
  /** Address of the images. */
  readonly at: number;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Negative where rows are left out. */
  readonly padTop: number;
  /** Negative where columns are left out. */
  readonly padLeft: number;
  /** Distance of rows of pixels; zeros are between them. */
  readonly spreadHeight: number;
  /** Distance of columns of pixels; zeros are between them. */
  readonly spreadWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly window: Taps;
}

/** The taps of a window. */
export type Taps = Pick<
  WindowGeometry,
  "windowHeight" | "windowWidth" | "dilationHeight" | "dilationWidth"
>;

/** A convolution: filters slide over x. */
export function slidingForward(at: number, g: Conv2dGeometry): Sliding {
  return { ...g, at, spreadHeight: 1, spreadWidth: 1, window: g };
}

/** The gradient of x: turned filters slide, at stride 1, over dy spread by the stride. */
export function slidingBackward(at: number, g: Conv2dGeometry): Sliding {
  return {
    at,
    batch: g.batch,
    height: g.outHeight,
    width: g.outWidth,
    channels: g.outChannels,
    padTop: (g.windowHeight - 1) * g.dilationHeight - g.padTop,
    padLeft: (g.windowWidth - 1) * g.dilationWidth - g.padLeft,
    spreadHeight: g.strideHeight,
    spreadWidth: g.strideWidth,
    strideHeight: 1,
    strideWidth: 1,
    outHeight: g.height,
    outWidth: g.width,
    outChannels: g.channels,
    groups: g.groups,
    window: g,
  };
}
