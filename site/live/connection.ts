/**
 * The live connection: one WebSocket that is subscribed, acknowledged, watched over and opened again. Everything it
 * touches of the browser comes in as `ports`, so that its test has its own socket and its own clock.
 */
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import { parseServerFrame } from '../../core/live/server-frame.ts';
import { ackAfterBytes } from '../../core/protocol/limits.ts';
import { type ClientFrame, livePing, livePong } from '../../core/protocol/live.ts';
import * as say from '../text/live.ts';

/** What stands in the way, in words: what happened, and what to do. */
export interface Trouble {
  readonly title: string;
  readonly detail: string;
}

export type Link =
  /** The first attempt; nothing was ever shown. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The service knows nobody here any more. Nothing is tried again until a person has signed in. */
  | { readonly kind: 'signed-out' }
  | {
      readonly kind: 'reconnecting' | 'offline';
      /** Monotonic time of the next attempt, ms; null while one is under way. */
      readonly retryAt: number | null;
      /** Attempts since the last snapshot. */
      readonly attempts: number;
      readonly trouble: Trouble | null;
    };

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  /** Exactly once, also for a socket that never opened. `signedOut`: the service said that the sign-in is over. */
  closed(signedOut: boolean): void;
}

export interface ConnectionPorts {
  /** Its first snapshot has the breakdown of that region, or of all where it is '*'. */
  open(events: SocketEvents, breakdown: string): Socket;
  /** Monotonic time, ms. */
  now(): number;
  /** Runs once after `ms`; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
  random(): number;
  online(): boolean;
  /** Why there is no connection. */
  diagnose(): Promise<Trouble | 'signed-out'>;
}

export interface ConnectionEvents {
  link(link: Link): void;
  /** A frame was taken. */
  state(state: LiveState): void;
  /** Anything was heard, a pong too. */
  heard(): void;
  /** A ping left: silence counts from here. */
  pinged(): void;
}

/** Backoff: from half a second to ten, at random below a ceiling that doubles. */
const retryMsMin = 500;
const retryMsMax = 10_000;
/** A socket may look open for minutes after its network has gone, so it is asked, and dropped when it is mute. */
const pingEveryMs = 5_000;
const muteMsMax = 12_000;

const allRegions = '*';

export class LiveConnection {
  readonly #ports: ConnectionPorts;
  readonly #events: ConnectionEvents;
  #socket: Socket | null = null;
  #state: LiveState | null = null;
  #link: Link = { kind: 'connecting' };
  #attempts = 0;
  /** Frames do not continue the state until the snapshot that was asked for has come. */
  #awaitsSnapshot = true;
  #ackedSeq = -1;
  #ackedAt = 0;
  #charsSinceAck = 0;
  #heardAt = 0;
  /** Name of the region that a breakdown is wanted of, or '*' for all. */
  #breakdown = allRegions;
  /** What the newest socket was opened with. */
  #opensWith = allRegions;
  #isOpen = false;
  #cancelRetry = noop;
  #cancelAck = noop;
  #cancelPing = noop;

  constructor(ports: ConnectionPorts, events: ConnectionEvents) {
    this.#ports = ports;
    this.#events = events;
  }

  start(): void {
    this.#connect();
  }

  /** The network came back, the page was opened again, or a person asked: no waiting. */
  retryNow(): void {
    if (this.#socket === null) this.#connect();
  }

  /** A breakdown of this region is wanted, or of all where it is null. A snapshot brings it. */
  breakDown(region: string | null): void {
    const wanted = region ?? allRegions;
    if (wanted === this.#breakdown) return;
    this.#breakdown = wanted;
    if (this.#isOpen) this.#subscribe();
  }

  /** navigator.onLine changed. It decides a word, never whether to try: a server on this machine needs no network. */
  networkChanged(): void {
    if (this.#link.kind !== 'reconnecting' && this.#link.kind !== 'offline') return;
    this.#setLink({ ...this.#link, kind: this.#downKind() });
    if (this.#ports.online()) this.retryNow();
  }

  #connect(breakdown = this.#breakdown): void {
    this.#cancelRetry();
    this.#opensWith = breakdown;
    if (this.#link.kind === 'reconnecting' || this.#link.kind === 'offline') {
      this.#setLink({ ...this.#link, retryAt: null });
    }
    this.#heardAt = this.#ports.now();
    this.#awaitsSnapshot = true;
    // Events of a socket that was given up must not touch its successor.
    const mine = (run: () => void) => () => {
      if (this.#socket === socket) run();
    };
    const events: SocketEvents = {
      opened: () => mine(() => this.#opened())(),
      received: (text) => mine(() => this.#received(text))(),
      closed: (signedOut) => mine(() => (signedOut ? this.#signedOut() : this.#lost()))(),
    };
    const socket: Socket = this.#ports.open(events, breakdown);
    this.#socket = socket;
    this.#watch();
  }

  #opened(): void {
    this.#isOpen = true;
    this.#heard();
    this.#subscribe();
  }

  /** Answered by nothing where the socket was opened with the same (LIV-7). */
  #subscribe(): void {
    this.#send({ t: 'subscribe', regions: allRegions, breakdown: this.#breakdown });
  }

  /** Pings, and gives up a socket that is mute, be it still opening. */
  #watch(): void {
    this.#cancelPing();
    this.#cancelPing = this.#ports.after(pingEveryMs, () => {
      if (this.#ports.now() - this.#heardAt >= muteMsMax) {
        this.#lost();
        return;
      }
      if (!this.#awaitsSnapshot) {
        this.#socket?.send(livePing);
        this.#events.pinged();
      }
      this.#watch();
    });
  }

  #heard(): void {
    this.#heardAt = this.#ports.now();
    this.#events.heard();
  }

  #received(text: string): void {
    this.#heard();
    const frame = text === livePong ? null : parseServerFrame(text);
    if (frame === null) return;
    if (frame.t === 'error') {
      console.warn(say.frameNotTaken(frame.code, frame.message));
      // The address may name a region that is not there, or cannot be: the rest of the page works without it.
      this.breakDown(null);
      return;
    }
    if (frame.t === 'delta' && this.#awaitsSnapshot) return;
    const { state, resync } = applyFrame(this.#state, frame);
    if (resync) {
      this.#awaitsSnapshot = true;
      this.#send({ t: 'resync' });
      return;
    }
    this.#state = state;
    this.#charsSinceAck += text.length;
    const isSnapshot = frame.t === 'snapshot';
    if (isSnapshot) {
      this.#awaitsSnapshot = false;
      this.#attempts = 0;
      if (this.#link.kind !== 'live') this.#setLink({ kind: 'live' });
    }
    this.#acknowledge(isSnapshot || this.#charsSinceAck >= ackAfterBytes);
    this.#events.state(state);
  }

  /** At once, or when it is due. Frames drive it as well as timers: a page in the background has slow timers. */
  #acknowledge(atOnce: boolean): void {
    this.#cancelAck();
    const state = this.#state;
    if (state === null || (state.seq === this.#ackedSeq && !atOnce)) return;
    const wait = this.#ackedAt + state.ackEveryMs - this.#ports.now();
    if (!atOnce && wait > 0) {
      this.#cancelAck = this.#ports.after(wait, () => this.#acknowledge(false));
      return;
    }
    this.#send({ t: 'ack', seq: state.seq });
    this.#ackedSeq = state.seq;
    this.#ackedAt = this.#ports.now();
    this.#charsSinceAck = 0;
  }

  #lost(): void {
    // The service refuses a region that is not there; a browser does not tell that from any other failure.
    const isPerhapsRefused = !this.#isOpen && this.#opensWith !== allRegions;
    this.#dropSocket();
    if (isPerhapsRefused) {
      this.#connect(allRegions);
      return;
    }
    const ceiling = Math.min(retryMsMax, 1000 * 2 ** this.#attempts);
    const wait = retryMsMin + this.#ports.random() * (ceiling - retryMsMin);
    this.#attempts++;
    const trouble = 'trouble' in this.#link ? this.#link.trouble : null;
    const retryAt = this.#ports.now() + wait;
    this.#setLink({ kind: this.#downKind(), retryAt, attempts: this.#attempts, trouble });
    this.#cancelRetry = this.#ports.after(wait, () => this.#connect());
    void this.#ports.diagnose().then((found) => {
      if (!('trouble' in this.#link)) return;
      if (found === 'signed-out') this.#signedOut();
      else this.#setLink({ ...this.#link, trouble: found });
    });
  }

  /** To try again would be refused again, and would keep asking for as long as the page is open. */
  #signedOut(): void {
    this.#cancelRetry();
    this.#dropSocket();
    this.#state = null;
    this.#setLink({ kind: 'signed-out' });
  }

  #dropSocket(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    this.#cancelAck();
    this.#cancelPing();
    socket?.close();
  }

  #downKind(): 'reconnecting' | 'offline' {
    return this.#ports.online() ? 'reconnecting' : 'offline';
  }

  #setLink(link: Link): void {
    this.#link = link;
    this.#events.link(link);
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}

function noop(): void {}
