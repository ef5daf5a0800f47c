/**
 * The event as producers send it: the one declaration that validates, types and documents it (docs/ingest.md). Unknown
 * keys are ignored, null counts as missing. What a schema cannot say (aliases, times, regions) is judged in judge.ts.
 */
import * as z from 'zod';
import { eventTypes, statuses } from './event-type.ts';
import {
  bufferingCountMax,
  bytesMax,
  contentIdLengthMax,
  durationMsMax,
  eventIdLengthMax,
  labelLengthMax,
  sessionIdLengthMax,
  speedKbpsMax,
  titleLengthMax,
  userIdLengthMax,
} from './limits.ts';
import { once } from './once.ts';

type Doc = { readonly description: string; readonly examples: unknown[] };

/** Ids may be numbers, as in the seeds; beyond 2^53 - 1 a number has lost digits before we see it. */
const id = (lengthMax: number, doc: Doc) =>
  z
    .union([z.string().max(lengthMax), z.int()])
    .nullish()
    .meta(doc);

const text = (lengthMax: number, doc: Doc) => z.string().max(lengthMax).nullish().meta(doc);

const label = (description: string, ...examples: string[]) => text(labelLengthMax, { description, examples });

const amount = (min: number, max: number, description: string, example: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .nullish()
    .meta({ description, examples: [example] });

const contentId = once(() =>
  id(contentIdLengthMax, {
    description: 'What was watched or downloaded. Required, but for events of type error.',
    examples: ['mov_avengers_2', 456],
  }),
);
const title = once(() =>
  text(titleLengthMax, {
    description: 'Title of the content, for people.',
    examples: ['Avengers 2'],
  }),
);
const contentType = once(() => label('Kind of content, an open list.', 'movie', 'music', 'app'));

const whatHappened = () => ({
  event_id: id(eventIdLengthMax, {
    description:
      'Unique together with timestamp for this producer; repeat both when you send again. ' +
      'If missing it is derived from the record as sent.',
    examples: ['evt_1234567890_1234', 42],
  }),
  event_type: z
    .enum(eventTypes)
    .nullish()
    .meta({
      description: 'What happened. May be missing where status is given: then it is a download.',
      examples: ['view'],
    }),
  timestamp: z
    .union([z.string(), z.number()])
    .nullish()
    .meta({
      description:
        'When it happened: ISO 8601 date and time (UTC unless a zone is given), or epoch seconds or milliseconds. ' +
        'If missing it is the time of receipt.',
      examples: ['2024-01-01T12:00:00Z', 1704110400, 1704110400000],
    }),
  region: label(
    'Name of a region of the registry. If missing, the one nearest to the sender.',
    'US-California',
  ),
  content_id: contentId(),
  movie_id: contentId().meta({ description: 'Another name of content_id.', examples: [456] }),
  content: z.object({ content_id: contentId(), title: title(), content_type: contentType() }).nullish().meta({
    description:
      'The content as an object; its fields serve where content_id, title, content_type are missing.',
  }),
});

/** Uncompiled: for documentation (z.toJSONSchema) and tests. */
export const eventSchema = once(() =>
  z
    .object({
      ...whatHappened(),
      user_id: id(userIdLengthMax, {
        description: 'Who. Hashed with a secret key at the door and never stored.',
        examples: [123, 'u-123'],
      }),
      session_id: id(sessionIdLengthMax, {
        description: 'One sitting of one viewer on one device. Hashed like user_id.',
        examples: ['s-9f1c'],
      }),
      country: label('Country of the viewer, an open list.', 'US'),
      device_type: label('Kind of device, an open list.', 'tv', 'mobile'),
      quality: label('Quality of the picture, an open list.', '1080p'),
      subscription_type: label('Plan of the viewer, an open list.', 'premium'),
      duration: amount(0, durationMsMax / 1000, 'Seconds watched. Kept in milliseconds.', 3600),
      completion_rate: amount(0, 1, 'Share of the content watched, 0 to 1. Kept in thousandths.', 0.85),
      rating: amount(1, 10, 'Rating, 1 to 10. Kept in thousandths.', 8),
      buffering_count: amount(
        0,
        bufferingCountMax,
        'Stalls since the last report. Kept as a whole number.',
        2,
      ),
      status: z
        .enum(statuses)
        .exclude(['none'])
        .nullish()
        .meta({ description: 'How a download ended; slow is a success.', examples: ['success'] }),
      speed_mbps: amount(0, speedKbpsMax / 1000, 'Speed of a download in Mbit/s. Kept in kbit/s.', 35.6),
      bytes: amount(0, bytesMax, 'Size of a download. Kept as a whole number.', 734003200),
      error_code: z
        .union([z.string().max(labelLengthMax), z.int()])
        .nullish()
        .meta({ description: 'Code of an error, an open list.', examples: ['E-404', 3016] }),
      title: title(),
      content_type: contentType(),
      ext: z
        .record(z.string(), z.unknown())
        .nullish()
        .meta({
          description: 'Anything else, kept as it is; at most 2 KB of JSON.',
          examples: [{ campaign: 'spring' }],
        }),
    })
    .meta({ id: 'Event', description: 'One event of a player or a downloader.' }),
);

/** A record as sent, after its schema has passed. */
export type SentEvent = z.infer<ReturnType<typeof eventSchema>>;

/** The names of all top-level fields. */
export const eventFields = once((): ReadonlySet<string> => new Set(Object.keys(eventSchema().shape)));
