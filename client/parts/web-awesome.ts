import { iconUrl } from './icon.ts';

type Part = 'dialog' | 'drawer' | 'dropdown';

const imports: Record<Part, () => Promise<unknown>> = {
  dialog: () => import('@awesome.me/webawesome/dist/components/dialog/dialog.js'),
  drawer: () => import('@awesome.me/webawesome/dist/components/drawer/drawer.js'),
  dropdown: () => import('@awesome.me/webawesome/dist/components/dropdown/dropdown.js'),
};

let icons: Promise<void> | undefined;

/** Brings a part of Web Awesome when it is first needed, so that the first screen does not wait for it. */
export async function load(part: Part): Promise<void> {
  icons ??= registerIcons();
  await icons;
  await imports[part]();
}

/** The parts draw their icons from data: addresses, which the content security policy refuses, unless they are given ours. */
async function registerIcons(): Promise<void> {
  const { registerIconLibrary } = await import('@awesome.me/webawesome/dist/components/icon/library.js');
  for (const name of ['default', 'system']) {
    registerIconLibrary(name, { spriteSheet: true, resolver: iconUrl });
  }
}
