/** Of whose stitched sessions D1 has rows (SES-6): of all users, or of one in so many. */
import type { Sitting } from './stitch.ts';

/** So that products below stay whole numbers. */
export const usersOneInMax = 1_000_000;

/** `SESSION_USERS_ONE_IN`: 1 where it is not set, null where it is no whole number from 1 to usersOneInMax. */
export function readUsersOneIn(text: string | undefined): number | null {
  if (text === undefined || text === '') return 1;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= usersOneInMax ? value : null;
}

/**
 * Pseudonyms are hashes under a secret key: their remainders are as good as random, and whoever is in a sample of one in
 * 64 is in that of one in 8.
 */
export function isInSample({ userHi, userLo }: Pick<Sitting, 'userHi' | 'userLo'>, oneIn: number): boolean {
  return ((userHi % oneIn) * (2 ** 32 % oneIn) + userLo) % oneIn === 0;
}
