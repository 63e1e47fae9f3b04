import { endpoint } from '../endpoint.ts';
import { KINDS } from '../live.ts';

export const listenToEvents = endpoint({
  http: 'GET',
  view: 'events',
  summary: `A channel: server-sent events that say that something changed, and nothing but its kinds (${KINDS.join(', ')}).`,
  givesEvents: true,
});
