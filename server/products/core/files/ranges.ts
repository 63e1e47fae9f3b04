/** Which bytes are asked for, `to` left out; `whole` where a part is not; `none` where there are no such bytes. */
export type Asked = { readonly from: number; readonly to: number } | 'whole' | 'none';

/** Reads a Range header (RFC 9110, 14.2). One range is given; who asks for several is told that there are none of these. */
export function rangeOf(header: string | undefined, size: number): Asked {
  const list = /^bytes=(.*)$/i.exec(header ?? '')?.[1]?.trim();
  if (list === undefined) return 'whole';
  if (list.includes(',')) return 'none';
  const [, first = '', last = ''] = /^(\d{0,15})-(\d{0,15})$/.exec(list) ?? [];
  if (first === '' && last === '') return 'whole';
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  // The end before the beginning is no range at all.
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'whole';
  return from < to ? { from, to } : 'none';
}
