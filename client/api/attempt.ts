import { flashFailure } from '../state/flash.ts';
import { detailOf } from './request.ts';

/** Takes a step that may be refused, and where it is, says what could not be done and why. Gives whether it was done. */
export async function attempt(failure: string, step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (caught) {
    flashFailure(`${failure}: ${detailOf(caught)}`);
    return false;
  }
}
