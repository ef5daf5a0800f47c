// One viewer before one screen: looks at a title, pauses, goes on, leaves or sees it through, and sometimes rates it.
import type { Catalogue, ContentType, Title, TitleChoice } from './catalogue.ts';
import type { ProducedEvent } from './event.ts';
import type { Random } from './random.ts';
import { qualityOf, type User } from './users.ts';

/** A session ends by then, whatever it does, so that traffic can be computed without a longer past. */
export const sessionMsMax = 15 * 60_000;

/** Chances at each report, some 15 to 30 seconds apart: a session lasts about five minutes. */
const chances = { pause: 0.07, leave: 0.05, error: 0.004, buffering: 0.06 } as const;
const ratingChance = 0.3;
const goesOn: Readonly<Record<ContentType, number>> = { film: 0, series: 0.5, music: 0.85, app: 0 };

export interface SessionStart {
  readonly atMs: number;
  readonly region: string;
  readonly user: User;
  readonly catalogue: Catalogue;
  readonly choose: TitleChoice;
  readonly random: Random;
}

type Details = Partial<ProducedEvent> & Pick<ProducedEvent, 'event_type'>;

interface Play {
  readonly title: Title;
  positionMs: number;
}

/** Yields the session's events in order of time. `duration` adds up to the time watched. */
export function* session(start: SessionStart): Generator<ProducedEvent, void, undefined> {
  const { random, catalogue, user } = start;
  const sessionId = random.uuid();
  const quality = qualityOf(user.device, random);
  let now = start.atMs;
  const endsAt = start.atMs + sessionMsMax;
  const choose: Choose = (title) => start.choose(title, now, `${sessionId}/${now}`);
  const report = ({ title }: Play, details: Details): ProducedEvent => ({
    event_id: random.uuid(),
    timestamp: now,
    session_id: sessionId,
    quality,
    ...describe(start.region, user, title),
    ...details,
  });

  for (let play = firstPlay(catalogue, random, choose); ; play = nextPlay(play, catalogue, random, choose)) {
    yield report(play, { event_type: 'view', ext: { genre: play.title.genre } });
    for (;;) {
      const left = play.title.lengthMs - play.positionMs;
      const step = Math.min(Math.round(random.between(15_000, 30_000)), left);
      if (now + step >= endsAt) return;
      now += step;
      play.positionMs += step;
      const watched = { duration: step / 1000, completion_rate: share(play) };
      if (step === left) {
        yield report(play, { event_type: 'complete', ...watched });
        break;
      }
      if (random.chance(chances.error)) {
        yield report(play, { event_type: 'error', error_code: playbackError(random) });
        return;
      }
      if (random.chance(chances.pause)) {
        yield report(play, { event_type: 'pause', ...watched });
        now += Math.round(random.between(5_000, 90_000));
        if (now >= endsAt) return;
        yield report(play, { event_type: 'resume', completion_rate: watched.completion_rate });
        continue;
      }
      const buffering = random.chance(chances.buffering) ? { buffering_count: 1 } : {};
      yield report(play, { event_type: 'progress', ...watched, ...buffering });
      if (random.chance(chances.leave)) return;
    }
    now += Math.round(random.between(1_000, 15_000));
    if (now >= endsAt) return;
    if (random.chance(ratingChance)) yield report(play, { event_type: 'rating', rating: rating(random) });
    if (!random.chance(goesOn[play.title.contentType])) return;
    now += Math.round(random.between(500, 5_000));
    if (now >= endsAt) return;
  }
}

/** The fields of any event of this user with this title. */
export function describe(region: string, user: User, title: Title) {
  return {
    region,
    user_id: user.id,
    country: user.country,
    device_type: user.device,
    subscription_type: user.subscription,
    content_id: title.id,
    title: title.title,
    content_type: title.contentType,
  };
}

type Choose = (title: Title) => Title;

function firstPlay(catalogue: Catalogue, random: Random, choose: Choose): Play {
  const title = choose(catalogue.watched.pick(random));
  // Many go on where they stopped another day; nobody does so with a song.
  const goesOnWatching = title.contentType !== 'music' && random.chance(0.45);
  return { title, positionMs: goesOnWatching ? Math.round(random.between(0.1, 0.98) * title.lengthMs) : 0 };
}

function nextPlay({ title }: Play, catalogue: Catalogue, random: Random, choose: Choose): Play {
  if (title.contentType === 'series') return { title: choose(title), positionMs: 0 };
  const ofSameType = catalogue.titles.filter(({ contentType }) => contentType === title.contentType);
  return { title: choose(random.pick(ofSameType)), positionMs: 0 };
}

function share({ title, positionMs }: Play): number {
  return Math.min(1, Math.round((positionMs / title.lengthMs) * 1000) / 1000);
}

/** Those who rate liked it more often than not. */
function rating(random: Random): number {
  return Math.ceil(10 * Math.sqrt(random.between(0.01, 1)));
}

function playbackError(random: Random): string {
  return random.pick(['DECODE_FAILED', 'MANIFEST_404', 'DRM_LICENSE', 'SEGMENT_TIMEOUT']);
}
