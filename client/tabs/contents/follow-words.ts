import type { FollowedMessage, PathProperty } from '../../../schema/endpoints/clipboard.ts';

const MOST_NAMED = 2;

/** What is said after objects went elsewhere or were deleted: which paths follow, and what does not work now. */
export function followWords({ updated, dangling, services }: FollowedMessage): { text: string; trouble?: string } {
  const lost = dangling.map(({ path, property }) => `${property} of ${path} leads nowhere now.`);
  const others = dangling.length > MOST_NAMED ? [`${dangling.length} paths that led there lead nowhere now.`] : lost;
  const trouble = [...others, ...services.map(({ text }) => `${text}.`)].join(' ');
  return { text: updatedWords(updated), ...(trouble && { trouble }) };
}

function updatedWords(updated: readonly PathProperty[]): string {
  if (updated.length === 0) return '';
  const named = updated.map(({ path, property }) => `${property} of ${path}`);
  const what = named.length > MOST_NAMED ? `${named.length} paths that led there` : named.join(' and ');
  return ` Updated ${what}.`;
}

/** What several changes meant, as if they were one. */
export function together(all: readonly FollowedMessage[]): FollowedMessage {
  return {
    updated: all.flatMap(({ updated }) => updated),
    dangling: all.flatMap(({ dangling }) => dangling),
    services: all.flatMap(({ services }) => services),
  };
}
