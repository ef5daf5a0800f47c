// What the door does with a body, from its bytes to the messages, and nothing around it; and JSON.parse of the same
// bodies, as a floor. Runs inside workerd: `npm run bench -- ingest-cpu` bundles it.
import { splitIntoChunks } from '../core/protocol/chunk.ts';
import { packEnvelopes } from '../core/protocol/envelope.ts';
import { Identifier } from '../core/protocol/identity.ts';
import { epochMs } from '../core/protocol/ids.ts';
import { type BodyVerdicts, judgeBody, judgeText } from '../core/protocol/judge-body.ts';
import type { RequestContext } from '../core/protocol/judge-request.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { RegionDirectory } from '../core/protocol/region-directory.ts';
import { sipKey } from '../core/protocol/siphash.ts';
import { Door } from '../workers/ingest/door.ts';

interface Bodies {
  readonly regions: readonly RegionEntry[];
  readonly texts: readonly string[];
}

let texts: readonly string[] = [];
let bytes: readonly Uint8Array[] = [];
let regions = new RegionDirectory([]);
let door: Door | undefined;
const identifier = new Identifier({
  identity: sipKey(new Uint8Array(16).fill(1)),
  pseudonym: sipKey(new Uint8Array(16).fill(2)),
  pseudonymVersion: 1,
});

const contextOf = (): Omit<RequestContext, 'bytesReplaced'> => ({
  receivedAtMs: epochMs(Date.now()),
  regions,
  nearest: null,
  regionScope: null,
  producer: 'bench',
  identifier,
});

/** Bytes of the messages. */
function packed(verdicts: BodyVerdicts): number {
  if (!verdicts.ok || verdicts.judged.rejected > 0) throw new Error('not all was accepted');
  const { groups, receivedAtMs } = verdicts.judged;
  door ??= new Door('0123456789abcdef', Date.now());
  const { id, birthMs: doorBirthMs } = door;
  const place = { door: id, doorBirthMs, receivedAtMs, producer: 'bench', pseudonymVersion: 1 };
  const chunks: Uint8Array[] = [];
  for (const { region, shard, events, twins } of groups) {
    const { firstNumber, voids } = door.takeNumbers(region.number, shard, events.length);
    const header = { ...place, regionNumber: region.number, shard, firstNumber, twins, voids };
    chunks.push(...splitIntoChunks(header, events));
  }
  return packEnvelopes(chunks, []).reduce((sum, { length }) => sum + length, 0);
}

const ways: Readonly<Record<string, (i: number) => number>> = {
  '/floor': (i) => (JSON.parse(texts[i]!) as unknown[]).length,
  '/door': (i) => packed(judgeBody(bytes[i]!, 'json', contextOf())),
  '/general': (i) => packed(judgeText(bytes[i]!, 'json', contextOf())),
};

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/bodies') {
      const given = (await request.json()) as Bodies;
      texts = given.texts;
      bytes = texts.map((text) => new TextEncoder().encode(text));
      regions = new RegionDirectory(given.regions);
      return new Response('');
    }
    const way = ways[pathname];
    if (!way) return new Response(null, { status: 404 });
    let sum = 0;
    for (let left = Number(searchParams.get('times')); left > 0; left--) {
      for (let i = 0; i < texts.length; i++) sum += way(i);
    }
    return new Response(String(sum));
  },
};
