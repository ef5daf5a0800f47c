/** Rows of /api/admin for the harness of the admin pages. */
import type { AuditLine, EmbedRow, KeyRow, PersonRow } from '../../site/admin/rows.ts';

const dayMs = 86_400_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

export const adminId = '4q0h2k7mzx1c';

export function scriptedPeople(): PersonRow[] {
  const person = (id: string, name: string, change: Partial<PersonRow>): PersonRow => ({
    id,
    name,
    email: null,
    role: 'viewer',
    regions: null,
    has_token: true,
    created_at: ago(40 * dayMs),
    created_by: adminId,
    disabled_at: null,
    last_seen_at: ago(3 * 3_600_000),
    ...change,
  });
  return [
    person(adminId, 'Mei Tanaka', { email: 'mei@studio.example', role: 'admin', last_seen_at: ago(90_000) }),
    person('7b2kq0xw4n9d', 'Ada Obi', { email: 'ada.obi@studio.example', role: 'analyst' }),
    person('9x1m3c5v7b2z', 'Søren Ødegård-Lindqvist', { regions: ['EU-Frankfurt', 'EU-London', 'EU-Paris'] }),
    person('2p4r6t8v0w1y', 'Wallboard in the control room', { last_seen_at: null, regions: ['ASIA-Tokyo'] }),
    person('5d7f9h1k3m5p', 'Jo Maddox', { role: 'admin', has_token: false, disabled_at: ago(6 * dayMs) }),
  ];
}

export function scriptedKeys(): KeyRow[] {
  const key = (id: string, account: string, name: string, change: Partial<KeyRow> = {}): KeyRow => ({
    id,
    account,
    name,
    state: 'active',
    regions: null,
    events_per_second: 1_000,
    bytes_per_second: 1_048_576,
    events_per_day: null,
    created_at: ago(80 * dayMs),
    created_by: adminId,
    expires_at: null,
    revoked_at: null,
    last_used_at: ago(40_000),
    ...change,
  });
  const eu = ['EU-Frankfurt', 'EU-London', 'EU-Paris'];
  return [
    key('8k2m4n6p8q0r', 'player-web', 'The web player, second key', {
      created_at: ago(dayMs),
      last_used_at: null,
    }),
    key('4s0x9k2m7q1w', 'player-web', 'The web player', {
      expires_at: new Date(Date.now() + 5 * dayMs).toISOString(),
      events_per_second: 12_500,
      events_per_day: 200_000_000,
    }),
    key('1a3c5e7g9j1k', 'tv-apps.living-room', 'Smart TV applications', {
      regions: eu,
      bytes_per_second: 524_288,
    }),
    key('6v8x0z2b4d6f', 'downloads', 'Download service', {
      regions: ['ASIA-Tokyo'],
      last_used_at: ago(11 * dayMs),
      created_by: '5d7f9h1k3m5p',
    }),
    key('3h5k7m9p1r3t', 'partner-feed', 'Partner feed of the summer festival', {
      state: 'expired',
      expires_at: ago(3 * dayMs),
      last_used_at: ago(3 * dayMs),
    }),
    key('0w2y4a6c8e0g', 'player-web', 'The web player, leaked', {
      state: 'revoked',
      revoked_at: ago(30 * dayMs),
      last_used_at: ago(30 * dayMs),
    }),
  ];
}

export function scriptedEmbeds(): EmbedRow[] {
  const embed = (id: string, name: string, change: Partial<EmbedRow> = {}): EmbedRow => ({
    id,
    name,
    state: 'active',
    regions: ['EU-Frankfurt', 'EU-London', 'EU-Paris'],
    origins: ['https://wiki.studio.example'],
    created_at: ago(20 * dayMs),
    created_by: '7b2kq0xw4n9d',
    expires_at: new Date(Date.now() + 70 * dayMs).toISOString(),
    revoked_at: null,
    ...change,
  });
  return [
    embed('2w4y6a8c0e2g', 'The wiki of the control room'),
    embed('9f1h3k5m7p9r', 'Status page', {
      regions: null,
      origins: [],
      expires_at: new Date(Date.now() + 5 * dayMs).toISOString(),
    }),
    embed('4t6v8x0z2b4d', 'Portal of the summer festival', {
      state: 'revoked',
      origins: ['https://portal.festival.example', 'https://partners.festival.example:8443'],
      revoked_at: ago(2 * dayMs),
    }),
  ];
}

/** Newest first, some minutes apart, over two days. */
export function scriptedLines(count: number): AuditLine[] {
  const lines = [
    { action: 'audit.read', details: {} },
    {
      action: 'key.create',
      target: '8k2m4n6p8q0r',
      details: { account: 'player-web', name: 'The web player' },
    },
    {
      action: 'request.refuse',
      target: 'GET /api/admin/keys',
      result: 'refused',
      details: { status: '403' },
    },
    { action: 'session.create', target: '7b2kq0xw4n9d', actor: '7b2kq0xw4n9d', role: 'analyst', details: {} },
    { action: 'alert.acknowledge', target: 'a1', actor: '7b2kq0xw4n9d', role: 'analyst', details: {} },
    { action: 'export.csv', target: '/api/stats/trending', details: { minutes: '60', format: 'csv' } },
    {
      action: 'request.refuse',
      target: 'POST /v1/events',
      actor: 'nobody',
      role: '',
      result: 'refused',
      details: { status: '401', more: '214' },
    },
    {
      action: 'person.create',
      target: '2p4r6t8v0w1y',
      result: 'failed',
      details: { name: 'Wallboard in the control room', role: 'viewer', regions: 'ASIA-Tokyo' },
    },
  ] as const satisfies readonly Partial<AuditLine>[];
  return Array.from({ length: count }, (_, i) => ({
    seq: count - i,
    at: ago(i * 13 * 60_000),
    actor: adminId,
    role: 'admin',
    target: '',
    country: i % 3 === 0 ? 'GB' : 'JP',
    result: 'ok' as const,
    action: '',
    hash: 'c0ffee'.repeat(10).slice(0, 64),
    ...lines[i % lines.length],
    details: { ...lines[i % lines.length]?.details, request_id: `01jd${i}` },
  }));
}
