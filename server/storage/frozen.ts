/** A copy that shares nothing with what was given, exactly as it would come back from JSON. */
export function frozenCopy<Value>(value: Value): Value {
  return frozen(JSON.parse(JSON.stringify(value)) as Value);
}

/** A value that is nobody else's, so that many can be given it. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
