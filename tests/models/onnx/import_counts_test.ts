// Numbers of inputs of every operator that is read: another number is refused, and says so.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { importOnnx } from "../../../src/models/mod.ts";
import { arithmeticOperators } from "../../../src/models/onnx/import_arithmetic.ts";
import { elementwiseOperators } from "../../../src/models/onnx/import_elementwise.ts";
import { imagesOperators } from "../../../src/models/onnx/import_images.ts";
import { normsOperators } from "../../../src/models/onnx/import_norms.ts";
import { pickOperators } from "../../../src/models/onnx/import_picks.ts";
import { reduceOperators } from "../../../src/models/onnx/import_reduce.ts";
import { resizeOperators } from "../../../src/models/onnx/import_resize.ts";
import { shapeOperators } from "../../../src/models/onnx/import_shapes.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { graphOf } from "./graphs.ts";

const OPERATORS = [
  arithmeticOperators,
  elementwiseOperators,
  imagesOperators,
  normsOperators,
  pickOperators,
  reduceOperators,
  resizeOperators,
  shapeOperators,
].flatMap((operators) => Object.keys(operators)).sort();

/** Operators that take any number of inputs. */
const ANY = ["Concat", "Einsum", "Max", "Mean", "Min", "Sum"];

/** Least and most inputs of the operators that take other numbers than one, as ONNX has them. */
const COUNTS: Readonly<Record<string, string>> = {
  "1 to 2": "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin " +
    "ReduceProd ReduceSum ReduceSumSquare Split Squeeze Trilu Unsqueeze",
  "1 to 3": "Clip Dropout",
  "1 to 4": "Pad Resize Upsample",
  "1 to 5": "Slice",
  "2 to 2": "Add And CastLike CumSum Div Equal Expand Gather GatherElements Greater " +
    "GreaterOrEqual Less LessOrEqual MatMul Mod Mul Or PRelu Pow Reshape Sub Tile Xor",
  "2 to 3": "Conv ConvTranspose Gemm LayerNormalization",
  "3 to 3": "GroupNormalization InstanceNormalization Range Where",
  "5 to 5": "BatchNormalization",
};

function countsOf(operator: string): string {
  const found = Object.entries(COUNTS).find(([, names]) => names.split(" ").includes(operator));
  return found?.[0] ?? "1 to 1";
}

Deno.test("importOnnx: every operator refuses more and fewer inputs than ONNX knows", async () => {
  assert(OPERATORS.length > 90, `${OPERATORS.length} operators`);
  for (const operator of OPERATORS.filter((name) => !ANY.includes(name))) {
    const counts = countsOf(operator);
    const [least, most] = counts.split(" to ").map(Number);
    for (const count of [least - 1, most + 1]) {
      const model = graphOf([[operator, Array(count).fill("x"), "y"]], {
        constants: [],
        opset: 13,
      });
      const error = await assertRejects(() => importOnnx(writeModel(model)), SyntaxError);
      assertEquals(
        error.message,
        `Cannot read ONNX data: ${operator} must have ${counts} inputs: "y" has ${count}`,
      );
    }
  }
});
