import type { Effect, Effects, World } from './world.ts';

/** A file of these bytes is what the object is, and may be of two types. */
function contentType(name: string, values: readonly [string, string], bytes: string): Effect {
  return {
    around: (world) => world.upload(name, Buffer.from(bytes)),
    values,
    seen: values,
    see: async (world) => (await world.visit(world.path)).headers['content-type']?.split(';')[0],
  };
}

/** How an amount and a moment are written on a page. */
const place = (pageOf: (world: World, text: string) => Promise<string>): Effects => {
  const see = (text: string) => async (world: World) => (await world.visit(await pageOf(world, text))).text;
  return {
    language: { values: ['en', 'de'], seen: ['€6.40', '6,40\u00a0€'], see: see('{{ 6.4 | money: "EUR" }}') },
    time_zone: {
      values: ['UTC', 'Europe/Berlin'],
      seen: ['30 23:30', '01 00:30'],
      see: see('{{ "2026-11-30T23:30:00Z" | date: "%d %H:%M" }}'),
    },
  };
};

export const contentEffects: Readonly<Record<string, Effects>> = {
  Folder: place(async (world, text) => {
    const id = `page${world.nextNumber()}`;
    return world.add(world.path, 'Page Template', id, { text });
  }),
  'Page Template': {
    ...place(async (world, text) => {
      await world.set(world.path, { text });
      return world.path;
    }),
    text: {
      values: ['one', '{{ here.id }}'],
      seen: ['one', 'it'],
      see: async (world) => (await world.visit(world.path)).text,
    },
    values: {
      around: (world) => world.set(world.path, { text: '{{ here.values.price }}' }),
      values: [['price: 3'], ['price: 4.50', 'weight: 1']],
      seen: ['3', '4.50'],
      see: async (world) => (await world.visit(world.path)).text,
    },
  },
  File: { content_type: contentType('it.txt', ['text/plain', 'application/octet-stream'], 'plain text') },
  // These bytes begin as two kinds of pictures do.
  Image: { content_type: contentType('it.gif', ['image/gif', 'image/avif'], 'GIF8ftypavif') },
};
