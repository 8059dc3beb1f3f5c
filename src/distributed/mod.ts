/**
 * One training on many processes and machines: groups of ranks, and what a training exchanges.
 *
 * @example The same program on one rank and on many
 * ```ts
 * import { Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { singleGroup } from "@tapegrad/tapegrad/distributed";
 * import { Dense } from "@tapegrad/tapegrad/nn";
 * import { fit } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * using group = singleGroup(); // started by mpirun: mpi()
 * const model = Dense({ units: 2 });
 * const params = model.init(new Random(0), [2]);
 * const data = { x: tensor([[0, 1], [1, 0]]), y: tensor([0, 1], { dtype: "int32" }) };
 * const optimizer = sgd({ learningRate: 1 });
 * const history = await fit(model, data, { params, loss: softmaxCE, optimizer, epochs: 2, group });
 * assertEquals(history.length, 2);
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export {
  type AverageGradients,
  averageGradients,
  type GradientExchangeOptions,
} from "./average_gradients.ts";
export { broadcastTensors, checkEqual } from "./broadcast_tensors.ts";
export type { Group, RankReduction } from "./group.ts";
export { mpi, type MpiOptions } from "./mpi/mpi.ts";
export { FileError } from "../core/errors.ts";
export { shard } from "./shard.ts";
export { shardedOptimizer } from "./sharded_optimizer.ts";
export { singleGroup } from "./single_group.ts";
export { syncBatchNorm } from "./sync_batch_norm.ts";
export { workerGroup } from "./worker_group.ts";
export { type WorkerSeat, workerSeats, type WorkerSeatsOptions } from "./worker_seats.ts";
export type { TypedArray } from "../core/dtype.ts";
export type { Tensor } from "../core/tensor.ts";
