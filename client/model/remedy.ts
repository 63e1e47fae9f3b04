import type { Warning } from '../../schema/endpoints/objects.ts';
import { attempt } from '../api/attempt.ts';
import { changeObject } from '../api/objects.ts';
import { flash } from '../state/flash.ts';

export type Remedy = NonNullable<Warning['remedy']>;

/** Changes what mends a standing condition, and says what that led to. Gives whether it was changed. */
export function applyRemedy({ path, properties }: Pick<Remedy, 'path' | 'properties'>): Promise<boolean> {
  return attempt(`Could not change '${path}'`, async () => {
    const { results } = await changeObject(path, { properties });
    const worthALook = results.filter(({ state }) => state === 'warn').map(({ text }) => text);
    flash(`Changed ${Object.keys(properties).join(', ')} of ${path}.`, worthALook.join(' ') || undefined);
  });
}
