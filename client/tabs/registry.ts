/**
 * Tabs and pages by the names of their files: `servers-tab.ts` defines the element <servers-tab>, and is fetched when
 * an object first names it. A page (`setup-sessions-page.ts`) is a tab that every object has at its address
 * (`/manage/@setup-sessions`) without showing it among its tabs.
 */
const modules = import.meta.glob(['./*-tab.ts', './*-page.ts']);

/**
 * How an element is fetched: one of the interface by its name, one of a product from its module. `undefined`: there is
 * none.
 */
export function findElement(name: string, module?: string): (() => Promise<unknown>) | undefined {
  return modules[`./${name}.ts`] ?? (module === undefined ? undefined : () => fetchElement(name, module));
}

async function fetchElement(name: string, module: string): Promise<void> {
  await import(/* @vite-ignore */ module);
  if (customElements.get(name) === undefined) throw new Error(`${module} does not define the element <${name}>.`);
}
