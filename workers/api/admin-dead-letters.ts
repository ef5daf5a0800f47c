/** What could not be processed, and sending it again (LOG-1b). */
import * as z from 'zod';
import { maySeeRegion } from '../../core/access/caller.ts';
import { redriveLettersMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { listDeadLetters, type StoredDeadLetter } from '../../storage/dead-letters.ts';
import { isSendable, redriveLetter } from '../../storage/redrive.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { readActionBody } from './action-body.ts';
import { count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { limitDefault, newestPageAnswer } from './newest-page.ts';
import { pageLimit, parseParameters } from './parameters.ts';
import { invalidParameters, jsonResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

const keyForm = /^dead\/\d{4}-\d\d-\d\d\/[\w./-]{1,200}$/;
const keyText = once(() => z.string('must be text').regex(keyForm, 'must be the key of a dead letter'));

const letterSchema =
  DESCRIBED &&
  z.strictObject({
    key: z.string().describe('Name in the bucket'),
    at: time('When the request came, or the queue took the message'),
    code: z.string().describe('Why it was refused'),
    message: z.string().describe('The error, in words'),
    bytes: count('Size'),
    sendable: z.boolean().describe('False where its records may have come again under other numbers'),
    region: z.string().nullable().describe('Null where no chunk could be read'),
    producer: z.string().nullable().describe('Account; null where no chunk could be read'),
    events: count('Events in it; null where no chunk could be read').nullable(),
  });

const query = once(() =>
  z.object({
    date: z.iso
      .date('must be a day, YYYY-MM-DD')
      .optional()
      .describe(DESCRIBED && 'Day of receipt, UTC; all days where it is not given')
      .meta(DESCRIBED && { example: '2026-11-21' }),
    limit: pageLimit(limitDefault),
    cursor: z
      .string()
      .regex(keyForm, 'is none that was given')
      .optional()
      .describe(DESCRIBED && '`meta.next_cursor` of the page before, for the page after it')
      .meta(DESCRIBED && { example: 'dead/2026-11-21/region-4/00112233aabbccdd-17-5feceb66ffc86f38' }),
  }),
);

export const deadLettersRoute: Route = {
  method: 'GET',
  path: '/api/admin/dead-letters',
  role: 'admin',
  handler: list,
  tag: 'Events',
  doc: DESCRIBED && {
    summary: 'Dead letters: what could not be processed',
    description:
      'Chunks of events that a region refused and messages that could not be read, oldest day first, with the error. ' +
      'A caller who is limited to regions sees the chunks of these alone; a page may then hold fewer rows than `limit`.',
    query: query(),
    answer: newestPageAnswer(letterSchema),
    example: {
      data: [
        {
          key: 'dead/2026-11-21/region-4/00112233aabbccdd-17-5feceb66ffc86f38',
          at: '2026-11-21T12:00:00.000Z',
          code: 'undecodable',
          message: 'cut short at byte 3',
          bytes: 812,
          sendable: true,
          region: 'EU-London',
          producer: 'player-web',
          events: 25,
        },
      ],
      count: 1,
      meta: { next_cursor: null },
    },
    problems: ['storage_unavailable'],
  },
};

const redriveBody = once(() =>
  z.strictObject({
    keys: z
      .array(keyText(), 'must be a list of keys')
      .min(1, 'must not be empty')
      .max(redriveLettersMax, `must have at most ${redriveLettersMax} keys`)
      .describe(DESCRIBED && '`key` of the letters'),
  }),
);

const outcomeSchema =
  DESCRIBED &&
  z.strictObject({
    key: z.string().describe('As it was asked for'),
    outcome: z
      .enum(['sent', 'sent_before', 'not_sendable', 'absent'])
      .describe(
        '`sent`: it is in the queue again. `sent_before`: it was sent again at another time; nothing was done. ' +
          '`not_sendable`: its records may have come again under other numbers and would count twice. `absent`: no such letter',
      ),
  });

export const redriveRoute: Route = {
  method: 'POST',
  path: '/api/admin/dead-letters/redrive',
  role: 'admin',
  handler: redrive,
  tag: 'Events',
  doc: DESCRIBED && {
    summary: 'Send dead letters again',
    description:
      'Each goes into the queue again and counts once, as if it came now: as late where its window is over. Whatever is ' +
      'refused again is a dead letter again. A letter that was sent lies under `redriven/` in the bucket.',
    body: redriveBody(),
    bodyExample: { keys: ['dead/2026-11-21/region-4/00112233aabbccdd-17-5feceb66ffc86f38'] },
    answer: z.strictObject({ data: z.array(outcomeSchema), count: count('Rows in data') }),
    status: 202,
    problems: ['invalid_parameter', 'unreadable_body', 'payload_too_large', 'storage_unavailable'],
  },
};

async function list(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { limit = limitDefault, date, cursor } = parsed.value;
  return await orStorageUnavailable('dead_letters_unread', async () => {
    const regions = await loadRegions(context.env.DB, Date.now());
    const options = {
      limit,
      ...(date === undefined ? {} : { date }),
      ...(cursor === undefined ? {} : { after: cursor }),
    };
    const page = await listDeadLetters(context.env.LAKE, options);
    const next = page.cursor === null ? null : (page.letters.at(-1)?.key ?? null);
    const data = page.letters
      .filter(({ key }) => maySee(key, regions))
      .map((letter) => rowOf(letter, regions));
    return jsonResponse({ data, count: data.length, meta: { next_cursor: next } });
  });
}

async function redrive({ req, env }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, redriveBody());
  if ('response' in read) return read.response;
  const keys = [...new Set(read.value.keys)];
  return await orStorageUnavailable('dead_letters_not_sent', async () => {
    const regions = await loadRegions(env.DB, Date.now());
    const by = { by: person().id, nowMs: Date.now() };
    const data: z.output<typeof outcomeSchema>[] = [];
    // One after the other: of what fails half-way, everything before it has been sent.
    for (const key of keys) {
      const outcome = maySee(key, regions)
        ? await redriveLetter({ bucket: env.LAKE, queue: env.EVENTS }, key, by)
        : 'absent';
      data.push({ key, outcome });
    }
    const sent = data.filter(({ outcome }) => outcome === 'sent').length;
    noteForAudit({ target: keys.length === 1 ? (keys[0] as string) : '', details: { sent: String(sent) } });
    return jsonResponse({ data, count: data.length }, 202);
  });
}

/** By the key, which names the region where a chunk was read. */
function maySee(key: string, regions: readonly RegionEntry[]): boolean {
  const asking = person();
  if (asking.regions === '*') return true;
  const number = Number(/^dead\/[\d-]+\/region-(\d+)\//.exec(key)?.[1] ?? Number.NaN);
  const region = regions.find((entry) => entry.number === number);
  return region !== undefined && maySeeRegion(asking, region.name);
}

function rowOf(letter: StoredDeadLetter, regions: readonly RegionEntry[]): z.output<typeof letterSchema> {
  const { chunk } = letter;
  return {
    key: letter.key,
    at: isoTime(letter.atMs),
    code: letter.code,
    message: letter.message,
    bytes: letter.sizeBytes,
    sendable: isSendable(letter.code),
    region: regions.find(({ number }) => number === chunk?.region)?.name ?? null,
    producer: chunk?.producer ?? null,
    events: chunk?.count ?? null,
  };
}
