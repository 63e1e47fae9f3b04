/** What somebody else makes; where that takes too long, throws an error with these words. */
export async function inTime<T>(making: Promise<T>, mostMs: number, words: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(words)), mostMs);
  try {
    return await Promise.race([making, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
