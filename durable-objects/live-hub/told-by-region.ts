/** While a deployment goes on, a region of the version before does not say all that this version knows of. */
import type { RegionAnswer, RegionUpdate } from '../../core/window/region-answer.ts';

type Since<T, Added extends keyof T> = Omit<T, Added> & Partial<Pick<T, Added>>;
export type ToldUpdate = Since<RegionUpdate, 'devices' | 'contentTypes' | 'titles' | 'alerts'>;
export type ToldAnswer = Since<RegionAnswer, 'alerts'>;

export function wholeUpdate(told: ToldUpdate): RegionUpdate {
  return { devices: [], contentTypes: [], titles: [], alerts: [], ...told };
}

export function wholeAnswer(told: ToldAnswer): RegionAnswer {
  return { alerts: [], ...told };
}
