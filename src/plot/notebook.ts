/**
 * Pictures of tapes, profiles and trainings in notebooks: loading this lets them draw themselves.
 *
 * @module
 */
import { providePictures } from "../display/drawing.ts";
import { curves } from "./curves.ts";
import { graph } from "./graph/graph.ts";
import { profile } from "./profile.ts";

providePictures({
  graph: (tape) => graph(tape).svg(),
  profile: (rows) => profile(rows).svg(),
  curves: (series, yLabel) =>
    curves(series, { xLabel: "epoch", yLabel, width: 480, height: 300 }).svg(),
});
