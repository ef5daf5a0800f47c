import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  joinedSendMsMax,
  joinManyPosts,
  joinQuietMs,
  joinUnderWayMsMax,
  joinWaitManyMsMax,
  joinWaitMsMax,
} from '../../../core/protocol/join-limits.ts';
import { envelopeBytesMax } from '../../../core/protocol/limits.ts';
import {
  type Carrier,
  JoinedSends,
  type JoiningPost,
  type Parcel,
} from '../../../workers/ingest/joined-sends.ts';

interface Named extends Parcel {
  readonly name: string;
}

interface Sent {
  readonly names: string;
  readonly by: string;
  succeed(): Promise<void>;
  fail(): Promise<void>;
}

/** A door and what it has sent; the clock is the fake timers'. */
class JoinWorld {
  readonly sends = new JoinedSends<Named>();
  readonly sent: Sent[] = [];
  readonly takenBack: string[] = [];
  readonly answers: string[] = [];
  kept = 0;

  begin(name: string): JoiningPost<Named> {
    const carrier: Carrier<Named> = {
      ship: (parcels) => this.#ship(name, parcels.map((parcel) => parcel.name).join(' ')),
      waitUntil: (task) => {
        this.kept++;
        void task.finally(() => this.kept--);
      },
      now: Date.now,
    };
    return this.sends.begin(carrier);
  }

  #ship(by: string, names: string) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const then = async (end: () => void) => {
      end();
      await pass(0);
    };
    this.sent.push({
      names,
      by,
      succeed: async () => await then(resolve),
      fail: async () => await then(() => reject(new Error('no queue'))),
    });
    return { sent: promise, takeBack: () => this.takenBack.push(names) };
  }

  /** As the door does: joins, notes the answer, ends. */
  join(post: JoiningPost<Named>, name: string, bytes = 100): void {
    void post
      .join({ name, bytes })
      .then((isSent) => this.answers.push(`${name} ${isSent ? 202 : 503}`))
      .finally(() => post.end());
  }

  post(name: string, bytes?: number): void {
    this.join(this.begin(name), name, bytes);
  }

  get lots(): string[] {
    return this.sent.map(({ names }) => names);
  }
}

const pass = async (ms: number): Promise<unknown> => await vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('[ING-8] what arrives together shares a send', () => {
  test('one that is alone leaves at once, and the next one too', async () => {
    const world = new JoinWorld();
    for (const name of ['a', 'b']) {
      world.post(name);
      expect(world.lots.at(-1)).toBe(name);
      await world.sent.at(-1)?.succeed();
    }
    expect(world.answers).toEqual(['a 202', 'b 202']);
    expect(vi.getTimerCount()).toBe(0);
    expect(world.kept).toBe(0);
  });

  test('those under way together leave together, each answered only after the send', async () => {
    const world = new JoinWorld();
    const posts = ['a', 'b', 'c'].map((name) => [name, world.begin(name)] as const);
    for (const [name, post] of posts) world.join(post, name);
    await pass(joinQuietMs);
    expect(world.lots).toEqual(['a b c']);
    await pass(joinWaitManyMsMax);
    expect(world.answers).toEqual([]);
    await world.sent[0]?.succeed();
    expect(world.answers).toEqual(['a 202', 'b 202', 'c 202']);
    expect(world.takenBack).toEqual([]);
    expect([vi.getTimerCount(), world.kept]).toEqual([0, 0]);
  });

  test('a send that fails fails all of them, once', async () => {
    const world = new JoinWorld();
    const posts = ['a', 'b', 'c'].map((name) => [name, world.begin(name)] as const);
    for (const [name, post] of posts) world.join(post, name);
    await pass(joinQuietMs);
    await world.sent[0]?.fail();
    expect(world.answers).toEqual(['a 503', 'b 503', 'c 503']);
    expect(world.takenBack).toEqual(['a b c']);
  });

  test('while a send is under way the others wait for it, but no longer than 25 ms', async () => {
    const world = new JoinWorld();
    world.post('a');
    world.post('b');
    await pass(joinWaitMsMax - 1);
    world.post('c');
    expect(world.lots).toEqual(['a']);
    await pass(1);
    expect(world.lots).toEqual(['a', 'b c']);
    world.post('d');
    await world.sent[1]?.succeed();
    await world.sent[0]?.succeed();
    // All that was waited for has ended.
    expect(world.lots).toEqual(['a', 'b c', 'd']);
  });

  test('where many come they wait for 100 ms; one fewer is not many', async () => {
    for (const [count, waitMs] of [
      [joinManyPosts - 1, joinWaitMsMax],
      [joinManyPosts, joinWaitManyMsMax],
    ] as const) {
      const world = new JoinWorld();
      world.post('first');
      for (let i = 0; i < count; i++) world.post(`${i}`);
      await pass(waitMs - 1);
      expect(world.lots).toEqual(['first']);
      await pass(1);
      expect(world.lots).toHaveLength(2);
    }
  });

  test('while POSTs begin, those that have come wait a little for them', async () => {
    const world = new JoinWorld();
    const first = world.begin('a');
    world.join(world.begin('b'), 'b');
    world.join(first, 'a');
    for (const name of ['c', 'd']) {
      await pass(joinQuietMs - 1);
      world.post(name);
    }
    await pass(joinQuietMs - 1);
    expect(world.lots).toEqual([]);
    await pass(joinQuietMs);
    expect(world.lots).toEqual(['b a c d']);
  });
});

describe('[ING-8] whom nobody waits for', () => {
  test('one that ends without a parcel: a body that could not be read', async () => {
    const world = new JoinWorld();
    const refused = world.begin('refused');
    world.post('a');
    expect(world.lots).toEqual([]);
    refused.end();
    expect(world.lots).toEqual(['a']);
    expect(world.sent[0]?.by).toBe('refused');
  });

  test('one that has been under way for more than a second, or that its platform has ended', async () => {
    const world = new JoinWorld();
    world.begin('slow');
    await pass(joinUnderWayMsMax);
    world.post('a');
    expect(world.lots).toEqual([]);
    await pass(joinWaitMsMax);
    world.post('b');
    expect(world.lots).toEqual(['a']);
    await world.sent[0]?.succeed();
    // With 'slow' alone beside it, 'b' is as good as alone.
    expect(world.lots).toEqual(['a', 'b']);
  });

  test('a message that is full: the next parcel begins another', async () => {
    const world = new JoinWorld();
    world.post('a');
    const half = envelopeBytesMax / 2;
    world.post('b', half);
    world.post('c', half - 100);
    expect(world.lots).toEqual(['a']);
    world.post('d', 101);
    expect(world.lots).toEqual(['a', 'b c']);
    world.post('more than a message', envelopeBytesMax);
    expect(world.lots).toEqual(['a', 'b c', 'd', 'more than a message']);
  });
});

describe('[ING-8] a request that the platform ends takes no other along', () => {
  /** Timers that are set meanwhile never go off. */
  function withoutTimers(act: () => void): void {
    const timers = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never);
    act();
    timers.mockRestore();
  }

  test('the one that was to send for all: another does, after a second', async () => {
    const world = new JoinWorld();
    world.post('a');
    withoutTimers(() => world.post('lost'));
    world.post('b');
    await pass(joinUnderWayMsMax - 1);
    expect(world.lots).toEqual(['a']);
    await pass(1);
    expect(world.lots).toEqual(['a', 'lost b']);
    expect(world.sent[1]?.by).toBe('b');
  });

  test('the one that was sending: the others are told that it failed, and what comes late changes nothing', async () => {
    const world = new JoinWorld();
    world.post('a');
    world.post('b');
    world.post('c');
    await pass(joinWaitMsMax);
    await pass(joinUnderWayMsMax + joinedSendMsMax);
    expect(world.answers.toSorted()).toEqual(['a 503', 'b 503', 'c 503']);
    expect(world.takenBack.toSorted()).toEqual(['a', 'b c']);
    await world.sent[0]?.succeed();
    await world.sent[1]?.fail();
    expect(world.answers).toHaveLength(3);
    expect(world.takenBack).toHaveLength(2);
  });
});
