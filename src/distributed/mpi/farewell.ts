/**
 * Farewells of ranks: each tells its two neighbours when it leaves, so that none waits for a rank that
 * is gone. Where some ranks wait and others have left, one that waits stands next to one that left.
 *
 * @module
 */
import { checkCall, type MpiLibrary } from "./library.ts";
import { stableBytes } from "./stable.ts";

/** Bytes of a handle; an address is the largest kind. */
const HANDLE_BYTES = 8;
const TAG = 1;

/** A neighbour, and the message with which it leaves. */
interface Neighbour {
  readonly rank: number;
  readonly request: Uint8Array;
  hasLeft: boolean;
}

/** Farewells of the ranks of a group, as one of them hears them. */
export class Farewell {
  readonly #library: MpiLibrary;
  /** Communicator of these messages alone, so that they meet no collective. */
  readonly #communicator: number;
  readonly #neighbours: readonly Neighbour[];
  /** Requests and flags that the library has until the end. */
  readonly #sent: Uint8Array[] = [];
  readonly #empty = stableBytes(HANDLE_BYTES);
  readonly #flag = new Int32Array(1);

  /** Listens to the neighbours; all ranks make theirs together. */
  constructor(library: MpiLibrary, rank: number, size: number) {
    this.#library = library;
    const { calls, handles } = library;
    const handle = stableBytes(HANDLE_BYTES);
    checkCall(library, "MPI_Comm_dup", calls.MPI_Comm_dup(handles.world, handle));
    this.#communicator = Number(new BigUint64Array(handle.buffer)[0]);
    const others = new Set([(rank + 1) % size, (rank + size - 1) % size]);
    others.delete(rank);
    this.#neighbours = [...others].map((other) => this.#listenTo(other));
  }

  /** Tells the neighbours that this rank leaves. */
  tell(): void {
    const { calls, handles } = this.#library;
    for (const { rank } of this.#neighbours) {
      const request = stableBytes(HANDLE_BYTES);
      this.#sent.push(request);
      const at = this.#addressOfNothing();
      calls.MPI_Isend(at, 0, handles.types.uint8, rank, TAG, this.#communicator, request);
    }
  }

  /** Finds a neighbour that has left; undefined where none has. */
  left(): number | undefined {
    for (const neighbour of this.#neighbours) {
      neighbour.hasLeft ||= this.isDone(neighbour.request);
    }
    return this.#neighbours.find(({ hasLeft }) => hasLeft)?.rank;
  }

  /** Returns true once both neighbours have left. */
  get isAlone(): boolean {
    this.left();
    return this.#neighbours.every(({ hasLeft }) => hasLeft);
  }

  /** Begins to wait for all ranks. */
  beginEnd(): Uint8Array {
    const request = stableBytes(HANDLE_BYTES);
    const { calls } = this.#library;
    checkCall(this.#library, "MPI_Ibarrier", calls.MPI_Ibarrier(this.#communicator, request));
    return request;
  }

  /** Returns true once what a request stands for is done. */
  isDone(request: Uint8Array): boolean {
    const { calls, handles } = this.#library;
    checkCall(this.#library, "MPI_Test", calls.MPI_Test(request, this.#flag, handles.ignore));
    return this.#flag[0] !== 0;
  }

  #listenTo(rank: number): Neighbour {
    const { calls, handles } = this.#library;
    const request = stableBytes(HANDLE_BYTES);
    const at = this.#addressOfNothing();
    const code = calls.MPI_Irecv(
      at,
      0,
      handles.types.uint8,
      rank,
      TAG,
      this.#communicator,
      request,
    );
    checkCall(this.#library, "MPI_Irecv", code);
    return { rank, request, hasLeft: false };
  }

  #addressOfNothing(): number {
    return this.#library.system.addressOf(this.#empty);
  }
}
