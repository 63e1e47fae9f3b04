import type { Page } from 'playwright';

/**
 * What is seen of a page, box by box: texts and controls, cut to what their scrolling and clipping ancestors show of them.
 * Told are controls that stand out of the page, and texts that are printed over each other.
 */
const FAULTS = `(() => {
  const above = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const isHidden = (element) => !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    element.closest('.visually-hidden, svg') !== null;
  const floats = (element) => {
    for (let each = element; each; each = above(each))
      if (['fixed', 'sticky'].includes(getComputedStyle(each).position)) return true;
    return false;
  };
  const cut = (rect, element) => {
    let { left, right, top, bottom } = rect;
    for (let each = element; each; each = above(each)) {
      const { overflowX, overflowY } = getComputedStyle(each);
      const box = each.getBoundingClientRect();
      if (overflowX !== 'visible') [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      if (overflowY !== 'visible') [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    return right - left > 1 && bottom - top > 1 ? { left, right, top, bottom } : undefined;
  };
  const texts = [];
  const faults = [];
  const page = document.querySelector('app-shell')?.shadowRoot.querySelector('main') ?? document.documentElement;
  const edge = page.getBoundingClientRect();
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      if (['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) || isHidden(element)) continue;
      if (element.matches('button, a.button, input, textarea, select')) {
        const box = element.getBoundingClientRect();
        const scrolls = (each) => each && each !== page && (['auto', 'scroll'].includes(getComputedStyle(each).overflowX) || scrolls(above(each)));
        if (box.width > 1 && (box.right > edge.right + 1 || box.left < edge.left - 1) && !scrolls(above(element)))
          faults.push('outside: ' + (element.textContent.trim() || element.id || element.tagName));
      }
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) {
          const seen = cut(rect, element);
          if (seen && !floats(element)) texts.push({ ...seen, node, text: node.data.trim().slice(0, 40) });
        }
      }
    }
  };
  visit(page);
  for (const [index, one] of texts.entries())
    for (const other of texts.slice(index + 1)) {
      // What ends in three dots is there twice.
      if (one.node === other.node) continue;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (wide > 2 && high > 5) faults.push('overprinted: ' + one.text + ' / ' + other.text);
    }
  return [...new Set(faults)];
})()`;

/** What is wrong with where things stand; nothing where all is in its place. */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(FAULTS);
}
