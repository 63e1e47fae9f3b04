import type { ServerStatus } from '../../memcache/store.ts';

/** What visitors have of it that servers are down, as part of a sentence; nothing where none is, or where all are. */
export function visitorsCost(statuses: readonly ServerStatus[], replicas: number): string | undefined {
  const down = downOf(statuses);
  if (down === 0 || down === statuses.length) return undefined;
  if (replicas > 1) return copiesCost(down, replicas);
  const share = down / statuses.length;
  if (share === 0.5) return 'about half of the visitors get 503';
  return `${share > 0.5 ? 'most' : 'some'} visitors get 503`;
}

/** What it costs that servers are named which do not answer. */
export function silenceCost(statuses: readonly ServerStatus[], replicas: number): string | undefined {
  const down = downOf(statuses);
  if (down === 0) return undefined;
  if (down === statuses.length) return 'whoever needs a session gets 503 until a server answers';
  if (replicas > 1) return copiesCost(down, replicas);
  return `sessions whose place is there get 503 until ${down === 1 ? 'it answers' : 'they answer'}`;
}

function copiesCost(down: number, replicas: number): string {
  if (down < replicas) return 'sessions come from their copies on the others';
  return `sessions whose ${replicas} copies are all there get 503`;
}

function downOf(statuses: readonly ServerStatus[]): number {
  return statuses.filter(({ up }) => !up).length;
}
