// What the host calls: `run` from the main thread, `work` from a worker.
export { run, work } from "./jobs";
