import type { LossesMessage } from '../../schema/endpoints/statistics.ts';
import { formatNumber } from './format.ts';

/** `Lost: 0 of 4,812 known` */
export function lossesText({ lost, known }: LossesMessage): string {
  return `Lost: ${formatNumber(lost)} of ${formatNumber(known)} known`;
}
