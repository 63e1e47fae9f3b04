const DEADLINE_MS = 3_000;
const FIELDS = 'input:not([type=checkbox], [type=radio]), textarea, select';

/**
 * Puts the focus into the first field of what is on its way, as soon as there is one; where there is none, or somebody goes
 * elsewhere meanwhile, it stays where it is.
 */
export async function focusFirstField(arrived: () => ParentNode | undefined): Promise<void> {
  const before = document.activeElement?.shadowRoot?.activeElement;
  const end = performance.now() + DEADLINE_MS;
  while (performance.now() < end && document.activeElement?.shadowRoot?.activeElement === before) {
    const root = arrived();
    const field = root && firstInside(root);
    if (field) return field.focus();
    await new Promise(requestAnimationFrame);
  }
}

function firstInside(root: ParentNode): HTMLElement | undefined {
  for (const element of [root, ...root.querySelectorAll('*')]) {
    if (!(element instanceof HTMLElement)) continue;
    const isField = element.matches(`:is(${FIELDS}):enabled`) && element.checkVisibility();
    const found = isField ? element : element.shadowRoot && firstInside(element.shadowRoot);
    if (found) return found;
  }
  return undefined;
}
