/** The root has no id of its own. */
export function nameOf(object: { readonly path: string; readonly id: string }): string {
  return object.path === '/' ? 'Root' : object.id;
}
