// A viewer over a WebSocket, as the site is one, that comes back whenever its connection dies, and notes what a viewer
// must never see: a number of a minute that goes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { applyFrame, emptyLiveState, type LiveState } from '../../../core/live/live-state.ts';
import { liveContentCounterNames, liveCounterIndex, type ServerFrame } from '../../../core/protocol/live.ts';
import { liveSubprotocol } from '../../../core/protocol/version.ts';
import { fireRegions } from './producers.ts';
import type { World } from './world.ts';

const eventsOfContent = liveContentCounterNames.indexOf('events');

export class FireViewer {
  state: LiveState = emptyLiveState;
  readonly #world: World;
  readonly #highest = new Map<string, number>();
  #socket: WebSocket | null = null;
  #isClosed = false;
  /** Frames that did not continue what the viewer held, for which it asked anew. */
  resyncs = 0;
  connections = 0;
  frames = 0;
  /** Where a minute's number was less than before. */
  readonly stepsBack: string[] = [];

  readonly #contents: boolean;

  constructor(world: World, { contents = true } = {}) {
    this.#world = world;
    this.#contents = contents;
    void this.#live();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  /**
   * Shows nothing until a frame comes: what was held before says nothing any more. What it has seen is acknowledged
   * first, since the hub sends no second snapshot while the first is under way to it (LIV-2).
   */
  forget(): void {
    this.#acknowledge();
    this.state = emptyLiveState;
    this.#send({ t: 'resync' });
  }

  async #live(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#world.isRunning) await this.#connect();
      await sleep(100);
    }
  }

  /** Resolves when the connection is over. */
  async #connect(): Promise<void> {
    const { url, credentials } = this.#world.runtime;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, {
      protocols: liveSubprotocol,
      headers: { authorization: `Bearer ${credentials.viewer_token}` },
    });
    this.#socket = socket;
    const acks = setInterval(() => this.#acknowledge(), 500);
    await new Promise<void>((resolve) => {
      socket.addEventListener('open', () => {
        this.connections++;
        this.#send({ t: 'subscribe', regions: '*', contents: this.#contents });
      });
      socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as ServerFrame));
      socket.addEventListener('close', () => resolve());
      socket.addEventListener('error', () => resolve());
    });
    clearInterval(acks);
  }

  #take(frame: ServerFrame): void {
    this.frames++;
    const { state, resync } = applyFrame(this.state, frame);
    this.state = state;
    if (resync) {
      this.resyncs++;
      this.#send({ t: 'resync' });
    }
    if (frame.t === 'error') return;
    for (const [region, { minutes = [] }] of Object.entries(frame.regions))
      for (const [minute = 0, ...values] of minutes)
        this.#look(`${region} ${minute}`, values[liveCounterIndex.events] ?? 0);
  }

  #look(cell: string, events: number): void {
    const highest = this.#highest.get(cell) ?? 0;
    if (events < highest) this.stepsBack.push(`${cell}: ${highest}, then ${events}`);
    else this.#highest.set(cell, events);
  }

  #acknowledge(): void {
    if (this.state.epoch !== '') this.#send({ t: 'ack', seq: this.state.seq });
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #ours() {
    return [...this.state.regions].filter(([region]) => fireRegions.includes(region));
  }

  /** Events by "REGION MINUTE". */
  minutes(): Map<string, number> {
    const cells = new Map<string, number>();
    for (const [region, { minutes }] of this.#ours())
      for (const [minute, values] of minutes) {
        const events = values[liveCounterIndex.events] ?? 0;
        if (events > 0) cells.set(`${region} ${minute}`, events);
      }
    return cells;
  }

  /** Events by "REGION MINUTE CONTENT", of the minutes whose contents are still in sight. */
  contents(): Map<string, number> {
    const cells = new Map<string, number>();
    for (const [region, { contents }] of this.#ours())
      for (const [minute, of] of contents)
        for (const [content, values] of of) {
          const events = values[eventsOfContent] ?? 0;
          if (events > 0) cells.set(`${region} ${minute} ${content}`, events);
        }
    return cells;
  }
}
