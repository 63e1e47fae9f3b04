import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SetupError } from './setup.mjs';

const TRIES = 3;
const PAUSE_MS = 3_000;
/** What does as well, only more slowly, where a program cannot be had. */
const STAND_INS = { 'chromium-headless-shell': 'chromium' };

/** Installs programs that the tests start, where they are missing and the system's package manager may be used. */
export async function requirePrograms(names) {
  const missing = names.filter((name) => !isThere(name));
  if (missing.length === 0) return;
  const isPossible = process.getuid?.() === 0 && isThere('apt-get');
  if (isPossible) await installWithApt(missing);
  const still = missing.filter((name) => !isProvided(name));
  if (still.length === 0) return;
  const them = still.join(' and ');
  throw new SetupError(
    `The tests need ${them}. Install ${them} first, on Debian by: sudo apt-get install ${still.join(' ')}`,
  );
}

function isProvided(name) {
  return isThere(name) || isThere(STAND_INS[name] ?? name);
}

function isThere(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function installWithApt(names) {
  console.log(`Installing ${names.join(' and ')}…`);
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const update = apt(['update']);
    const install = apt(['install', '-y', '--no-install-recommends', ...names]);
    if (names.every(isProvided)) return;
    if (tries === TRIES) console.error(`${update.stderr}${install.stderr}`.trim());
    else await wait(PAUSE_MS * tries);
  }
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
