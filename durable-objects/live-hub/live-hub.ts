import { DurableObject } from 'cloudflare:workers';
import type { Acknowledgement } from '../../core/alert/alert-record.ts';
import { step } from '../../core/live/hub.ts';
import {
  type Hub,
  type HubEffect,
  type HubInput,
  type KnownAlert,
  newHub,
} from '../../core/live/hub-state.ts';
import type { HubJob } from '../../core/live/jobs.ts';
import { type LiveCaller, liveCallerHeader, readLiveCaller } from '../../core/live/live-caller.ts';
import { readLiveQuery, type Subscription } from '../../core/live/subscription.ts';
import { unreachable } from '../../core/protocol/assert.ts';
import { sseReadersMax } from '../../core/protocol/limits.ts';
import { closeCodes, liveEventsPath, livePing, livePong, liveSubprotocol } from '../../core/protocol/live.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { readSession } from '../../storage/session-store.ts';
import { attach, readAttachment } from './attachment.ts';
import { CallerWatch, type SignedOut } from './caller-watch.ts';
import { EventStreams } from './event-streams.ts';
import { HubSockets } from './hub-sockets.ts';
import { type HubEnv, type HubSources, platformSources } from './hub-sources.ts';
import { problemAnswer } from './problem-answer.ts';
import { type ToldUpdate, wholeUpdate } from './told-by-region.ts';

/** A source that has not answered by now counts as failed and is asked again later; an answer may still come. */
const sourceWaitMsMax = 10_000;

/**
 * The object that viewers are connected to: the thin shell around core/live/hub.ts. It hibernates under its sockets;
 * woken, it has forgotten everything but them, and pulls the picture anew (LIV-3).
 */
export class LiveHub extends DurableObject<HubEnv> {
  /** A test puts others in its place. */
  sources: HubSources;
  readonly #hub: Hub = newHub(crypto.randomUUID());
  readonly #sockets = new HubSockets();
  readonly #streams = new EventStreams();
  /** A test puts another in its place. */
  sessionStands: (sessionId: string) => Promise<boolean>;
  readonly #watch = new CallerWatch({
    stands: async (sessionId) => this.sessionStands(sessionId),
    end: (connection, reason) => this.#signOut(connection, reason),
    checked: (connection, checkedAtMs) => this.#sockets.reattach(connection, { checkedAtMs }),
  });
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ctx: DurableObjectState, env: HubEnv) {
    super(ctx, env);
    this.sources = platformSources(env, ctx.id.name);
    this.sessionStands = async (id) => (await readSession(env.DB, id, Date.now())) !== null;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(livePing, livePong));
    for (const socket of ctx.getWebSockets()) {
      const attachment = readAttachment(socket.deserializeAttachment());
      if (socket.readyState !== WebSocket.OPEN || !attachment) continue;
      this.#sockets.add(attachment.viewer, socket);
      const { viewer, subscription, caller, checkedAtMs } = attachment;
      this.#watch.add(viewer, caller, checkedAtMs);
      this.#take({ type: 'connected', viewer, subscription });
    }
  }

  override fetch(request: Request): Response {
    const caller = readLiveCaller(request.headers.get(liveCallerHeader));
    if (!caller) return problemAnswer('unauthorized', 'The door has not said who this is.');
    const { pathname, searchParams } = new URL(request.url);
    // The door has checked the names.
    const subscription: Subscription = { ...readLiveQuery(searchParams), scope: caller.scope };
    if (pathname === liveEventsPath) return this.#openStream(caller, subscription);
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket')
      return problemAnswer('upgrade_required', 'Connect to this address by WebSocket.', {
        upgrade: 'websocket',
      });
    const { 0: client, 1: server } = new WebSocketPair();
    const viewer = crypto.randomUUID();
    this.ctx.acceptWebSocket(server);
    attach(server, { viewer, caller, checkedAtMs: Date.now(), subscription });
    this.#watch.add(viewer, caller, Date.now());
    this.#sockets.add(viewer, server);
    this.#take({ type: 'connected', viewer, subscription });
    const offered = (request.headers.get('sec-websocket-protocol') ?? '')
      .split(',')
      .map((name) => name.trim());
    const headers = new Headers();
    if (offered.includes(liveSubprotocol)) headers.set('sec-websocket-protocol', liveSubprotocol);
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Of server-sent events. */
  get readerCount(): number {
    return this.#hub.readers.size;
  }

  /** Who watches (SYS-2). */
  audience(): { readonly viewers: number; readonly readers: number } {
    return { viewers: this.#sockets.size, readers: this.readerCount };
  }

  #openStream(caller: LiveCaller, subscription: Subscription): Response {
    if (this.readerCount >= sseReadersMax)
      return problemAnswer('overloaded', `There are ${sseReadersMax} readers already.`, {
        'retry-after': '10',
      });
    const reader = crypto.randomUUID();
    const stream = this.#streams.open(reader, {
      drained: () => this.#take({ type: 'reader_drained', reader }),
      left: () => {
        this.#watch.remove(reader);
        this.#take({ type: 'reader_left', reader });
      },
    });
    this.#watch.add(reader, caller, Date.now());
    this.#take({ type: 'reader_came', reader, subscription });
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
    return new Response(stream, { headers });
  }

  /** Changes of a region. Where nobody watches, the region is told to stop. */
  update(update: ToldUpdate): { readonly wanted: boolean } {
    this.#take({ type: 'update', update: wholeUpdate(update) });
    this.#look();
    return { wanted: this.#hub.life !== null };
  }

  /** Somebody has acknowledged an alert; D1 has it already. */
  acknowledged(id: string, acknowledgement: Acknowledgement): void {
    this.#take({ type: 'acknowledged', id, acknowledgement });
  }

  /** Alerts that no region tells of (ING-6d); D1 has them already. */
  alerted(alerts: readonly KnownAlert[]): void {
    this.#take({ type: 'told', alerts });
  }

  /** Somebody's sign-in was taken back; D1 knows already. */
  signedOut(who: SignedOut): void {
    this.#watch.signedOut(who);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const viewer = this.#sockets.viewerOf(socket);
    if (viewer === undefined) return;
    this.#take({ type: 'message', viewer, text: typeof message === 'string' ? message : null });
  }

  override webSocketClose(socket: WebSocket): void {
    // A hibernating socket is not closed in return by itself: the viewer would wait for it.
    closeQuietly(socket, 1000, 'goodbye');
    this.#disconnected(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#disconnected(socket);
  }

  override alarm(): void {
    this.#look();
    this.#take({ type: 'alarm' });
  }

  #look(): void {
    const failed = (error: unknown) => console.warn(logLine('warn', 'session_unread', errorFields(error)));
    this.ctx.waitUntil(this.#watch.look(Date.now()).catch(failed));
  }

  #signOut(connection: string, reason: string): void {
    if (this.#sockets.has(connection)) {
      this.#close(connection, closeCodes.signedOut, reason);
      this.#take({ type: 'disconnected', viewer: connection });
      return;
    }
    this.#streams.end(connection);
    this.#take({ type: 'reader_left', reader: connection });
  }

  #disconnected(socket: WebSocket): void {
    const viewer = this.#sockets.viewerOf(socket);
    if (viewer === undefined) return;
    this.#sockets.remove(viewer);
    this.#watch.remove(viewer);
    this.#take({ type: 'disconnected', viewer });
  }

  #take(input: HubInput): void {
    for (const effect of step(this.#hub, input, Date.now())) this.#carryOut(effect);
  }

  #carryOut(effect: HubEffect): void {
    switch (effect.type) {
      case 'send':
        this.#sockets.send(effect.viewer, effect.text);
        return;
      case 'close':
        this.#close(effect.viewer, effect.code, effect.reason);
        return;
      case 'write':
        this.#streams.write(effect.reader, effect.text);
        return;
      case 'end':
        this.#watch.remove(effect.reader);
        this.#streams.end(effect.reader);
        return;
      case 'remember':
        this.#sockets.reattach(effect.viewer, { subscription: effect.subscription });
        return;
      case 'wake':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#take({ type: 'woken' }), effect.at - Date.now());
        return;
      case 'alarm':
        this.ctx.waitUntil(this.ctx.storage.setAlarm(effect.at));
        return;
      case 'sleep':
        clearTimeout(this.#timer);
        this.ctx.waitUntil(this.ctx.storage.deleteAlarm());
        return;
      case 'load_registry':
        this.#ask({ job: 'registry' }, async () => ({
          type: 'registry',
          regions: await this.sources.registry(),
        }));
        return;
      case 'read_history':
        this.#ask({ job: 'history' }, async () => ({
          type: 'history',
          ...(await this.sources.history(effect)),
        }));
        return;
      case 'read_alerts':
        this.#ask({ job: 'alerts' }, async () => ({
          type: 'alerts',
          alerts: await this.sources.alerts(effect.sinceMs),
        }));
        return;
      case 'pull': {
        const { address, untilMs } = effect;
        this.#ask({ job: 'shard', address }, async () => ({
          type: 'answer',
          answer: await this.sources.lease(address, untilMs),
        }));
        return;
      }
      default:
        unreachable(effect);
    }
  }

  /** Asks a source and gives the machine what comes of it; what comes after the machine has slept is let go. */
  #ask(job: HubJob, ask: () => Promise<HubInput>): void {
    const life = this.#hub.life;
    let failed = false;
    const take = (input: HubInput) => {
      if (life === this.#hub.life) this.#take(input);
    };
    const fail = (error: unknown) => {
      clearTimeout(timer);
      if (failed) return;
      failed = true;
      console.warn(logLine('warn', 'hub_source_failed', { ...job, ...errorFields(error) }));
      take({ type: 'failed', job });
    };
    const timer = setTimeout(() => fail(new Error(`no answer in ${sourceWaitMsMax} ms`)), sourceWaitMsMax);
    const answered = ask().then((input) => {
      clearTimeout(timer);
      take(input);
    });
    this.ctx.waitUntil(answered.catch(fail));
  }

  #close(viewer: string, code: number, reason: string): void {
    const socket = this.#sockets.remove(viewer);
    this.#watch.remove(viewer);
    if (socket) closeQuietly(socket, code, reason);
  }
}

function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // It is closed already, which is what was wanted.
  }
}
