const KIB = 1024;

/** `1 KiB`, `214 B`, `1.38 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${trim(bytes / KIB, 1)} KiB`;
  if (bytes < KIB ** 3) return `${trim(bytes / KIB ** 2, 2)} MiB`;
  return `${trim(bytes / KIB ** 3, 2)} GiB`;
}

/** `70 MiB; at most 64 MiB`: a size that is over its limit. What differs by a few bytes is told by them. */
export function overLimit(bytes: number, limit: number): string {
  const [size, most] = [formatBytes(bytes), formatBytes(limit)];
  return size === most ? `${bytes} B; at most ${limit} B` : `${size}; at most ${most}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
