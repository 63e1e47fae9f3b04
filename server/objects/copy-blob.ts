import type { Content, Blobs } from '../storage/storage.ts';

/** Keeps the bytes of one storage in another one too, for a commit there that is about to name them. */
export function copyBlob(content: Content, from: Blobs, to: Blobs): Promise<void> {
  return to.stage({
    ...content,
    async *slices(bytes) {
      for (let start = 0; start < content.size; start += bytes) {
        const end = Math.min(start + bytes, content.size);
        yield Buffer.concat(await Array.fromAsync(from.read(content, start, end)));
      }
    },
  });
}
