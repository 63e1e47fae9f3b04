/** An object's icon; the root has one of its own. */
export function iconOf(object: { readonly path: string; readonly icon: string }): string {
  return object.path === '/' ? 'folder-tree' : object.icon;
}
