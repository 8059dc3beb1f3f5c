/**
 * Nodes and links that a graph shows of a tape, and the cost of each.
 *
 * @module
 */
import { inputLabel } from "../../core/op_contract.ts";
import type { Profile } from "../../core/profile.ts";
import type { Recording, Slot, TapeEntry } from "../../core/recording.ts";
import { type BackwardCost, type Cost, type Costs, costsOf, ZERO } from "./costs.ts";

/** A tape, as far as a graph shows it. */
export interface DrawnTape extends Recording {
  /** Profile of the tape, if it was profiled. */
  readonly profiler?: Profile | null;
}

/** A parameter or a constant that is drawn beside the only operation that uses it. */
export interface Docked {
  readonly kind: "parameter" | "constant";
  /** Name next to its layer: `w` of `conv1.w`. A constant is called as its input. */
  readonly name: string;
  readonly slot: Slot;
  /** Name that the operation has for it. */
  readonly input: string;
  /** True if its gradient is computed. */
  readonly hasGradient: boolean;
}

/** An operation. */
export interface OpNode {
  readonly kind: "op";
  readonly entry: TapeEntry;
  readonly index: number;
  readonly output: Slot;
  /** The path that its parameters have in common: `conv1`; empty for none. */
  readonly layer: string;
  readonly docked: readonly Docked[];
  /** Number of leaves that found no room. */
  readonly moreDocked: number;
  readonly forward: Cost;
  /** Cost of its backward pass; undefined where no gradient goes through it. */
  readonly backward: BackwardCost | undefined;
}

/** A parameter or a constant. */
export interface LeafNode {
  readonly kind: "parameter" | "constant";
  readonly name: string;
  /** Slot of the leaf; undefined for several constants in one. */
  readonly slot: Slot | undefined;
  readonly hasGradient: boolean;
}

/** Many operations in one. */
export interface MoreNode {
  readonly kind: "more";
  readonly count: number;
  /** Number of times each operation is among them, the most frequent first. */
  readonly ops: readonly (readonly [name: string, count: number])[];
  readonly parameters: number;
  readonly forward: Cost;
  readonly backward: BackwardCost | undefined;
}

/** A node of the graph. */
export type GraphNode = OpNode | LeafNode | MoreNode;

/** A tensor on its way from a node to another. */
export interface GraphLink {
  readonly from: number;
  readonly to: number;
  readonly slot: Slot;
  /** Name that the operation has for it; empty where many go in. */
  readonly input: string;
  readonly hasGradient: boolean;
}

/** Nodes, links and costs of a graph. */
export interface GraphModel {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly costs: Costs;
}

/** Leaves beside one operation, and above it, that are shown one by one. */
const MOST_LEAVES = 8;

/** Reads a tape: at most about `maxOps` operations one by one, those in the middle as one. */
export function readTape(tape: DrawnTape, maxOps: number): GraphModel {
  return new Reader(tape, maxOps).read();
}

class Reader {
  readonly #tape: DrawnTape;
  readonly #costs: Costs;
  /** Entries from `first` to before `last` are one node. */
  readonly #first: number;
  readonly #last: number;
  /** Number of uses of each slot. */
  readonly #uses: Uint32Array;
  readonly #nodes: GraphNode[] = [];
  readonly #links: GraphLink[] = [];
  /** The node that a slot comes from. */
  readonly #nodeOf = new Map<number, number>();
  readonly #active: Uint8Array;

  constructor(tape: DrawnTape, maxOps: number) {
    const { entries, slots } = tape;
    this.#tape = tape;
    const extra = entries.length - maxOps;
    this.#first = extra > 0 ? Math.ceil(maxOps / 2) : entries.length;
    this.#last = extra > 0 ? this.#first + extra : entries.length;
    this.#costs = costsOf(tape.profiler ?? null);
    this.#uses = new Uint32Array(slots.length);
    this.#active = new Uint8Array(slots.length);
    slots.forEach(({ kind }, i) => this.#active[i] = kind === "watched" ? 1 : 0);
    for (const { inputs, output } of entries) {
      for (const slot of inputs) {
        if (slot < 0) continue;
        this.#uses[slot]++;
        if (this.#active[slot] === 1) this.#active[output] = 1;
      }
    }
  }

  read(): GraphModel {
    const { entries } = this.#tape;
    for (let i = 0; i < this.#first; i++) this.#addEntry(i);
    if (this.#first < this.#last) this.#addMore();
    for (let i = this.#last; i < entries.length; i++) this.#addEntry(i);
    return { nodes: this.#nodes, links: this.#links, costs: this.#costs };
  }

  #addEntry(index: number): void {
    const entry = this.#tape.entries[index];
    const present = entry.inputs.flatMap((slot, i) => slot < 0 ? [] : [{ slot, i }]);
    const beside = present.filter(({ slot }) => this.#isDocked(slot, present));
    const above = present.filter((input) => !beside.includes(input));
    const sources = this.#sourcesOf(index, above);
    const shown = beside.slice(0, MOST_LEAVES);
    const parameters = beside.filter(({ slot }) => this.#kindOf(slot) === "watched");
    const layer = commonLayer(parameters.map(({ slot }) => this.#tape.slots[slot].name));
    const docked = shown.map(({ slot, i }) => this.#dock(index, slot, i, layer));
    const node = this.#nodes.push({
      kind: "op",
      entry,
      index,
      output: this.#tape.slots[entry.output],
      layer,
      docked,
      moreDocked: beside.length - shown.length,
      forward: this.#costs.forward.get(index) ?? ZERO,
      backward: this.#backwardOf(index),
    }) - 1;
    for (const { from, slot, i } of sources) {
      this.#links.push({
        from,
        to: node,
        slot: this.#tape.slots[slot],
        input: i < 0 ? "" : inputLabel(entry.op, i),
        hasGradient: i >= 0 && this.#hasGradient(index, i),
      });
    }
    this.#nodeOf.set(entry.output, node);
  }

  /**
   * Finds the nodes that inputs come from; makes new ones for leaves, one for all that are too
   * many.
   */
  #sourcesOf(index: number, above: readonly { slot: number; i: number }[]) {
    const fresh = new Set(
      above.map(({ slot }) => slot).filter((slot) => !this.#nodeOf.has(slot)),
    );
    const isCrowded = fresh.size > MOST_LEAVES;
    const single = new Set([...fresh].slice(0, isCrowded ? MOST_LEAVES - 1 : MOST_LEAVES));
    const rest = above.filter(({ slot }) => fresh.has(slot) && !single.has(slot));
    const sources = above.filter(({ slot }) => !fresh.has(slot) || single.has(slot))
      .map(({ slot, i }) => ({
        from: this.#nodeOf.get(slot) ?? this.#addLeaf(slot, index, i),
        slot,
        i,
      }));
    if (rest.length === 0) return sources;
    const name = `and ${(fresh.size - single.size).toLocaleString("en-US")} more`;
    const hasGradient = rest.some(({ i }) => this.#hasGradient(index, i));
    const from = this.#nodes.push({ kind: "constant", name, slot: undefined, hasGradient }) - 1;
    return [...sources, { from, slot: rest[0].slot, i: -1 }];
  }

  /** Adds a leaf that input `i` of an entry reads; a constant without a name is called as that. */
  #addLeaf(slot: number, index: number, i: number): number {
    const { kind, name } = this.#tape.slots[slot];
    const isParameter = kind === "watched";
    const called = isParameter ? kind : inputLabel(this.#tape.entries[index].op, i);
    const node = this.#nodes.push({
      kind: isParameter ? "parameter" : "constant",
      name: name || called,
      slot: this.#tape.slots[slot],
      hasGradient: isParameter,
    }) - 1;
    this.#nodeOf.set(slot, node);
    return node;
  }

  #kindOf(slot: number): Slot["kind"] {
    return this.#tape.slots[slot].kind;
  }

  /**
   * Returns true if a leaf is drawn beside the only operation that uses it: a parameter, where
   * something else comes from above; a constant, where that is a result.
   */
  #isDocked(slot: number, present: readonly { slot: number }[]): boolean {
    const kind = this.#kindOf(slot);
    if (kind === "computed" || this.#uses[slot] !== 1) return false;
    return present.some((other) => {
      const above = this.#kindOf(other.slot);
      return kind === "watched" ? above !== "watched" : above === "computed";
    });
  }

  #dock(index: number, at: number, i: number, layer: string): Docked {
    const slot = this.#tape.slots[at];
    const input = inputLabel(this.#tape.entries[index].op, i);
    const isParameter = slot.kind === "watched";
    const name = slot.name.slice(layer.length).replace(/^\./, "");
    return {
      kind: isParameter ? "parameter" : "constant",
      name: isParameter ? name || input : input,
      slot,
      input,
      hasGradient: this.#hasGradient(index, i),
    };
  }

  /** Adds the entries in the middle, as one node. */
  #addMore(): void {
    const { entries, slots } = this.#tape;
    const middle = entries.slice(this.#first, this.#last);
    const counts = new Map<string, number>();
    const inside = new Set<number>();
    const parameters = new Set<number>();
    const sources = new Set<number>();
    for (const { op, inputs, output } of middle) {
      counts.set(op.name, (counts.get(op.name) ?? 0) + 1);
      for (const slot of inputs) {
        if (slot < 0 || inside.has(slot)) continue;
        if (this.#nodeOf.has(slot)) sources.add(slot);
        else if (slots[slot].kind === "watched") parameters.add(slot);
      }
      inside.add(output);
    }
    const indices = middle.map((_, i) => this.#first + i);
    const node = this.#nodes.push({
      kind: "more",
      count: middle.length,
      ops: [...counts].sort((a, b) => b[1] - a[1]),
      parameters: parameters.size,
      forward: this.#costs.sumForward(indices),
      backward: indices.some((i) => this.#backwardOf(i) !== undefined)
        ? this.#costs.sumBackward(indices)
        : undefined,
    }) - 1;
    for (const slot of sources) {
      const hasGradient = this.#active[slot] === 1;
      this.#links.push({
        from: this.#nodeOf.get(slot)!,
        to: node,
        slot: slots[slot],
        input: "",
        hasGradient,
      });
    }
    for (const slot of inside) this.#nodeOf.set(slot, node);
  }

  #backwardOf(index: number): BackwardCost | undefined {
    const { backward, hasBackward } = this.#costs;
    if (hasBackward) return backward.get(index);
    const { output } = this.#tape.entries[index];
    return this.#active[output] === 1 ? NO_RULES : undefined;
  }

  /**
   * Returns true if the gradient of an input was computed; before there was a backward pass, if the
   * input has one.
   */
  #hasGradient(index: number, input: number): boolean {
    const { backward, hasBackward } = this.#costs;
    if (hasBackward) return backward.get(index)?.rules.has(input) === true;
    const { inputs } = this.#tape.entries[index];
    return this.#active[inputs[input]] === 1;
  }
}

const NO_RULES: BackwardCost = { ...ZERO, rules: new Map() };

/** Finds the layer that the paths of parameters share: `conv1` of `conv1.w` and `conv1.bias`. */
function commonLayer(names: readonly string[]): string {
  const layers = names.map((name) => /^(.*)\.[^.[\]]+$/.exec(name)?.[1] ?? "");
  return layers.every((layer) => layer === layers[0]) ? layers[0] ?? "" : "";
}
