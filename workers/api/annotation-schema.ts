/** Annotations as the API gives and takes them (ANN-1), and as Grafana reads them (ANN-3). */
import * as z from 'zod';
import type { Person } from '../../core/access/caller.ts';
import { masksPeople, maskText } from '../../core/access/masks.ts';
import { type Annotation, annotationVisibilities } from '../../core/annotation/annotation.ts';
import { eventTimeMsMin, labelLengthMax } from '../../core/protocol/limits.ts';
import {
  annotationAheadMsMax,
  annotationSpanMsMax,
  annotationTagsMax,
  annotationTextLengthMax,
} from '../../core/protocol/note-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';

const visibility = once(() =>
  z
    .enum(annotationVisibilities, 'must be shared or personal')
    .describe(DESCRIBED && '`personal` ones are seen by their author alone'),
);
const instant = once(() => z.iso.datetime({ error: 'must be an ISO 8601 time in UTC', abort: true }));
/** Grafana joins tags by commas. */
const tag = once(() =>
  z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(labelLengthMax, `must have at most ${labelLengthMax} characters`)
    .regex(/^[^,\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of plain text without commas'),
);

const fields = once(() => ({
  at: instant().describe(DESCRIBED && 'When it was or begins; from 2000 on, at most a year ahead'),
  until: instant()
    .nullable()
    .describe(DESCRIBED && 'End of a span, at most 7 days after `at`; null for a point in time'),
  text: z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(annotationTextLengthMax, `must have at most ${annotationTextLengthMax} characters`)
    .describe(DESCRIBED && 'What others should know'),
  tags: z
    .array(tag(), 'must be a list of texts')
    .max(annotationTagsMax, `must have at most ${annotationTagsMax} texts`)
    .describe(DESCRIBED && 'To find it by'),
  region: z
    .string('must be text')
    .max(labelLengthMax, 'is too long')
    .nullable()
    .describe(DESCRIBED && 'Name of the region that it is about; null for none'),
  visibility: visibility(),
}));

export type WrittenAnnotation = z.output<z.ZodObject<ReturnType<typeof fields>>>;

function checked(
  given: Pick<WrittenAnnotation, 'until'> & { at?: string | undefined },
  context: z.core.$RefinementCtx,
) {
  const nowMs = Date.now();
  const atMs = given.at === undefined ? nowMs : Date.parse(given.at);
  const fault = (name: 'at' | 'until', message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (!(atMs >= eventTimeMsMin && atMs <= nowMs + annotationAheadMsMax))
    fault('at', 'must be from 2000-01-01 on and at most a year ahead');
  else if (given.until !== null) {
    const lengthMs = Date.parse(given.until) - atMs;
    if (!(lengthMs > 0 && lengthMs <= annotationSpanMsMax))
      fault('until', 'must be after at, by at most 7 days');
  }
}

export const newExample = {
  at: '2026-11-21T03:10:00.000Z',
  until: '2026-11-21T03:25:00.000Z',
  text: 'CDN rollout 4711',
  tags: ['deploy', 'cdn'],
  region: 'EU-London',
  visibility: 'shared',
} as const;

export const newAnnotationBody = once(() =>
  z
    .strictObject({
      ...fields(),
      at: fields()
        .at.optional()
        .describe(DESCRIBED && 'When it was or begins; from 2000 on, at most a year ahead. Now if left out'),
      until: fields().until.default(null),
      tags: fields().tags.default([]),
      region: fields().region.default(null),
      visibility: visibility().default('shared'),
    })
    .superRefine(checked)
    .meta(DESCRIBED && { examples: [newExample] }),
);

export const changeExample =
  DESCRIBED &&
  ({
    version: 1,
    ...newExample,
    text: 'CDN rollout 4711, rolled back',
  } as const);

/** An annotation as it is to be from now on: every field, so that none changes unseen. */
export const annotationBody = once(() =>
  z
    .strictObject({
      version: z
        .int('must be a whole number from 1 on')
        .min(1, 'must be a whole number from 1 on')
        .describe(
          DESCRIBED && 'The version that was read and is to be replaced; 409 where there is a newer one',
        ),
      ...fields(),
    })
    .superRefine(checked)
    .meta(DESCRIBED && { examples: [changeExample] }),
);

export const annotationSchema = once(() =>
  z.strictObject({
    id: z.string().describe(DESCRIBED && 'Names it'),
    version: z
      .int()
      .min(1)
      .describe(DESCRIBED && 'Rises with each change'),
    at: time(DESCRIBED && 'When it was or begins'),
    until: time(DESCRIBED && 'End of the span; null for a point in time').nullable(),
    text: z.string().describe(DESCRIBED && 'What others should know'),
    tags: z.array(z.string()).describe(DESCRIBED && 'To find it by'),
    region: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'Name of the region that it is about; null for none'),
    visibility: visibility(),
    author: z.string().describe(DESCRIBED && 'Who wrote it'),
    mine: z.boolean().describe(DESCRIBED && 'Whether that is who asks'),
    created_at: time(DESCRIBED && 'When it was written'),
    changed_at: time(DESCRIBED && 'When it was changed last'),
  }),
);

export function annotationRow(
  one: Annotation,
  asking: Person,
): z.output<ReturnType<typeof annotationSchema>> {
  return {
    id: one.id,
    version: one.version,
    at: isoTime(one.atMs),
    until: one.untilMs === null ? null : isoTime(one.untilMs),
    text: one.text,
    tags: [...one.tags],
    region: one.region,
    visibility: one.visibility,
    author: masksPeople(asking.role) ? maskText(one.authorName) : one.authorName,
    mine: one.authorId === asking.id,
    created_at: isoTime(one.createdAtMs),
    changed_at: isoTime(one.changedAtMs),
  };
}

/** The columns by which Grafana knows an annotation, whichever data source it reads them by. */
export const grafanaSchema = once(() =>
  z.strictObject({
    id: z.string().describe(DESCRIBED && 'Names it'),
    time: count(DESCRIBED && 'When it was or begins, epoch ms'),
    timeEnd: count(DESCRIBED && 'End of the span, epoch ms; null for a point in time').nullable(),
    title: z.string().describe(DESCRIBED && 'The region, or `All regions`'),
    text: z.string().describe(DESCRIBED && 'What others should know'),
    tags: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'Joined by commas; null where there are none'),
  }),
);

export function grafanaRow({
  id,
  atMs,
  untilMs,
  region,
  text,
  tags,
}: Annotation): z.output<ReturnType<typeof grafanaSchema>> {
  return {
    id,
    time: atMs,
    timeEnd: untilMs,
    title: region ?? 'All regions',
    text,
    tags: tags.length === 0 ? null : tags.join(','),
  };
}
