/**
 * The device's side: runs batches of commands on one heap, in their order.
 *
 * {@link makeExecutor} is complete in itself and imports nothing at run time: in a worker it is its
 * own source.
 *
 * @module
 */
import type { GpuBuffer, GpuComputePass, GpuDevice, GpuEncoder, GpuObject } from "./gpu_types.ts";

/** Commands of a batch, as numbers; each begins with what it is. */
export const COMMAND = { run: 0, upload: 1, read: 2, time: 3 } as const;

/** Commands that are handed over together. */
export interface Batch {
  /**
   * Numbers: `run, program, byte offset of its uniforms, 1 if they are many, groups x, y, z`;
   * `upload, index, word of the heap`; `read, word of the heap, bytes, ticket`; `time, number of the
   * time that is taken from now on or 0, number of the one that is over or 0`.
   */
  readonly commands: Uint32Array<ArrayBuffer>;
  /** Numbers that programs are told. */
  readonly uniforms: Uint32Array<ArrayBuffer>;
  /** Bytes that go to the heap. */
  readonly uploads: readonly Uint8Array<ArrayBuffer>[];
  /** Bytes that the heap must have. */
  readonly heapBytes: number;
}

/** Told by an executor. */
export interface ExecutorEvents {
  /** Bytes that were read; or null, and why not. */
  read(ticket: number, bytes: ArrayBuffer | null, fault: string): void;
  /** The device has no room for more than this heap. */
  full(heapBytes: number): void;
  /** Milliseconds to add to a time that is taken; NaN where they cannot be known any more. */
  timed(time: number, milliseconds: number, isOver: boolean): void;
  /** A program is compiled. */
  compiled(): void;
}

/** Counts of what a device was asked for. */
export interface ExecutorCounts {
  /** Buffers that were created. */
  buffers: number;
  /** Lists of commands that were handed to the queue. */
  submits: number;
}

/** Runs batches of commands. */
export interface Executor {
  /** Compiles a program under a number, with many uniforms or few; batches wait for it. */
  define(program: number, label: string, code: string, isLarge: boolean): void;
  /** Runs a batch after those before it. */
  submit(batch: Batch): void;
  /** Counts of what the device was asked for. */
  readonly counts: Readonly<ExecutorCounts>;
  /** Gives the device back; what waits is told so. */
  close(): void;
}

/**
 * Makes the executor of a device.
 *
 * Uniforms of a batch are written at once and bound with dynamic offsets; there is one bind group a
 * heap and size of uniforms, so that a command costs neither a buffer nor a group.
 */
export function makeExecutor(device: GpuDevice, events: ExecutorEvents): Executor {
  const USAGE = {
    mapRead: 1,
    copySource: 4,
    copyTarget: 8,
    uniform: 0x40,
    storage: 0x80,
    queryResolve: 0x200,
  };
  /** Passes of a list whose times are taken, and bytes of the two stamps of each. */
  const [MOST_STAMPED, STAMP_BYTES] = [2048, 16];
  const [UNIFORM_BYTES, FEW, MANY] = [2 ** 18, 256, 2 ** 14];
  const STAGING_BYTES = 2 ** 20;
  const counts: ExecutorCounts = { buffers: 0, submits: 0 };
  const pipelines: (GpuObject | undefined)[] = [];
  const compiling = new Set<Promise<void>>();
  const queue: Batch[] = [];
  const waiting = new Set<number>();
  const idle: GpuBuffer[] = [];
  let [busy, fault] = [false, ""];

  // Sizes that layouts state are not looked at again, command by command: some implementations do
  // that wrong where programs of both sizes alternate.
  const layouts = [FEW, MANY].map((minBindingSize) =>
    device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: 4, buffer: { type: "storage" } },
        {
          binding: 1,
          visibility: 4,
          buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize },
        },
      ],
    })
  );
  const pipelineLayouts = layouts.map((layout) =>
    device.createPipelineLayout({ bindGroupLayouts: [layout] })
  );
  const uniforms = create(UNIFORM_BYTES + MANY, USAGE.uniform | USAGE.copyTarget);
  let staging: GpuBuffer | undefined;
  let heap: GpuBuffer | undefined;
  let groups: readonly GpuObject[] = [];

  let encoder: GpuEncoder | undefined;
  let pass: GpuComputePass | undefined;
  let staged = 0;
  let written: Promise<unknown> = Promise.resolve();

  /** The time that is taken now; passes of this list by the time that each is for. */
  let timeNow = 0;
  let stamped: number[] = [];
  let over: number[] = [];
  let stamps: { readonly set: GpuObject; readonly resolved: GpuBuffer } | undefined;
  let timing: Promise<void> = Promise.resolve();
  const open = new Set<number>();

  device.lost.then(({ message }) => fail(`the device was lost: ${message}`));
  device.addEventListener("uncapturederror", ({ error }) => fail(error.message));

  function create(size: number, usage: number): GpuBuffer {
    counts.buffers++;
    return device.createBuffer({ size, usage });
  }

  /** Keeps the first fault, and tells everybody who waits. */
  function fail(message: string): void {
    if (fault === "") fault = message;
    for (const ticket of waiting) events.read(ticket, null, fault);
    waiting.clear();
    for (const time of open) events.timed(time, NaN, true);
    open.clear();
  }

  function define(program: number, label: string, code: string, isLarge: boolean): void {
    const module = device.createShaderModule({ label, code });
    const compute = { module, entryPoint: "main" };
    const layout = pipelineLayouts[Number(isLarge)];
    const compiled = device.createComputePipelineAsync({ label, layout, compute })
      .then((pipeline) => {
        pipelines[program] = pipeline;
      }, async (error) => {
        const said = (await module.getCompilationInfo()).messages.map(({ message }) => message);
        fail(`the program ${label} does not compile: ${said.join("; ") || error.message}`);
      })
      .finally(() => {
        compiling.delete(compiled);
        events.compiled();
      });
    compiling.add(compiled);
  }

  function submit(batch: Batch): void {
    noteAnswers(batch);
    queue.push(batch);
    if (!busy) pump().catch((error) => fail(String(error)));
  }

  /** Runs batches in order; at once, unless something has to be waited for. */
  async function pump(): Promise<void> {
    busy = true;
    try {
      for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
        while (compiling.size > 0) await Promise.all(compiling);
        if (batch.heapBytes > (heap?.size ?? 0)) await grow(batch.heapBytes);
        if (fault === "") run(batch);
        else fail(fault);
      }
    } finally {
      busy = false;
    }
  }

  /** Moves the heap to a larger buffer; where there is no room it stays, and that is told. */
  async function grow(size: number): Promise<void> {
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const larger = create(size, USAGE.storage | USAGE.copySource | USAGE.copyTarget);
    const refusals = [device.popErrorScope(), device.popErrorScope()];
    if ((await Promise.all(refusals)).some((refusal) => refusal !== null)) {
      return events.full(heap?.size ?? 0);
    }
    if (heap !== undefined) {
      beginCopy().copyBufferToBuffer(heap, 0, larger, 0, heap.size);
      flush();
      heap.destroy();
    }
    heap = larger;
    groups = [FEW, MANY].map((bytes, i) =>
      device.createBindGroup({
        layout: layouts[i],
        entries: [
          { binding: 0, resource: { buffer: larger } },
          { binding: 1, resource: { buffer: uniforms, size: bytes } },
        ],
      })
    );
  }

  function run({ commands, uniforms: numbers, uploads }: Batch): void {
    device.pushErrorScope("validation");
    if (numbers.length > 0) device.queue.writeBuffer(uniforms, 0, numbers);
    const reads: (() => void)[] = [];
    for (let at = 0; at < commands.length;) {
      if (commands[at] === 0) {
        dispatch(commands, at);
        at += 7;
      } else if (commands[at] === 1) {
        upload(uploads[commands[at + 1]], 4 * commands[at + 2]);
        at += 3;
      } else if (commands[at] === 3) {
        switchTime(commands[at + 1], commands[at + 2]);
        at += 3;
      } else {
        reads.push(read(4 * commands[at + 1], commands[at + 2], commands[at + 3]));
        at += 4;
      }
    }
    flush();
    written = device.popErrorScope().then((error) => {
      if (error !== null) fail(error.message);
    }, () => {}); // a lost device has no errors any more
    for (const answer of reads) answer();
  }

  function dispatch(commands: Uint32Array, at: number): void {
    if (pass === undefined && stamped.length === MOST_STAMPED) flush();
    encoder ??= device.createCommandEncoder();
    pass ??= encoder.beginComputePass(timeNow > 0 ? stampsOf(timeNow) : undefined);
    pass.setPipeline(pipelines[commands[at + 1]]!);
    pass.setBindGroup(0, groups[commands[at + 3]], [commands[at + 2]]);
    pass.dispatchWorkgroups(commands[at + 4], commands[at + 5], commands[at + 6]);
  }

  /** Takes a time from here on, in a pass of its own. */
  function switchTime(time: number, ended: number): void {
    pass?.end();
    pass = undefined;
    timeNow = time;
    if (ended > 0) over.push(ended);
  }

  /** Has a pass write when it begins and ends. */
  function stampsOf(time: number): object {
    const at = 2 * (stamped.push(time) - 1);
    stamps ??= {
      set: device.createQuerySet({ type: "timestamp", count: 2 * MOST_STAMPED }),
      resolved: create(STAMP_BYTES * MOST_STAMPED, USAGE.queryResolve | USAGE.copySource),
    };
    return {
      timestampWrites: {
        querySet: stamps.set,
        beginningOfPassWriteIndex: at,
        endOfPassWriteIndex: at + 1,
      },
    };
  }

  /** Copies stamps to where the host can see them; returns what tells their times. */
  function readStamps(): () => Promise<void> {
    const [times, ended, bytes] = [stamped, over, STAMP_BYTES * stamped.length];
    [stamped, over] = [[], []];
    const tell = (spans: readonly number[]) => {
      times.forEach((time, i) => events.timed(time, spans[i], false));
      for (const time of ended) if (open.delete(time)) events.timed(time, 0, true);
    };
    if (bytes === 0) return () => Promise.resolve(tell([]));
    const target = create(bytes, USAGE.mapRead | USAGE.copyTarget);
    const { set, resolved } = stamps!;
    const list = beginCopy();
    list.resolveQuerySet(set, 0, 2 * times.length, resolved, 0);
    list.copyBufferToBuffer(resolved, 0, target, 0, bytes);
    return async () => {
      await target.mapAsync(1, 0, bytes);
      const nanoseconds = new BigInt64Array(target.getMappedRange(0, bytes).slice(0));
      target.destroy();
      tell(times.map((_, i) => Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6));
    };
  }

  function beginCopy(): GpuEncoder {
    pass?.end();
    pass = undefined;
    encoder ??= device.createCommandEncoder();
    return encoder;
  }

  function flush(): void {
    const tell = stamped.length + over.length > 0 ? readStamps() : undefined;
    if (encoder !== undefined) {
      pass?.end();
      device.queue.submit([encoder.finish()]);
      counts.submits++;
      encoder = pass = undefined;
      staged = 0;
    }
    if (tell !== undefined) {
      timing = timing.then(tell).catch((error) => fail(String(error.message ?? error)));
    }
  }

  /** Writes to the heap: at once if nothing is before it, else by a copy among the commands. */
  function upload(bytes: Uint8Array<ArrayBuffer>, target: number): void {
    if (target + bytes.length > heap!.size) return; // there was no room: whoever reads is told
    if (encoder !== undefined && staged + bytes.length > STAGING_BYTES) flush();
    if (encoder === undefined) return device.queue.writeBuffer(heap!, target, bytes);
    staging ??= create(STAGING_BYTES, USAGE.copySource | USAGE.copyTarget);
    device.queue.writeBuffer(staging, staged, bytes);
    beginCopy().copyBufferToBuffer(staging, staged, heap!, target, bytes.length);
    staged += bytes.length;
  }

  /** Copies to a buffer that the host can map; the answer is sent when the device is done. */
  function read(source: number, bytes: number, ticket: number): () => void {
    const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, FEW)));
    if (source + bytes > (heap?.size ?? 0)) {
      return () => answer(ticket, null, "the device had no room for this tensor");
    }
    const found = idle.findIndex((buffer) => buffer.size === size);
    const target = found >= 0
      ? idle.splice(found, 1)[0]
      : create(size, USAGE.mapRead | USAGE.copyTarget);
    beginCopy().copyBufferToBuffer(heap!, source, target, 0, bytes);
    return () => {
      Promise.all([target.mapAsync(1, 0, bytes), written]).then(() => {
        const copy = target.getMappedRange(0, bytes).slice(0);
        target.unmap();
        idle.push(target);
        answer(ticket, copy, "");
      }).catch((error) => fail(String(error.message ?? error)));
    };
  }

  function answer(ticket: number, bytes: ArrayBuffer | null, problem: string): void {
    if (waiting.delete(ticket)) events.read(ticket, bytes, problem);
  }

  /** Notes what is waited for, to be told if it cannot come. */
  function noteAnswers({ commands }: Batch): void {
    for (let at = 0; at < commands.length; at += [7, 3, 4, 3][commands[at]]) {
      if (commands[at] === 2) waiting.add(commands[at + 3]);
      if (commands[at] === 3 && commands[at + 1] > 0) open.add(commands[at + 1]);
    }
  }

  return {
    define,
    submit,
    counts,
    close() {
      fail("the backend is closed");
      device.destroy();
    },
  };
}
