import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSite, storageContract } from './contract.ts';
import { openStorage } from './open.ts';

async function inNewFolder() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'trellis-storage-'));
  return makeSite({
    open: (clock) => openStorage({ dataFolder, clock }),
    dispose: () => rm(dataFolder, { recursive: true }),
  });
}

storageContract('objects in SQLite', inNewFolder);
