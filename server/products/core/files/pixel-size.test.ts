import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { avif, gif, jpeg, png, webp } from '../../../../e2e/support/chromium/images.ts';
import { pixelSizeOf } from './pixel-size.ts';

/** How many broken images are tried; a longer run sets more. */
const TRIES = Number(process.env['FUZZ_TRIES'] ?? 3000);
const IMAGES = { png, gif, jpeg, webp, avif };

test('each kind of image says how large it is', () => {
  for (const [kind, make] of Object.entries(IMAGES)) {
    assert.deepEqual(pixelSizeOf(make(123, 45)), { width: 123, height: 45 }, kind);
  }
});

test('a photograph that was taken on its side is as wide as it is shown', () => {
  // A TIFF header with one entry, orientation 6, in front of the frame.
  const exif = Buffer.from(
    'ffe1002245786966000049492a00080000000100120103000100000006000000000000 00'.replaceAll(' ', ''),
    'hex',
  );
  const picture = jpeg(400, 300);
  const turned = Buffer.concat([picture.subarray(0, 2), exif, picture.subarray(20)]);
  assert.deepEqual(pixelSizeOf(turned), { width: 300, height: 400 });
});

test('what does not say is no image of a size', () => {
  const none = [Buffer.alloc(0), png(1, 1).subarray(0, 12), gif(0, 5), Buffer.from('BM'), Buffer.alloc(500_000, 0xff)];
  for (const bytes of none) assert.equal(pixelSizeOf(bytes), undefined);
});

test(`of ${TRIES} images with bytes changed, dropped or repeated, none hangs or fails, and sizes stay plausible`, () => {
  const image = fc.constantFrom(...Object.values(IMAGES).map((make) => make(300, 200)));
  const edit = fc.record({ at: fc.nat(200), bytes: fc.uint8Array({ maxLength: 12 }), drop: fc.nat(20) });
  const tail = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(
      image,
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      tail,
      fc.nat(50),
      (original, edits, more, again) => {
        let bytes = original;
        for (const { at, bytes: other, drop } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), other, bytes.subarray(at + drop)]);
        }
        const found = pixelSizeOf(Buffer.concat([bytes, ...Array.from({ length: again }, () => more)]));
        if (found !== undefined) assert.ok(found.width > 0 && found.height > 0 && found.width <= 1_000_000);
      },
    ),
    { numRuns: TRIES },
  );
});
