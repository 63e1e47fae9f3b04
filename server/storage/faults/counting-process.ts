/** Counts up as a process of its own: `counting-process.ts <data folder> <steps>`. Says every count once it is committed. */
import { writeSync } from 'node:fs';
import { openInFolder } from '../sqlite/open.ts';
import { firstBatch, increment } from './group.ts';

const [dataFolder = '', steps = '0'] = process.argv.slice(2);
const storage = await openInFolder(dataFolder);
const isFirst = await storage.once('first start', async () => {
  await storage.commit(firstBatch());
});
if (isFirst) writeSync(1, 'first\n');
for (let step = 0; step < Number(steps); step++) {
  const { count } = await increment(storage);
  writeSync(1, `${count}\n`);
}
storage.close();
