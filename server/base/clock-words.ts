/** Times in records are the writer's: machines' clocks may differ by so much. */
const ALLOWED_S = 30;
const DAY_S = 24 * 60 * 60;

/** Whether a clock that is so many seconds ahead of ours makes sessions end early, or flip. */
export function isClockOff(differenceS: number | null): boolean {
  return Math.abs(differenceS ?? 0) > ALLOWED_S;
}

export const SET_CLOCKS = 'Set both clocks by NTP; they may differ by 30 s.';

/** Both times: `localhost:11211 says 14:02:10, this server 13:02:10`. */
export function clockWords(who: string, differenceS: number | null, now: number, here = 'this server'): string {
  const ahead = differenceS ?? 0;
  const text = Math.abs(ahead) < DAY_S / 2 ? timeOfDay : dateAndTime;
  return `${who} says ${text(now + ahead * 1000)}, ${here} ${text(now)}`;
}

function timeOfDay(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}

function dateAndTime(time: number): string {
  const date = new Date(time);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${parts.join('-')} ${timeOfDay(time)}`;
}
