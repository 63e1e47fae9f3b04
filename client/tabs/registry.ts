/**
 * Tabs and pages by the names of their files: `servers-tab.ts` defines the element <servers-tab>, and is fetched when
 * an object first names it. A page (`setup-sessions-page.ts`) is a tab that every object has at its address
 * (`/manage/@setup-sessions`) without showing it among its tabs.
 */
const modules = import.meta.glob(['./*-tab.ts', './*-page.ts']);

/** `undefined`: there is no such element in this version of the interface. */
export function findElement(name: string): (() => Promise<unknown>) | undefined {
  return modules[`./${name}.ts`];
}
