// The gradient of filters where most of dy is zero, as it is behind a pool or a relu: the pixels
// that are not zero are listed once, and every tile of the gradient visits the list.
//
// What is left out are terms 0 · x, which are zero only where x is finite: that is checked.
import { LIST_PIXELS } from "../layout";
import { addRow } from "./multiply";
import { fma, splat0, splat1, splat2, splat3 } from "./simd";
import { lineStepOf, stepOf, WindowsArgs } from "./windows";

/** Bytes of an entry: the offset of the pixel's window, and a pointer to its dy. */
const ENTRY: usize = 8;
/** Pixels after which a share of more than 2 / 5 that is not zero ends the search. */
const PROBE: i32 = 256;

/**
 * Lists the pixels whose eight channels from `dy` on are not all zero, over `images` of `rows`
 * of windows. Returns how many, or -1 if they are too many for the list to be worth it.
 */
export function listPixels(
  args: WindowsArgs,
  imageBytes: usize,
  dy: usize,
  images: i32,
  rows: i32,
  list: usize,
): i32 {
  const outWidth = args.outWidth, rowBytes = <usize> args.outChannels << 2;
  if (images * rows * outWidth > LIST_PIXELS) return -1;
  const step = stepOf(args), lineStep = lineStepOf(args);
  const zero = f32x4.splat(0);
  let seen = 0, count = 0;
  for (let image = 0; image < images; image++) {
    let line: usize = <usize> image * imageBytes;
    for (let row = 0; row < rows; row++) {
      let at = line;
      for (let x = 0; x < outWidth; x++) {
        const any = v128.or(
          f32x4.ne(v128.load(dy), zero),
          f32x4.ne(v128.load(dy, 16), zero),
        );
        if (v128.any_true(any)) {
          store<u32>(list, <u32> at);
          store<u32>(list, <u32> dy, 4);
          list += ENTRY;
          count++;
        }
        at += step;
        dy += rowBytes;
      }
      line += lineStep;
      seen += outWidth;
      if (seen >= PROBE && count * 5 > seen * 2) return -1;
    }
  }
  return count * 5 > seen * 2 ? -1 : count;
}

/** Whether all floats are finite: none is NaN or infinite times zero. */
export function areFinite(at: usize, bytes: usize): bool {
  const zero = f32x4.splat(0), end = at + (bytes & ~15), rest = at + bytes;
  let sum = zero;
  for (; at < end; at += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(at), zero));
  for (; at < rest; at += 4) sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(at), zero));
  return !v128.any_true(f32x4.ne(sum, zero));
}

/** The gradient of eight columns of the filters, from the `count` pixels of a list. */
export function gradWListed(
  args: WindowsArgs,
  base: usize,
  list: usize,
  count: i32,
  accumulate: bool,
  dw: usize,
  columns: i32,
): void {
  const offsets = args.offsets, segments = args.segments, length = args.length;
  const rowBytes = <usize> args.outChannels << 2;
  for (let segment = 0; segment < segments; segment++) {
    const a = base + <usize> load<u32>(offsets + (<usize> segment << 2));
    for (let row = 0; row < length; row += 4) {
      multiplyListed(
        a + (<usize> row << 2),
        list,
        list + <usize> count * ENTRY,
        accumulate,
        dw + <usize> (segment * length + row) * rowBytes,
        rowBytes,
        min(4, length - row),
        columns,
      );
    }
  }
}

/** A tile of `C += Aᵀ B` over the pixels of a list: four neighbours times eight neighbours. */
function multiplyListed(
  a: usize,
  list: usize,
  end: usize,
  accumulate: bool,
  c: usize,
  rowBytes: usize,
  rows: i32,
  columns: i32,
): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c10 = zero, c20 = zero, c30 = zero;
  let c01 = zero, c11 = zero, c21 = zero, c31 = zero;
  for (; list < end; list += ENTRY) {
    const v = v128.load(a + <usize> load<u32>(list)), b: usize = load<u32>(list, 4);
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = splat0(v);
    c00 = fma(s, b0, c00);
    c01 = fma(s, b1, c01);
    s = splat1(v);
    c10 = fma(s, b0, c10);
    c11 = fma(s, b1, c11);
    s = splat2(v);
    c20 = fma(s, b0, c20);
    c21 = fma(s, b1, c21);
    s = splat3(v);
    c30 = fma(s, b0, c30);
    c31 = fma(s, b1, c31);
  }
  addRow(accumulate, c, c00, c01, columns);
  if (rows > 1) addRow(accumulate, c + rowBytes, c10, c11, columns);
  if (rows > 2) addRow(accumulate, c + 2 * rowBytes, c20, c21, columns);
  if (rows > 3) addRow(accumulate, c + 3 * rowBytes, c30, c31, columns);
}
