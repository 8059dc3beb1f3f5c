/**
 * A graph cut into layers: what is ordered, spread and at last laid out.
 *
 * @module
 */

/** A node, or the place of links in a layer that they pass. */
export interface Element {
  /** The node it is, or the one that the links come from. */
  readonly node: number;
  readonly isNode: boolean;
  readonly layer: number;
  readonly left: number;
  readonly right: number;
}

/** A piece of links, from a layer to the next. */
export interface Segment {
  readonly upper: number;
  readonly lower: number;
  pull: number;
  /** Distance from the anchor of the lower element to the point where it ends. */
  offset: number;
}

/** Elements and segments of a graph, and the segments that each link consists of. */
export interface Layered {
  readonly elements: readonly Element[];
  readonly segments: readonly Segment[];
  /** Elements of each layer from left to right. */
  readonly layers: number[][];
  /** Segments of each link from top to bottom. */
  readonly chains: readonly (readonly number[])[];
}
