import { imageSize } from 'image-size';

const MOST_PIXELS = 1_000_000;

/** Width and height of an image as it is shown, from its first bytes; `undefined` where they do not say. */
export function pixelSizeOf(head: Buffer): { width: number; height: number } | undefined {
  try {
    const { width, height, orientation = 1 } = imageSize(head);
    if (!isPlausible(width) || !isPlausible(height)) return undefined;
    // From 5 on the camera lay on its side.
    return orientation < 5 ? { width, height } : { width: height, height: width };
  } catch {
    return undefined;
  }
}

function isPlausible(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= MOST_PIXELS;
}
