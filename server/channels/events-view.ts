import { listenToEvents } from '../../schema/endpoints/events.ts';
import { SEE } from '../manage/describe.ts';
import { method, viewsOn, type View } from '../publisher/views.ts';
import type { Channels } from './channels.ts';

export const EVENTS_TYPE = 'text/event-stream';

/** The channel by which a page hears of changes. */
export function eventsViews(channels: Channels): readonly View[] {
  const listen = method(listenToEvents, {
    permission: SEE,
    run: ({ request, user }) => ({
      status: 200,
      headers: {
        'content-type': EVENTS_TYPE,
        // nginx would gather what is sent.
        'x-accel-buffering': 'no',
      },
      body: channels.begin(request, user.name ?? ''),
      kind: 'api',
    }),
  });
  return viewsOn('root', listen);
}
