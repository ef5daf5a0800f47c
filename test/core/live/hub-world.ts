/** The world around a hub: regions, sources, timers, sockets; and the model that says what viewers must see. */
import { alertRow } from '../../../core/alert/alert-row.ts';
import { minuteInSight } from '../../../core/live/horizon.ts';
import { step } from '../../../core/live/hub.ts';
import { type Hub, type HubEffect, type HubInput, newHub } from '../../../core/live/hub-state.ts';
import { alertInSight } from '../../../core/live/live-alerts.ts';
import { applyFrame } from '../../../core/live/live-state.ts';
import { parseServerFrame } from '../../../core/live/server-frame.ts';
import { type Subscription, wantsRegion, wholeSubscription } from '../../../core/live/subscription.ts';
import { unreachable } from '../../../core/protocol/assert.ts';
import { viewerBehindMsMax } from '../../../core/protocol/limits.ts';
import { closeCodes, type ServerFrame } from '../../../core/protocol/live.ts';
import { Random } from '../../sim/random.ts';
import { registry, startMs } from './hub-fixture.ts';
import { type ClientVersion, SimClient } from './sim-client.ts';
import { breakdownText, pictureOf, SimModel } from './sim-model.ts';
import { SimReader } from './sim-reader.ts';
import { SimRegion } from './sim-region.ts';

interface Pending {
  readonly at: number;
  run(): void;
}

/** The world's own account of a socket, kept from the frames alone. */
interface Ledger {
  readonly client: SimClient;
  subscription: Subscription;
  unacked: { seq: number; at: number; snapshot: boolean }[];
  /** Epoch and seq of the newest frame sent: what the next delta must continue. */
  newest: string;
}

/** Which code is simulated: another than that of this version where two are side by side. */
interface HubVersions {
  readonly hub: { readonly step: typeof step; readonly newHub: typeof newHub };
  /** Of viewers, by turns. */
  readonly clients: readonly ClientVersion[];
}

export class HubSimulation {
  readonly #versions: HubVersions;
  readonly seen: Record<string, number> = {};
  readonly #random: Random;
  readonly #regions: readonly SimRegion[];
  readonly #sockets = new Map<string, Ledger>();
  readonly #readers = new Map<string, SimReader>();
  #pending: Pending[] = [];
  #hub: Hub;
  #model = new SimModel();
  #told = false;
  #now = startMs;
  #wakeAt: number | null = null;
  #alarmAt: number | null = null;
  #incarnations = 0;
  #viewers = 0;
  #faults = true;

  constructor(seed: number, versions: Partial<HubVersions> = {}) {
    this.#versions = { hub: { step, newHub }, clients: [{ parseServerFrame, applyFrame }], ...versions };
    this.#random = new Random(seed);
    this.#regions = registry.map(({ number }) => new SimRegion(number, this.#random));
    this.#hub = this.#versions.hub.newHub('0');
  }

  /** Time passes, and one thing or another happens. */
  step(): void {
    const random = this.#random;
    this.#pass(random.chance(0.9) ? random.between(1, 400) : random.between(1000, 6000));
    if (random.chance(0.01)) this.#pass(random.between(20_000, 200_000));
    const region = random.pick(this.#regions);
    const die = random.below(100);
    if (die < 40) region.commit(this.#now);
    else if (die < 70) this.#push(region);
    else if (die < 73) region.store();
    else if (die < 74) region.replay(this.#now);
    else if (die < 75 && random.chance(0.3)) region.wipe();
    else if (die < 75) this.#die(region);
    else if (die < 82 && this.#sockets.size < 5) this.#connect();
    else if (die < 83) this.#restart();
    else if (die < 84 && this.#readers.size < 3) this.#openReader(this.#anySubscription());
    else if (die < 94 && random.chance(0.4)) this.#trouble(region);
    else this.#disturb(die);
  }

  #die(region: SimRegion): void {
    region.die();
    this.#note('regions that died before a push');
  }

  #anySubscription(): Subscription {
    const { name } = this.#random.pick(registry);
    const regions = this.#random.chance(0.5) ? ('*' as const) : [name];
    return { regions, contents: false, breakdown: this.#random.pick([null, '*', name]) };
  }

  #openReader(subscription: Subscription): SimReader {
    const reader = new SimReader(`r${++this.#viewers}`, subscription);
    this.#readers.set(reader.id, reader);
    this.#take({ type: 'reader_came', reader: reader.id, subscription });
    return reader;
  }

  #writeTo(id: string, text: string): void {
    const reader = this.#readers.get(id);
    if (!reader) throw new Error(`a text to ${id}, who is gone`);
    reader.take(text, (at) => this.#model.expected(reader.subscription, at), this.#now);
    if (text.startsWith('event')) this.#note('events written');
    if (text.startsWith(':')) this.#note('heartbeats');
    const leaves = this.#faults && this.#random.chance(0.01);
    // One that is gone does not always say so.
    if (leaves && this.#random.chance(0.5)) return;
    this.#later(this.#random.pick(this.#faults ? [5, 500, 4_000, 20_000] : [5]), () => {
      if (this.#readers.get(id) !== reader) return;
      if (leaves) this.#readers.delete(id);
      else reader.read();
      this.#take({ type: leaves ? 'reader_left' : 'reader_drained', reader: id });
    });
  }

  /** An alert changes and is pushed, or somebody acknowledges one and the hub is told, mostly. */
  #trouble(region: SimRegion): void {
    if (this.#random.chance(0.6)) {
      region.alerts.change(this.#now);
      this.#push(region);
      return;
    }
    const word = region.alerts.acknowledge(this.#now);
    if (!word || this.#random.chance(0.2)) return;
    this.#later(this.#random.below(800), () => {
      if (this.#hub.life) this.#model.acknowledged(word.id, word.acknowledgement);
      this.#take({ type: 'acknowledged', ...word });
    });
  }

  #disturb(die: number): void {
    const client = [...this.#sockets.values()][this.#random.below(this.#sockets.size)]?.client;
    if (!client) return;
    if (die < 85) this.#leave(client);
    else if (die < 88) this.#stall(client);
    else if (die < 93) client.say(this.#subscribeFrame(), this.#now);
    else if (die < 94) client.say({ t: 'nonsense' }, this.#now);
  }

  /** Without faults everything comes to rest, and every viewer sees what the regions hold. */
  settle(): void {
    this.#faults = false;
    if (this.#sockets.size === 0) this.#connect();
    for (const { client } of this.#sockets.values()) client.stalledUntil = 0;
    // All windows are in D1: what was stored, let go and never pushed is known by the renewal alone.
    for (const region of this.#regions) region.store(1);
    // Long enough for the renewal of leases, which also brings what was lost or replayed.
    this.#passTimes(100);
    for (const region of this.#regions) this.#push(region);
    this.#passTimes(200);
    // The last renewal may just have been.
    if ([...this.#sockets.values()].some(({ client }) => !client.upToDate)) this.#passTimes(10);
    for (const { state, subscription } of this.#readers.values()) {
      if (state && pictureOf(state) !== this.#model.expected(subscription, state.at))
        throw new Error('not the latest');
    }
    const atRest = [...this.#sockets.values()];
    for (const { client, subscription } of atRest) {
      this.#checkAtRest(client, subscription);
      this.#checkAlerts(client, subscription);
    }
    const { client, subscription } = this.#random.pick(atRest);
    this.#compareWithFresh(client, subscription);
  }

  #checkAlerts({ id, state }: SimClient, subscription: Subscription): void {
    for (const { record, acknowledgement } of this.#regions.flatMap(({ alerts }) => alerts.all())) {
      const row = alertRow(record, acknowledgement);
      if (!state || !wantsRegion(subscription, row.region) || !alertInSight(row, this.#now)) continue;
      if (JSON.stringify(state.alerts.get(row.id)) !== JSON.stringify(row)) {
        throw new Error(`${id} has ${JSON.stringify(state.alerts.get(row.id))}, not ${JSON.stringify(row)}`);
      }
      this.#note('alerts compared at rest');
    }
  }

  /** One who comes now sees what one sees who was fed by deltas, breakdown included. */
  #compareWithFresh(client: SimClient, subscription: Subscription): void {
    // A name that does not exist was taken on trust while the registry was not there; now it would be refused.
    if (JSON.stringify(subscription).includes('EU-Atlantis')) return;
    const fresh = this.#connect(subscription);
    this.#passTimes(4);
    // Frames to both: each has the horizon of its newest. The last change of a breakdown is followed by no other frame.
    for (const region of this.#regions) {
      region.commit(this.#now);
      this.#push(region);
    }
    this.#passTimes(8);
    // Frames of a renewal may just be on their way.
    if (client.state?.seq !== fresh.state?.seq) this.#passTimes(4);
    const [held, told] = [client.state, fresh.state];
    if (!held || !told || pictureOf(held) !== pictureOf(told))
      throw new Error(
        `${client.id}: ${held && pictureOf(held)}\nis not as fresh as\n${told && pictureOf(told)}`,
      );
    if (JSON.stringify(held.breakdown) !== JSON.stringify(told.breakdown)) {
      throw new Error(`${client.id}: ${JSON.stringify([held.breakdown, told.breakdown])}`);
    }
    if (this.#random.chance(0.2)) this.#compareWithReader(fresh, subscription);
    const { breakdown } = told;
    if ((breakdown === null) !== (subscription.breakdown === null)) throw new Error('no breakdown');
    if (!breakdown) return;
    const expected = this.#model.breakdown(breakdown.region, breakdown.from_minute);
    if (breakdownText(breakdown) !== expected)
      throw new Error(`${breakdownText(breakdown)}, not ${expected}`);
    if (breakdown.active_contents > 0) this.#note('breakdowns compared at rest');
  }

  /** One who is told by server-sent events sees the same. */
  #compareWithReader(client: SimClient, subscription: Subscription): void {
    if (subscription.contents) return;
    const reader = this.#openReader(subscription);
    this.#passTimes(3);
    for (const region of this.#regions) this.#push(region);
    this.#passTimes(8);
    if (JSON.stringify(reader.state?.breakdown) !== JSON.stringify(client.state?.breakdown))
      throw new Error(reader.id);
    this.#note('readers compared at rest');
  }

  #checkAtRest(client: SimClient, subscription: Subscription): void {
    const { state } = client;
    if (!state || !client.upToDate) throw new Error(`${client.id} did not come to rest`);
    if (pictureOf(state) !== this.#model.expected(subscription, state.at)) throw new Error('not the latest');
    for (const { name, number } of registry) {
      const shown = state.regions.get(name);
      if (!shown) continue;
      for (const { word } of this.#regions.find((region) => region.number === number)?.all() ?? []) {
        if (!minuteInSight(word.minute, state.at)) continue;
        const [events] = word.counters;
        if ((shown.minutes.get(word.minute)?.[0] ?? 0) !== events) {
          throw new Error(`${client.id} and ${name} differ in minute ${word.minute}`);
        }
        this.#note('windows compared at rest');
      }
    }
  }

  #passTimes(count: number): void {
    for (let i = 0; i < count; i++) this.#pass(500);
  }

  #note(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  #pass(ms: number): void {
    this.#now += ms;
    const due = this.#pending.filter(({ at }) => at <= this.#now);
    this.#pending = this.#pending.filter(({ at }) => at > this.#now);
    for (const pending of due) pending.run();
    if (this.#wakeAt !== null && this.#wakeAt <= this.#now) {
      this.#wakeAt = null;
      this.#take({ type: 'woken' });
    }
    if (this.#alarmAt !== null && this.#alarmAt <= this.#now) {
      this.#alarmAt = null;
      this.#take({ type: 'alarm' });
    }
    for (const ledger of this.#sockets.values()) this.#exchange(ledger);
  }

  #exchange(ledger: Ledger): void {
    const { client } = ledger;
    for (const what of client.read(this.#now, this.#faults)) this.#note(what);
    for (const text of client.sent(this.#now)) {
      const frame = JSON.parse(text) as { t: string; seq: number };
      if (frame.t === 'ack') ledger.unacked = ledger.unacked.filter(({ seq }) => seq > frame.seq);
      if (frame.t === 'resync' && !ledger.unacked.some(({ snapshot }) => snapshot)) ledger.unacked = [];
      this.#take({ type: 'message', viewer: client.id, text });
    }
    if (this.#hub.viewers.get(client.id)?.paused) this.#note('pauses');
  }

  #push(region: SimRegion): void {
    if (this.#faults && this.#random.chance(0.05)) {
      region.push(this.#now);
      region.pushLost(this.#now);
      return;
    }
    const told = region.push(this.#now);
    const times = this.#faults && this.#random.chance(0.1) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.#later(this.#random.below(800), () => {
        if (this.#told) this.#model.update(told);
        this.#take({ type: 'update', update: told.word });
      });
    }
  }

  #later(ms: number, run: () => void): void {
    this.#pending.push({ at: this.#now + ms, run });
  }

  #connect(subscription?: Subscription): SimClient {
    const { clients } = this.#versions;
    const version = clients[this.#viewers % clients.length] as ClientVersion;
    const client = new SimClient(`v${++this.#viewers}`, this.#random, version);
    this.#sockets.set(client.id, { client, subscription: wholeSubscription, unacked: [], newest: '' });
    this.#take({ type: 'connected', viewer: client.id });
    if (subscription) {
      const { breakdown, ...rest } = subscription;
      client.say({ t: 'subscribe', ...rest, ...(breakdown === null ? {} : { breakdown }) }, this.#now);
    } else if (this.#random.chance(0.5)) client.say(this.#subscribeFrame(), this.#now);
    return client;
  }

  #leave(client: SimClient): void {
    this.#sockets.delete(client.id);
    this.#take({ type: 'disconnected', viewer: client.id });
  }

  #stall(client: SimClient): void {
    client.stalledUntil = this.#now + this.#random.pick([2_000, 8_000, 20_000, 60_000]);
  }

  #subscribeFrame(): unknown {
    const names = registry.map(({ name }) => name).filter(() => this.#random.chance(0.5));
    if (this.#random.chance(0.05)) names.push('EU-Atlantis');
    return {
      t: 'subscribe',
      regions: this.#random.chance(0.5) ? '*' : names,
      contents: this.#random.chance(0.5),
      ...(this.#random.chance(0.5) ? { breakdown: this.#random.pick(['*', ...names]) } : {}),
    };
  }

  /** Evicted: memory, timer and answers under way are gone; sockets, attachments and the alarm are not. */
  #restart(): void {
    this.#note('restarts');
    this.#hub = this.#versions.hub.newHub(String(++this.#incarnations));
    this.#wakeAt = null;
    this.#forget();
    for (const { client, subscription } of this.#sockets.values()) {
      this.#take({ type: 'connected', viewer: client.id, subscription });
    }
  }

  #forget(): void {
    this.#model = new SimModel();
    this.#told = false;
    this.#readers.clear();
    for (const ledger of this.#sockets.values()) ledger.unacked = [];
  }

  #take(input: HubInput): void {
    for (const effect of this.#versions.hub.step(this.#hub, input, this.#now)) this.#carryOut(effect);
  }

  #carryOut(effect: HubEffect): void {
    switch (effect.type) {
      case 'send':
        this.#send(effect.viewer, effect.text);
        break;
      case 'close':
        this.#note(effect.code === closeCodes.tooSlow ? 'closed for being slow' : 'closed for bad frames');
        this.#sockets.delete(effect.viewer);
        break;
      case 'write':
        this.#writeTo(effect.reader, effect.text);
        break;
      case 'end':
        this.#note('streams ended');
        this.#readers.delete(effect.reader);
        break;
      case 'remember': {
        const ledger = this.#sockets.get(effect.viewer);
        if (ledger) ledger.subscription = effect.subscription;
        break;
      }
      case 'wake':
        this.#wakeAt = effect.at;
        break;
      case 'alarm':
        this.#alarmAt = effect.at;
        break;
      case 'sleep':
        this.#note('sleeps');
        this.#wakeAt = null;
        this.#alarmAt = null;
        this.#forget();
        break;
      case 'load_registry':
        this.#ask({ job: 'registry' }, () => () => {
          this.#told = true;
          this.#take({ type: 'registry', regions: registry });
        });
        break;
      case 'read_history':
        this.#ask({ job: 'history' }, () => this.#history(effect));
        break;
      case 'read_alerts':
        this.#ask({ job: 'alerts' }, () => this.#alerts());
        break;
      case 'pull':
        this.#ask({ job: 'shard', address: effect.address }, () => this.#answer(effect.address.regionNumber));
        break;
      default:
        unreachable(effect);
    }
  }

  #answer(regionNumber: number): () => void {
    const region = this.#regions.find(({ number }) => number === regionNumber);
    if (!region) throw new Error(`a pull of region ${regionNumber}`);
    const told = region.answer(this.#now);
    return () => {
      this.#model.answer(told);
      this.#take({ type: 'answer', answer: told.word });
    };
  }

  #alerts(): () => void {
    const alerts = this.#regions.flatMap((region) => region.alerts.stored());
    return () => {
      for (const alert of alerts) this.#model.alert(alert);
      this.#take({ type: 'alerts', alerts });
    };
  }

  #history(range: Extract<HubEffect, { type: 'read_history' }>): () => void {
    const stored = this.#regions.flatMap((region) => region.stored());
    const within = stored.filter(
      ({ word }) => word.minute >= range.fromMinute && word.minute < range.toMinute,
    );
    const whole = within.filter(({ word }) => word.minute >= range.wholeFromMinute);
    const totals = within.filter(({ word }) => word.minute < range.wholeFromMinute);
    return () => {
      for (const window of whole) this.#model.window(window);
      for (const window of totals) this.#model.total(window);
      const words = (list: typeof stored) => list.map(({ word }) => word);
      this.#take({ type: 'history', windows: words(whole), totals: words(totals) });
    };
  }

  /** A source answers with what it has now or soon, soon or late; or fails. */
  #ask(job: Extract<HubInput, { type: 'failed' }>['job'], ask: () => () => void): void {
    const { life } = this.#hub;
    const ifAlive = (run: () => void) => () => {
      if (this.#hub.life === life) run();
    };
    const ms = this.#random.pick([1, 50, 500, this.#faults ? 9_000 : 1]);
    if (this.#faults && this.#random.chance(0.15)) {
      this.#note('sources failed');
      this.#later(
        ms,
        ifAlive(() => this.#take({ type: 'failed', job })),
      );
      return;
    }
    const early = this.#random.chance(0.5) ? ask() : null;
    this.#later(
      ms,
      ifAlive(() => (early ?? ask())()),
    );
  }

  #send(viewer: string, text: string): void {
    const ledger = this.#sockets.get(viewer);
    if (!ledger) throw new Error(`a frame to ${viewer}, who is gone`);
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.t === 'error') {
      ledger.client.receive(text, null, this.#now);
      return;
    }
    const oldest = ledger.unacked[0]?.at ?? this.#now;
    if (this.#now - oldest > viewerBehindMsMax)
      throw new Error(`${viewer} is ${this.#now - oldest} ms behind`);
    if (frame.t === 'alert') this.#note('alerts pushed');
    if (frame.t !== 'snapshot' && frame.seq - frame.prev > 1) this.#note('joined deltas');
    if (frame.t !== 'snapshot' && `${frame.epoch} ${frame.prev}` !== ledger.newest) {
      throw new Error(`${viewer} was sent ${ledger.newest}, which ${text} does not continue`);
    }
    ledger.newest = `${frame.epoch} ${frame.seq}`;
    ledger.unacked.push({ seq: frame.seq, at: this.#now, snapshot: frame.t === 'snapshot' });
    ledger.client.receive(text, this.#model.expected(ledger.subscription, frame.at), this.#now);
  }
}
