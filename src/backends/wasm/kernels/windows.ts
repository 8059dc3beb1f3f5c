// Windows of images: the arguments that convolutions share, and padded copies of images.

/** Images, their padding, and the size of the output. */
@unmanaged
export class ImagesArgs {
  images: usize;
  height: i32;
  width: i32;
  channels: i32;
  /** Negative where rows are left out. */
  padTop: i32;
  /** Negative where columns are left out. */
  padLeft: i32;
  /** Pixels of a row that windows are read from. */
  paddedWidth: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  /** Rows of the output, or of tiles, that a band makes. */
  rowsOfBand: i32;
}

/** Windows that are read in place, or from padded bands of images. */
@unmanaged
export class WindowsArgs extends ImagesArgs {
  strideHeight: i32;
  strideWidth: i32;
  groups: i32;
  /** Rows that a window reaches over. */
  reach: i32;
  /** Bytes from a window to each of its segments. */
  offsets: usize;
  /** Segments of a window: what is together in memory. */
  segments: i32;
  /** Elements of a segment. */
  length: i32;
  /** Reads windows where the images are. */
  inPlace: bool;
}

/** Bytes from a window to the next one in its row. */
@inline
export function stepOf(args: WindowsArgs): usize {
  return <usize> args.strideWidth * args.channels << 2;
}

/** Bytes from a row of windows to the next one. */
@inline
export function lineStepOf(args: WindowsArgs): usize {
  return <usize> args.strideHeight * args.paddedWidth * args.channels << 2;
}

/**
 * Copies the rows of an image that a band needs: `lines` padded rows from padded row `top` on, zeros
 * where the image is not. Pixels of the image are `spread` apart.
 */
export function copyPadded(
  args: ImagesArgs,
  image: usize,
  spreadHeight: i32,
  spreadWidth: i32,
  top: i32,
  lines: i32,
  to: usize,
): void {
  const height = args.height, width = args.width, pixelBytes = args.channels << 2;
  const padTop = args.padTop, padLeft = args.padLeft, paddedWidth = args.paddedWidth;
  const lineBytes: usize = <usize> paddedWidth * pixelBytes;
  for (let line = 0; line < lines; line++) {
    const spreadY = top + line - padTop;
    const y = spreadY / spreadHeight;
    if (spreadY < 0 || y >= height || y * spreadHeight != spreadY) {
      memory.fill(to, 0, lineBytes);
    } else {
      const row = image + <usize> y * width * pixelBytes;
      if (spreadWidth == 1) copyLine(row, width, pixelBytes, padLeft, paddedWidth, to);
      else spreadLine(row, width, pixelBytes, padLeft, spreadWidth, paddedWidth, to);
    }
    to += lineBytes;
  }
}

function copyLine(
  row: usize,
  width: i32,
  pixelBytes: i32,
  padLeft: i32,
  paddedWidth: i32,
  to: usize,
): void {
  const before = min(max(padLeft, 0), paddedWidth);
  const skipped = max(-padLeft, 0);
  const copied = max(min(width - skipped, paddedWidth - before), 0);
  memory.fill(to, 0, <usize> before * pixelBytes);
  memory.copy(
    to + <usize> before * pixelBytes,
    row + <usize> skipped * pixelBytes,
    <usize> copied * pixelBytes,
  );
  const end = before + copied;
  memory.fill(to + <usize> end * pixelBytes, 0, <usize> (paddedWidth - end) * pixelBytes);
}

function spreadLine(
  row: usize,
  width: i32,
  pixelBytes: i32,
  padLeft: i32,
  spread: i32,
  paddedWidth: i32,
  to: usize,
): void {
  memory.fill(to, 0, <usize> paddedWidth * pixelBytes);
  for (let x = 0; x < width; x++) {
    const at = x * spread + padLeft;
    if (at < 0 || at >= paddedWidth) continue;
    memory.copy(to + <usize> at * pixelBytes, row + <usize> x * pixelBytes, pixelBytes);
  }
}
