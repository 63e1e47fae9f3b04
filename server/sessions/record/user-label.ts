/**
 * Whose a session is, as its record says. A user of this installation stands there by name. Whoever an application says
 * is signed in to it stands behind a colon, which no name of a user here has: two people of one name are two people.
 */
const OF_APPLICATION = ':';

/** The label for somebody who is signed in to an application. */
export function labelInApplication(name: string | null): string | null {
  return name === null || name === '' ? null : OF_APPLICATION + name;
}

export function isOfApplication(label: string): boolean {
  return label.startsWith(OF_APPLICATION);
}

/** The name alone, for lists. */
export function nameIn(label: string | null): string | null {
  return label !== null && isOfApplication(label) ? label.slice(OF_APPLICATION.length) : label;
}

/** The labels of everybody who has this name, here and in applications. */
export function labelsNamed(name: string): readonly string[] {
  return [name, OF_APPLICATION + name];
}

/** Whether a session may be given to who is signed in here by this name (`null`: nobody). An application has its own login. */
export function mayHave(name: string | null, label: string | null): boolean {
  return label === null || label === name || isOfApplication(label);
}
