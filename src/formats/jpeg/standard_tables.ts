/**
 * Huffman tables for files that have none, as frames of Motion JPEG: those that the specification
 * gives as typical.
 *
 * - **Source**: ITU-T Recommendation T.81, annex K.3.
 *
 * @module
 */

/** A table: its class and number, how many codes have 1 to 16 bits, the values by rising code. */
interface Table {
  readonly id: number;
  readonly counts: readonly number[];
  readonly values: string;
}

const DHT = 0xc4;
const DC_VALUES = "000102030405060708090a0b";

const TABLES: readonly Table[] = [
  { id: 0x00, counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], values: DC_VALUES },
  { id: 0x01, counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], values: DC_VALUES },
  {
    id: 0x10,
    counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
    values: "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718" +
      "191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a73747576" +
      "7778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5" +
      "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
  },
  {
    id: 0x11,
    counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
    values:
      "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f1" +
      "1718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a73747576" +
      "7778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4" +
      "c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
  },
];

/** Puts the tables into a file, after its start marker. */
export function withStandardTables(bytes: Uint8Array): Uint8Array {
  const tables = TABLES.flatMap(({ id, counts, values }) => [id, ...counts, ...bytesOf(values)]);
  const length = tables.length + 2;
  const segment = [0xff, DHT, length >> 8, length & 255, ...tables];
  const whole = new Uint8Array(bytes.length + segment.length);
  whole.set(bytes.subarray(0, 2));
  whole.set(segment, 2);
  whole.set(bytes.subarray(2), 2 + segment.length);
  return whole;
}

function bytesOf(hex: string): number[] {
  return hex.match(/../g)!.map((pair) => parseInt(pair, 16));
}
