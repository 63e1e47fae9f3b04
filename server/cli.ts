import { requireNode } from './node-version.ts';

requireNode();

// Loaded after that, because an older Node could not even read it.
const { runCommand } = await import('./commands.ts');
try {
  await runCommand(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
