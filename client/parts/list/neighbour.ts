/** Of rows, the first one after what goes that stays, or else the last one before it; nothing where nothing of them goes. */
export function neighbourOf(keys: readonly string[], going: ReadonlySet<string>): string | undefined {
  const last = keys.findLastIndex((key) => going.has(key));
  if (last === -1) return undefined;
  const stays = (key: string) => !going.has(key);
  return keys.slice(last).find(stays) ?? keys.slice(0, last).findLast(stays);
}
