/** What follows from a deed, such as asking for the page that was clicked on, begins so soon after it. */
const FOLLOWS_MS = 5_000;
const DEEDS = ['pointerdown', 'click', 'keydown', 'wheel', 'touchmove', 'drop'];

/** Whoever opened the page did something. */
let didAt = Date.now();

/** Notes from now on when somebody does something in this window. */
export function noticeDeeds(): void {
  for (const deed of DEEDS) addEventListener(deed, note, { capture: true, passive: true });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && noteDeed());
}

/** Whether what is asked for now may follow from what somebody did, and not only from what happened elsewhere. */
export function hasSomebodyDone(): boolean {
  return Date.now() - didAt < FOLLOWS_MS;
}

/** What a script does in somebody's place is no deed. */
function note({ isTrusted }: Event): void {
  if (isTrusted) noteDeed();
}

function noteDeed(): void {
  didAt = Date.now();
}
