import type { ValuesOf } from '../../../../schema/fields.ts';
import type { KeyRing } from '../../../base/key-ring.ts';
import { generationOfUser, type Generations } from '../../../site/generations.ts';
import type { Store } from '../../../memcache/store.ts';
import { RuntimeState } from '../../../objects/runtime-state.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { SessionContainer, DEFAULT_SETTINGS } from '../../../sessions/container.ts';
import { countFailure } from '../../../sessions/counts.ts';
import type { SessionSettings } from '../../../sessions/session-writer.ts';
import { isOfApplication, labelsNamed } from '../../../sessions/record/user-label.ts';
import { siteOf } from '../../../site/site.ts';
import type { containerFields } from './container-fields.ts';
import { newsFrom } from './session-news.ts';
import { countsOf, meterOf, trafficOf } from './statistics.ts';

interface KnownContainer {
  readonly container: SessionContainer;
  /** The object's settings as last read, so that a change applies at the next access. */
  settings: SessionSettings;
}

/** Of an object that was led to another store, the containers in both, for requests that began before. */
const containers = new RuntimeState<WeakMap<Store, KnownContainer>>({
  make: () => new WeakMap(),
  close: () => {},
  madeFrom: () => null,
});

/** The sessions that an object keeps in a store: one container for both in a process, so that requests can queue at it. */
export function containerIn(store: Store, object: TreeObject, keyRing: KeyRing | null): SessionContainer {
  const inStores = containers.of(object);
  const kept = inStores.get(store) ?? makeContainer(store, object, keyRing);
  inStores.set(store, kept);
  kept.settings = settingsOf(object);
  meterOf(object).timeoutMinutes = kept.settings.timeoutMinutes;
  return kept.container;
}

export function forgetContainers(object: TreeObject): void {
  containers.drop(object);
}

/** Ends all sessions that an object keeps, or all of a user, by giving them numbers that no record has. */
export async function endAll(object: TreeObject, user?: string): Promise<void> {
  const { generations } = siteOf(object);
  const keys =
    user === undefined
      ? [generationKey(object.oid)]
      : labelsNamed(user).map((label) => generationKey(object.oid, label));
  await generations.raise(...keys);
  newsFrom(object)?.({ event: 'ended', id: null, user: user ?? null });
}

function generationKey(oid: number, label?: string): string {
  return label === undefined ? `${oid}` : `${oid} ${label}`;
}

/** How often the sessions of somebody were ended: those kept here, and those of a user of this installation everywhere. */
function endingsOf(label: string, oid: number, generations: Generations): number {
  const here = generations.of(generationKey(oid, label));
  return isOfApplication(label) ? here : here + generations.of(generationOfUser(label));
}

function makeContainer(store: Store, object: TreeObject, keyRing: KeyRing | null): KnownContainer {
  const { generations, endedSessions, serverNotes, installation, processes, clock, log } = siteOf(object);
  const { oid } = object;
  const counts = countsOf(object);
  const kept: { settings: SessionSettings } = { settings: settingsOf(object) };
  const container = new SessionContainer({
    store,
    keyRing,
    clock,
    scope: { installation, container: String(oid), generation: () => generations.of(generationKey(oid)) },
    userGeneration: (label) => endingsOf(label, oid, generations),
    endedAt: (key) => endedSessions.endedAt(key),
    noteEnded: (key, endedAt, until) =>
      endedSessions.add(key, endedAt, until).catch((error: unknown) => {
        log.warn({ err: error }, 'That a session was ended could not be kept beside what memcached holds');
      }),
    newestRecordFormat: () => processes.newestRecordFormat(),
    settings: () => kept.settings,
    counts,
    traffic: trafficOf(object),
    watch: meterOf(object),
    onNews: newsFrom(object),
    onLifetime: (seconds) => serverNotes.keeps(oid, seconds),
    onFault: (fault) => {
      countFailure(counts, fault);
      log.warn({ err: fault }, 'A session record could not be opened');
    },
  });
  return Object.assign(kept, { container });
}

/** What an object with the fields of a container says of its sessions. */
export function settingsOf({ properties }: TreeObject): SessionSettings {
  const values = properties as unknown as ValuesOf<typeof containerFields>;
  return {
    ...DEFAULT_SETTINGS,
    timeoutMinutes: values.timeout_minutes,
    maxLifetimeMinutes: values.max_lifetime_minutes,
    resolutionSeconds: values.resolution_seconds,
    onConflict: values.on_conflict,
  };
}
