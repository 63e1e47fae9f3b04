import { composed } from '../../schema/composed.ts';
import type { Paging } from '../../schema/paging.ts';
import { Malformed } from '../base/errors.ts';
import type { PageQuery } from '../base/page-query.ts';

const LONGEST_FILTER = 255;

/** Reads `offset`, `limit`, `sort`, `order` and `filter`; what means nothing is refused with what would. */
export function pageQuery<Sort extends string>(query: URLSearchParams, paging: Paging<Sort>): PageQuery<Sort> {
  const given = query.get('sort') ?? paging.sort;
  const sort = paging.sorts.find((name) => name === given);
  if (sort === undefined)
    throw new Malformed(`sort=${given.slice(0, 50)} is not possible. Use ${paging.sorts.join(', ')}.`);
  const order = query.get('order') ?? paging.order;
  if (order !== 'asc' && order !== 'desc') {
    throw new Malformed(`order=${order.slice(0, 50)} is not possible. Use asc or desc.`);
  }
  const limit = Math.min(numberIn(query, 'limit', paging.limit), paging.largest);
  const filter = composed((query.get('filter') ?? '').slice(0, LONGEST_FILTER));
  return { offset: numberIn(query, 'offset', 0), limit, sort, order, filter };
}

function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const given = query.get(name);
  if (given === null) return otherwise;
  if (!/^\d{1,15}$/.test(given)) throw new Malformed(`${name}=${given.slice(0, 50)} is not a number from 0 up.`);
  return Number(given);
}
