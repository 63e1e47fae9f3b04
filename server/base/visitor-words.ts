/** What failed, in words for whoever visits a site: no server, no path, nothing of how it is built. */
interface VisitorWords {
  readonly heading: string;
  readonly sentence: string;
}

/** The words for a status. */
export function wordsForVisitors(status: number): VisitorWords {
  return WORDS[status] ?? (status < 500 ? NOT_ACCEPTED : BROKEN);
}

const NOT_ACCEPTED: VisitorWords = {
  heading: 'This was not accepted',
  sentence: 'What was sent cannot be used here. Go back, and try it another way.',
};

const BROKEN: VisitorWords = {
  heading: 'Something went wrong here',
  sentence: 'This is no fault of yours, and whoever looks after this site can see what happened. Try again later.',
};

const CHANGED: VisitorWords = {
  heading: 'Something changed at the same moment',
  sentence: 'Somebody else was a little faster. Look at how it is now, then try again.',
};

const WORDS: Readonly<Record<number, VisitorWords>> = {
  400: { heading: 'This cannot be understood', sentence: 'The address, or what was sent to it, is not complete.' },
  401: { heading: 'Sign in first', sentence: 'This is only for people who have signed in.' },
  403: { heading: 'This is not open to you', sentence: 'You may not see this, or do this.' },
  404: {
    heading: 'There is no such page',
    sentence: 'It may have been moved or removed, or there is a slip in the address.',
  },
  405: { heading: 'This cannot be done here', sentence: 'There is something at this address, but not for this.' },
  408: { heading: 'This took too long', sentence: 'What was sent did not arrive in time. Try again.' },
  409: CHANGED,
  412: CHANGED,
  413: { heading: 'This is too much', sentence: 'What was sent is more than can be taken or kept here. Send less.' },
  421: { heading: 'This site has another address', sentence: 'It does not answer at the address that was asked for.' },
  429: { heading: 'Too many requests', sentence: 'Wait a little before you try again.' },
  503: {
    heading: 'Not available at the moment',
    sentence: 'Something that this needs is out of reach just now. Try again in a moment.',
  },
  507: {
    heading: 'Nothing can be saved at the moment',
    sentence: 'There is no room for it just now. Try again later.',
  },
};
