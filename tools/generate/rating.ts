// What somebody who has watched a film thinks of it: more of what they like, of what is good, and of what they saw through.
import type { Random } from '../producer/random.ts';
import { dateOf } from './calendar.ts';
import type { Sitting } from './sitting.ts';
import type { Row } from './table-file.ts';

/** Those who write something beside the number. */
const textShare = 0.3;

const openings = {
  good: ['Loved it', 'Could not look away', 'Better than I had hoped', 'One for the shelf', 'What a cast'],
  fair: ['Fine for an evening', 'Has its moments', 'Neither here nor there', 'Good idea, half done'],
  poor: ['Gave up on it', 'Not for me', 'Two hours I want back', 'Promises much, keeps little'],
} as const;
const remarks = [
  'the ending stays with you',
  'the music does half of the work',
  'the middle drags',
  'my sister had said "watch it", so I did',
  'the leads carry every scene',
  'the dialogue is a bit wooden',
  'it looks gorgeous on a large screen',
];

/** How likely somebody is to rate; whoever saw it through has more to say. */
export function urgeToRate({ completion }: Sitting, random: Random): number {
  return (0.25 + completion) * random.between(0, 1);
}

/** Row of ratings. */
export function ratingRow(id: string, sitting: Sitting, random: Random): Row {
  const { person, film, completion, stalls, endMs } = sitting;
  const liked = film.title.genre === person.preferredGenre ? 1 : 0;
  // Between -6 and 6, almost always within 2.
  const mood = Math.log(random.skewed(1, 1));
  const score = 2.3 + 5.5 * film.appeal + 1.3 * liked + 1.4 * completion - 0.3 * Math.min(4, stalls) + mood;
  const rating = Math.min(10, Math.max(1, Math.round(score)));
  const text = random.chance(textShare) ? review(rating, random) : null;
  const helpful = text === null ? 0 : Math.floor(random.skewed(1.5, 1.2));
  return [id, person.user.id, film.title.id, rating, text, helpful, dateOf(endMs - 1)];
}

function review(rating: number, random: Random): string {
  const opening = random.pick(openings[rating >= 8 ? 'good' : rating >= 5 ? 'fair' : 'poor']);
  return `${opening}: ${random.pick(remarks)}.`;
}
