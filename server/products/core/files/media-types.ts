import { extname } from 'node:path';

/** So many bytes tell the type of a file and the size of an image. */
export const HEAD_BYTES = 512 * 1024;
export const UNKNOWN = 'application/octet-stream';

interface MediaType {
  readonly words: string;
  /** Ends of names that say it. */
  readonly extensions: readonly string[];
  /** Whether bytes can be of this type, from how they begin. */
  readonly fits: (head: Buffer) => boolean;
  /** Browsers show it in its place and run nothing in it; everything else they save. */
  readonly isShown: boolean;
}

const MEDIA_TYPES: Readonly<Record<string, MediaType>> = {
  'image/png': shown('PNG image', ['.png'], begins('\x89PNG\r\n\x1a\n')),
  'image/jpeg': shown('JPEG image', ['.jpg', '.jpeg'], begins('\xff\xd8\xff')),
  'image/gif': shown('GIF image', ['.gif'], begins('GIF8')),
  'image/webp': shown('WebP image', ['.webp'], (head) => begins('RIFF')(head) && begins('WEBP', 8)(head)),
  'image/avif': shown('AVIF image', ['.avif'], (head) => begins('ftypavif', 4)(head) || begins('ftypavis', 4)(head)),
  'image/x-icon': shown('Icon', ['.ico'], isIcon),
  // The same by the name that is registered for it, which somebody may want to choose.
  'image/vnd.microsoft.icon': shown('Icon', [], isIcon),
  'application/pdf': shown('PDF document', ['.pdf'], begins('%PDF-')),
  'text/plain': shown('Plain text', ['.txt', '.text', '.log', '.md'], isText),
  'text/csv': saved('Table (CSV)', ['.csv'], isText),
  'text/css': saved('Style sheet', ['.css'], isText),
  'application/json': saved('JSON', ['.json'], isText),
  'application/zip': saved('Zip archive', ['.zip'], begins('PK')),
  'application/gzip': saved('Gzip archive', ['.gz', '.tgz'], begins('\x1f\x8b')),
  'font/woff2': saved('Font (WOFF2)', ['.woff2'], begins('wOF2')),
  'font/woff': saved('Font (WOFF)', ['.woff'], begins('wOFF')),
  'audio/mpeg': saved('MP3 audio', ['.mp3'], (head) => begins('ID3')(head) || begins('\xff')(head)),
  'audio/ogg': saved('Ogg audio', ['.ogg', '.oga'], begins('OggS')),
  'video/mp4': saved('MP4 video', ['.mp4', '.m4v'], begins('ftyp', 4)),
  'video/webm': saved('WebM video', ['.webm'], begins('\x1a\x45\xdf\xa3')),
  [UNKNOWN]: saved('Other bytes', [], () => true),
};

// No type that runs in a browser is among them: no HTML, no SVG or other XML, no JavaScript. Such files are bytes to save.
const BY_EXTENSION = new Map(
  Object.entries(MEDIA_TYPES).flatMap(([type, { extensions }]) => extensions.map((end) => [end, type] as const)),
);

/** The types that a file may have, each with its words. */
export const FILE_TYPES = wordsOf(Object.keys(MEDIA_TYPES));
export const IMAGE_TYPES = wordsOf(Object.keys(MEDIA_TYPES).filter(isImage));

/**
 * The type of a file: what its name says, if its bytes agree. Bytes of another kind of image keep that; else `present`,
 * the type that somebody chose before, if it fits.
 */
export function mediaTypeFor(name: string, head: Buffer, present = UNKNOWN): string {
  const named = BY_EXTENSION.get(extname(name).toLowerCase());
  if (named === undefined) return fits(present, head) ? present : UNKNOWN;
  if (fits(named, head)) return named;
  const image = isImage(named) ? Object.keys(IMAGE_TYPES).find((type) => fits(type, head)) : undefined;
  return image ?? UNKNOWN;
}

export function isImage(type: string): boolean {
  return type.startsWith('image/');
}

export function isShown(type: string): boolean {
  return MEDIA_TYPES[type]?.isShown ?? false;
}

export function wordsFor(type: string): string {
  return MEDIA_TYPES[type]?.words ?? type;
}

export function fits(type: string, head: Buffer): boolean {
  return MEDIA_TYPES[type]?.fits(head) ?? false;
}

function shown(words: string, extensions: readonly string[], matches: MediaType['fits']): MediaType {
  return { words, extensions, fits: matches, isShown: true };
}

function saved(words: string, extensions: readonly string[], matches: MediaType['fits']): MediaType {
  return { words, extensions, fits: matches, isShown: false };
}

function begins(signature: string, at = 0): MediaType['fits'] {
  const bytes = Buffer.from(signature, 'latin1');
  return (head) => head.subarray(at, at + bytes.length).equals(bytes);
}

/** What makes a directory of icons, with one at least. */
function isIcon(head: Buffer): boolean {
  return begins('\0\0\x01\0')(head) && head.length > 6 && head.readUInt16LE(4) > 0;
}

/** UTF-8 without NUL; the last character may be cut where the head ends. */
function isText(head: Buffer): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length === HEAD_BYTES });
    return true;
  } catch {
    return false;
  }
}

function wordsOf(types: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(types.map((type) => [type, `${wordsFor(type)} (${type})`]));
}
