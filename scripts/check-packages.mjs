// A part of `npm run check`: whether every way of importing the application's package finds what it should, with types.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pack } from './pack.mjs';

const destination = mkdtempSync(join(tmpdir(), 'trellis-check-'));
try {
  const { file } = await pack('packages/sessions', destination);
  const complaints = [...(await complaintsOfPublint(file)), ...(await complaintsOfAttw(file))];
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  rmSync(destination, { recursive: true });
}

async function complaintsOfPublint(file) {
  const { buffer } = new Uint8Array(readFileSync(file));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

async function complaintsOfAttw(file) {
  const { problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(file))));
  return problems.map((problem) => `attw: ${JSON.stringify(problem)}`);
}
