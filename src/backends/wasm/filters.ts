/**
 * Filters `[KH, KW, C / groups, O]` seen as matrices, group by group, to be packed.
 *
 * @module
 */
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";
import type { Columns } from "./products.ts";

/** A column per output channel: what slides over x. */
export function filtersOf(at: number, g: Conv2dGeometry): Columns[] {
  const [, , perGroup, outChannels] = g.wShape;
  const columns = outChannels / g.groups;
  return Array.from({ length: g.groups }, (_, group) => ({
    at: at + group * columns * 4,
    taps: g.windowHeight * g.windowWidth,
    tapStride: perGroup * outChannels,
    flip: false,
    rows: perGroup,
    rowStride: outChannels,
    columns,
    columnStride: 1,
  }));
}

/** Turned round, a column per input channel: what slides over dy. */
export function flippedFiltersOf(at: number, g: Conv2dGeometry): Columns[] {
  return filtersOf(at, g).map((c) => ({
    ...c,
    flip: true,
    rows: c.columns,
    rowStride: c.columnStride,
    columns: c.rows,
    columnStride: c.rowStride,
  }));
}

/** A column per tap and input channel: what a pixel of dy is sent back through. */
export function windowsOf(at: number, g: Conv2dGeometry): Columns[] {
  const [, , perGroup, outChannels] = g.wShape;
  const rows = outChannels / g.groups;
  return Array.from({ length: g.groups }, (_, group) => ({
    at: at + group * rows * 4,
    taps: 1,
    tapStride: 0,
    flip: false,
    rows,
    rowStride: 1,
    columns: g.windowHeight * g.windowWidth * perGroup,
    columnStride: outChannels,
  }));
}
