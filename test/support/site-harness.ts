/**
 * The built site with a scripted service behind it, for tests of the page and for looking at it without a back end:
 *   node test/support/site-harness.ts --play failing --port 5180
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { ackEveryMs, breakdownEveryMs, frameEveryMs } from '../../core/protocol/limits.ts';
import {
  type ClientFrame,
  closeCodes,
  type DeltaFrame,
  livePing,
  livePong,
  liveSubprotocol,
  type SnapshotFrame,
} from '../../core/protocol/live.ts';
import { type ProblemCode, problem, problemContentType } from '../../core/protocol/problem.ts';
import { answerLog, emptyLog, type ScriptedLog } from './scripted-alert-log.ts';
import { scriptedAlerts } from './scripted-alerts.ts';
import { answerAnnotations, noAnnotations, type ScriptedAnnotations } from './scripted-annotations.ts';
import { scriptedBreakdown } from './scripted-breakdown.ts';
import { scriptedPicture } from './scripted-picture.ts';
import { answerSession, type ScriptedSession, scriptedIdentity } from './scripted-session.ts';
import { type Play, scriptedFacts, scriptedRegions } from './scripted-traffic.ts';
import { answerViews, type ScriptedView, scriptedViews } from './scripted-views.ts';
import { pageHeadersOf } from './static-site.ts';
import { acceptSocket, type Peer, type PeerEvents } from './websocket-server.ts';

const builtSite = fileURLToPath(new URL('../../site/dist/', import.meta.url));

/** How the service treats its viewers. `mute`: takes connections and says nothing. `slow`: frames come late. */
export type Manner = 'prompt' | 'slow' | 'mute' | 'not-migrated';

export interface Harness extends ScriptedSession {
  readonly address: string;
  readonly port: number;
  /** Frames from clients, as they came. */
  readonly heard: ClientFrame[];
  play: Play;
  manner: Manner;
  /** Those that a snapshot brings. */
  readonly alerts: AlertRow[];
  /** What it has kept, and what was asked of it. */
  readonly log: ScriptedLog;
  readonly annotations: ScriptedAnnotations;
  /** What an acknowledgement is answered with; null: as asked. */
  ackProblem: ProblemCode | null;
  /** Parameters of the pictures that were asked for: of the past, or of a part. */
  readonly asked: string[];
  /** What these are answered with; null: as asked. */
  pictureProblem: ProblemCode | null;
  /** How long an acknowledgement takes, ms. */
  ackDelayMs: number;
  /** Saved views, as the service holds them. */
  readonly views: ScriptedView[];
  /** Brings an alert, new or changed, to every viewer. */
  tell(alert: AlertRow): void;
  /** Drops every viewer without a word; they may come again. */
  dropViewers(): void;
  /** What goes out in place of a frame, as text: changed, twice, later, or nothing. Null: the frame as it is. */
  reshape: ((frame: SnapshotFrame | DeltaFrame) => readonly string[]) | null;
  /** What every question but that of who is signed in is answered, with the live connection refused; null: as asked. */
  failsWith: ProblemCode | null;
  /** The service's time, ms. */
  now(): number;
  readonly speed: number;
  stop(): Promise<void>;
}

/** How late frames are when the manner is `slow`, ms. */
const slowByMs = 6_000;

interface HarnessOptions {
  readonly play?: Play;
  readonly manner?: Manner;
  readonly port?: number;
  /** Who is signed in; an analyst if not said. */
  readonly identity?: Harness['identity'];
  /** How many times faster than real time frames come, and the time in them goes; 1 if not said. */
  readonly speed?: number;
  /** Where the built site lies; site/dist if not said. Another build may empty that one while a test runs. */
  readonly folder?: string;
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const peers = new Set<Peer>();
  const viewers = new Set<Viewer>();
  const folder = options.folder ?? builtSite;
  const { speed = 1 } = options;
  const startedAt = Date.now();
  const server = createServer((request, response) => serve(harness, folder, request, response));
  const harness: Writable<Harness> = {
    heard: [] as ClientFrame[],
    play: options.play ?? 'normal',
    manner: options.manner ?? 'prompt',
    address: '',
    port: 0,
    alerts: scriptedAlerts(options.play ?? 'normal', Date.now()),
    asked: [] as string[],
    pictureProblem: null,
    log: emptyLog(),
    annotations: noAnnotations(),
    views: scriptedViews(),
    ackProblem: null,
    ackDelayMs: 0,
    reshape: null,
    failsWith: null,
    identity: options.identity === undefined ? scriptedIdentity('analyst') : options.identity,
    signInProblem: null,
    shownTokens: [],
    closeSignedOut: () => {
      for (const peer of peers) peer.close(closeCodes.signedOut);
    },
    tell: (alert: AlertRow) => {
      harness.alerts.splice(0, Infinity, ...harness.alerts.filter(({ id }) => id !== alert.id), alert);
      for (const viewer of viewers) viewer.alert(alert);
    },
    dropViewers: () => {
      for (const peer of peers) peer.drop();
    },
    now: () => startedAt + (Date.now() - startedAt) * speed,
    speed,
    stop: () => stopped(server, peers),
  };
  server.on('upgrade', (request: IncomingMessage, stream) => {
    // A browser that is refused may reset the connection: without a listener that ends the whole run of the tests.
    stream.on('error', () => stream.destroy());
    const breakdown = new URL(request.url ?? '/', 'http://harness').searchParams.get('breakdown');
    const refusal = refusalOf(harness, breakdown);
    if (refusal !== null) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    acceptSocket(request, stream, liveSubprotocol, (peer) => {
      peers.add(peer);
      const viewer = new Viewer(harness, peer, breakdown ?? undefined);
      viewers.add(viewer);
      return {
        received: (text) => viewer.received(text),
        closed: () => {
          viewer.closed();
          viewers.delete(viewer);
          peers.delete(peer);
        },
      } satisfies PeerEvents;
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const bound = server.address();
  harness.port = typeof bound === 'object' && bound ? bound.port : 0;
  harness.address = `http://127.0.0.1:${harness.port}`;
  return harness;
}

/** What a socket is refused with; null: it is taken. */
function refusalOf({ manner, failsWith, identity }: Harness, breakdown: string | null): string | null {
  if (manner === 'not-migrated' || failsWith !== null) return '503 Service Unavailable';
  if (identity === null) return '401 Unauthorized';
  return breakdown === missingRegion ? '400 Bad Request' : null;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A region that this service does not have. Any other may be there: frames are reshaped to hold all kinds. */
const missingRegion = 'nowhere';

/** One viewer's frames: a snapshot at once and when asked, and a delta as often as the hub would send one. */
class Viewer {
  readonly #harness: Harness;
  readonly #peer: Peer;
  readonly #startedAt: number;
  readonly #epoch = `harness-${Date.now()}`;
  readonly #timers = new Set<NodeJS.Timeout>();
  #seq = 0;
  #sentUpTo = 0;
  #breakdown: string | undefined;
  #breakdownAt = 0;

  constructor(harness: Harness, peer: Peer, breakdown: string | undefined) {
    this.#harness = harness;
    this.#startedAt = harness.now();
    this.#peer = peer;
    this.#breakdown = breakdown;
    this.#snapshot();
    this.#timers.add(setInterval(() => this.#delta(), frameEveryMs / harness.speed));
  }

  received(text: string): void {
    if (text === livePing) {
      this.#send(livePong);
      return;
    }
    const frame = JSON.parse(text) as ClientFrame;
    this.#harness.heard.push(frame);
    if (frame.t === 'ack') return;
    if (frame.t === 'subscribe') {
      if (frame.breakdown === this.#breakdown) return;
      if (frame.breakdown === missingRegion) {
        this.#send(
          JSON.stringify({ t: 'error', code: 'unknown_region', message: 'there is no such region' }),
        );
        return;
      }
      this.#breakdown = frame.breakdown;
    }
    this.#snapshot();
  }

  closed(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #snapshot(): void {
    const now = this.#harness.now();
    this.#sentUpTo = now;
    const frame: SnapshotFrame = {
      t: 'snapshot',
      epoch: this.#epoch,
      seq: ++this.#seq,
      at: now,
      ack_every_ms: ackEveryMs,
      facts: scriptedFacts,
      alerts: this.#harness.alerts,
      regions: scriptedRegions(this.#harness.play, this.#startedAt, now),
      ...this.#breakdownFrom(now),
    };
    this.#sendFrame(frame);
  }

  alert(alert: AlertRow): void {
    this.#delta([alert]);
  }

  /** Whole, and at most once a second. */
  #breakdownFrom(now: number): Pick<SnapshotFrame, 'breakdown'> {
    if (this.#breakdown === undefined) return {};
    this.#breakdownAt = now;
    return { breakdown: scriptedBreakdown(this.#harness.play, this.#breakdown, now) };
  }

  #delta(alerts: readonly AlertRow[] = []): void {
    const now = this.#harness.now();
    const { play } = this.#harness;
    const regions = scriptedRegions(play, this.#startedAt, now, this.#sentUpTo);
    this.#sentUpTo = now;
    if (Object.keys(regions).length === 0 && alerts.length === 0) return;
    const prev = this.#seq;
    const frame: DeltaFrame = {
      t: alerts.length > 0 ? 'alert' : 'delta',
      epoch: this.#epoch,
      prev,
      seq: ++this.#seq,
      at: now,
      ack_every_ms: ackEveryMs,
      regions,
      ...(alerts.length > 0 ? { alerts } : {}),
      ...(now - this.#breakdownAt >= breakdownEveryMs ? this.#breakdownFrom(now) : {}),
    };
    this.#sendFrame(frame);
  }

  #sendFrame(frame: SnapshotFrame | DeltaFrame): void {
    const texts = this.#harness.reshape?.(frame) ?? [JSON.stringify(frame)];
    for (const text of texts) this.#send(text);
  }

  #send(text: string): void {
    const { manner } = this.#harness;
    if (manner === 'mute') return;
    if (manner === 'prompt') this.#peer.send(text);
    else this.#timers.add(setTimeout(() => this.#peer.send(text), slowByMs));
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

function serve(harness: Harness, folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://harness');
  const { pathname } = url;
  if (harness.failsWith !== null && /^\/(api|health)\b/.test(pathname) && pathname !== '/api/session') {
    const body = problem(harness.failsWith, 'Something broke in the middle of it.');
    response.writeHead(body.status, { 'content-type': problemContentType }).end(JSON.stringify(body));
    return;
  }
  if (pathname === '/health') {
    if (harness.manner !== 'not-migrated') {
      response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
      return;
    }
    const body = problem('not_migrated', 'Run npm run migrate, then this page connects by itself.');
    response.writeHead(body.status, { 'content-type': problemContentType }).end(JSON.stringify(body));
    return;
  }
  const [, alertId, action] = /^\/api\/alerts\/([^/]+)\/(ack|resolve)$/.exec(pathname) ?? [];
  if (alertId !== undefined) {
    void act(harness, decodeURIComponent(alertId), action === 'resolve', request, response);
    return;
  }
  if (pathname === '/api/session' && harness.manner !== 'not-migrated') {
    void answerSession(harness, request, response);
    return;
  }
  if (pathname === '/api/live/picture') {
    answerPicture(harness, url, response);
    return;
  }
  if (pathname.startsWith('/api/views')) {
    void answerViews(harness.views, harness.identity?.role ?? 'viewer', request, response);
    return;
  }
  if (pathname.startsWith('/api/annotations') && harness.identity !== null) {
    void annotate(harness, url, request, response);
    return;
  }
  const answer = harness.identity === null ? null : answerLog(harness.log, harness.alerts, url);
  if (answer !== null) {
    giveRows(answer, request, response);
    return;
  }
  const asked = join(folder, extname(pathname) === '' && pathname !== '/' ? `${pathname}.html` : pathname);
  const isFile = asked.startsWith(folder) && extname(asked) !== '' && existsSync(asked);
  const file = isFile ? asked : join(folder, 'index.html');
  for (const [name, value] of Object.entries(pageHeadersOf(folder))) response.setHeader(name, value);
  response.setHeader('content-type', contentTypes[extname(file)] ?? 'application/octet-stream');
  response.end(readFileSync(file));
}

/** As CSV, two columns are enough to see whose file it is. */
function giveRows(answer: object, request: IncomingMessage, response: ServerResponse): void {
  const isProblem = 'status' in answer;
  if (request.headers.accept === 'text/csv' && 'data' in answer) {
    const rows = (answer.data as { id: string; region: string }[]).map(
      ({ id, region }) => `${id},${region}\r\n`,
    );
    response.setHeader('content-type', 'text/csv').end(`id,region\r\n${rows.join('')}`);
    return;
  }
  const type = isProblem ? problemContentType : 'application/json';
  response.writeHead(isProblem ? Number(answer.status) : 200, { 'content-type': type });
  response.end(JSON.stringify(answer));
}

async function annotate(
  harness: Harness,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await text(request);
  const body = (sent === '' ? {} : JSON.parse(sent)) as Record<string, unknown>;
  giveRows(answerAnnotations(harness.annotations, request.method ?? 'GET', url, body), request, response);
}

function answerPicture(harness: Harness, url: URL, response: ServerResponse): void {
  harness.asked.push(url.search);
  response.setHeader('content-type', 'application/json');
  if (harness.pictureProblem !== null) {
    const body = problem(harness.pictureProblem, 'Nothing answers.');
    response.writeHead(body.status, { 'content-type': problemContentType }).end(JSON.stringify(body));
    return;
  }
  const data = scriptedPicture(harness.play, url.searchParams, Date.now());
  response.end(JSON.stringify({ data, meta: {} }));
}

async function act(
  harness: Harness,
  id: string,
  closes: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { comment = null } = JSON.parse(await text(request)) as { comment?: string };
  await setTimeoutPromise(harness.ackDelayMs);
  const alert = harness.alerts.find((one) => one.id === id);
  if (harness.ackProblem !== null || !alert) {
    const body = problem(harness.ackProblem ?? 'not_found', 'Someone else was quicker.');
    response.writeHead(body.status, { 'content-type': problemContentType }).end(JSON.stringify(body));
    return;
  }
  const acknowledged_at = new Date().toISOString();
  const seen: AlertRow = alert.acknowledged
    ? alert
    : { ...alert, acknowledged: true, acknowledged_by: 'operator', acknowledged_at, comment };
  const row: AlertRow = closes
    ? { ...seen, state: 'resolved', resolved_at: acknowledged_at, resolution: 'closed' }
    : seen;
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: row }));
  harness.tell(row);
}

function stopped(server: Server, peers: ReadonlySet<Peer>): Promise<void> {
  for (const peer of peers) peer.close(closeCodes.goingAway);
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name: string): string | undefined => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const { address } = await startHarness({
    play: (option('play') ?? 'normal') as Play,
    manner: (option('manner') ?? 'prompt') as Manner,
    port: Number(option('port') ?? 5180),
  });
  console.info(`${address} plays ${option('play') ?? 'normal'}`);
}
