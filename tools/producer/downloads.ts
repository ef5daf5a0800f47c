// Downloads: 90 in 100 succeed, 8 fail, 2 are slow, exactly and evenly, so that chance alone raises no alarm. A region's
// downloads come in blocks of 25 spread over one window of a minute; 2 of a block fail, 12 or 13 apart, and in every
// other block one is slow. So any 100 in a row hold 8 failures and 2 slow ones, any 20 in a row at most 2 failures, and
// any whole window exactly 8 %. Outcomes drawn by chance would put more than a tenth into one window of a hundred in four.
import { windowMs } from '../../core/protocol/limits.ts';
import type { Catalogue, Title, TitleChoice } from './catalogue.ts';
import { arrivedBy, type DayShape } from './day.ts';
import type { ProducedEvent } from './event.ts';
import { Random } from './random.ts';
import { describe } from './session.ts';
import type { User } from './users.ts';

export const downloadsPerBlock = 25;
const failedAt: readonly number[] = [6, 18];
const slowAt = 12;

export interface DownloadSource {
  readonly seed: string;
  readonly region: string;
  readonly users: readonly User[];
  readonly catalogue: Catalogue;
  readonly choose: TitleChoice;
  /** Of single downloads. */
  readonly shape: DayShape;
}

/** All downloads of a region within the window number `minute` since the epoch, in order of time. */
export function downloadsOf(minute: number, source: DownloadSource): ProducedEvent[] {
  const seconds = windowMs / 1000;
  // Regions are out of phase, or in a quiet hour all would have their block in the same minute.
  const phase = new Random(source.seed, 'phase', source.region).between(0, 1);
  const blocksBy = (at: number) =>
    Math.floor(arrivedBy(at * seconds, source.shape) / downloadsPerBlock + phase);
  const firstBlock = blocksBy(minute);
  const count = (blocksBy(minute + 1) - firstBlock) * downloadsPerBlock;
  return Array.from({ length: count }, (_, n) => {
    const random = new Random(source.seed, 'download', source.region, minute, n);
    const place = (n + 0.5 + random.between(-0.45, 0.45)) / count;
    const timestamp = minute * windowMs + Math.floor(place * windowMs);
    const block = firstBlock + Math.floor(n / downloadsPerBlock);
    return download(source, timestamp, outcomeOf(block, n % downloadsPerBlock), random);
  });
}

function outcomeOf(block: number, place: number): 'success' | 'failed' | 'slow' {
  if (failedAt.includes(place)) return 'failed';
  return place === slowAt && block % 2 === 1 ? 'slow' : 'success';
}

function download(
  { region, users, catalogue, choose }: DownloadSource,
  timestamp: number,
  status: 'success' | 'failed' | 'slow',
  random: Random,
): ProducedEvent {
  const picked = catalogue.downloaded.pick(random);
  const user = random.pick(users);
  const eventId = random.uuid();
  const title = choose(picked, timestamp, eventId);
  return {
    event_id: eventId,
    event_type: 'download',
    timestamp,
    session_id: random.uuid(),
    ...describe(region, user, title),
    ...detailsOf(status, title, random),
    ext: { genre: title.genre },
  };
}

function detailsOf(status: 'success' | 'failed' | 'slow', title: Title, random: Random) {
  switch (status) {
    case 'success':
      return { status, speed_mbps: megabits(Math.max(5, random.skewed(70, 0.6))), bytes: title.bytes };
    case 'slow':
      return { status, speed_mbps: megabits(random.between(0.4, 1.9)), bytes: title.bytes };
    case 'failed':
      return { status, error_code: random.pick(['CONNECTION_LOST', 'TIMEOUT', 'CDN_5XX', 'DISK_FULL']) };
  }
}

const megabits = (speed: number): number => Math.round(speed * 100) / 100;
