// What the simulation is worth: with a rule broken on purpose it must find a difference. The bugs are planted from
// outside, by a store or database that does not do its part, or by a module of core that is replaced.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { encodeChunk } from '../../core/protocol/chunk.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import type { MakeSeams } from './search.ts';
import { Database } from './shard-store.ts';

// Each may have to play some hundred histories, beside others.
vi.setConfig({ testTimeout: 120_000 });

const firstSeed = 1;
const historiesMax = 400;

afterEach(() => {
  vi.doUnmock('../../core/window/identity-set.ts');
  vi.doUnmock('../../core/window/watermark.ts');
  vi.doUnmock('../../core/window/time.ts');
  vi.doUnmock('../../core/window/door-ledger.ts');
  vi.doUnmock('../../core/window/log-row.ts');
  vi.doUnmock('../../core/window/replay.ts');
  vi.doUnmock('../../core/window/newest-windows.ts');
  vi.doUnmock('../../core/window/update-tracker.ts');
  vi.doUnmock('../../core/alert/book.ts');
  vi.doUnmock('../../core/alert/ledger.ts');
  vi.resetModules();
});

/** The message of the first difference, with modules as they are mocked now; null when there is none. */
async function firstDifference(makeSeams?: MakeSeams): Promise<string | null> {
  vi.resetModules();
  const { tryHistory } = await import('./search.ts');
  for (let i = 0; i < historiesMax; i++) {
    const found = tryHistory(firstSeed + i, 200, undefined, makeSeams);
    if (found) return found.message;
  }
  return null;
}

const without =
  (kind: RegionEffect['kind']) =>
  (effects: readonly RegionEffect[]): readonly RegionEffect[] =>
    effects.filter((effect) => effect.kind !== kind);

describe('a store or database that does not do its part', () => {
  test('nothing is found where nothing is planted', async () => {
    expect(await firstDifference()).toBeNull();
  });

  test('[DUP-2] D1 without the guard of revisions', async () => {
    expect(await firstDifference(() => ({ database: new Database({ windowsGuarded: false }) }))).toMatch(
      /window/,
    );
  });

  test('[LOG-5] a failed write to D1 taken for a good one', async () => {
    expect(await firstDifference(() => ({ believesFailures: false }))).toMatch(/in D1|of window|hour/);
  });

  test('[LIV-1, LOG-5] D1 that adds a state to the one before instead of replacing it', async () => {
    expect(await firstDifference(() => ({ database: new Database({ adds: true }) }))).toMatch(/of window/);
  });

  test('[LOG-1] a message that is acknowledged before its chunks are committed', async () => {
    expect(await firstDifference(() => ({ acksFirst: true }))).toMatch(/chunks without a verdict/);
  });

  test('[LOG-5] dead windows that are not parked', async () => {
    expect(await firstDifference(() => ({ intoStore: without('park') }))).not.toBeNull();
  });

  test('[LOG-2] a log that is trimmed though the snapshot was not written', async () => {
    expect(await firstDifference(() => ({ intoStore: without('snapshot') }))).not.toBeNull();
  });

  test('[LOG-2] a row of the log that is not written', async () => {
    expect(await firstDifference(() => ({ intoStore: without('append') }))).not.toBeNull();
  });

  test('[LAK-1] a seal plan that is not kept', async () => {
    expect(await firstDifference(() => ({ intoStore: without('sealing') }))).not.toBeNull();
  });

  test('[LAK-1, LOG-5b] a row that is trimmed before it is sealed', async () => {
    const oneTooMany: MakeSeams = () => ({
      intoStore: (effects) =>
        effects.map((effect) =>
          effect.kind === 'trim' ? { ...effect, beforeRow: effect.beforeRow + 1 } : effect,
        ),
    });
    expect(await firstDifference(oneTooMany)).not.toBeNull();
  });

  test('[LOG-4] chunks that come again under other numbers', async () => {
    const found = await firstDifference(() => ({
      onDelivery: ({ header, events, bytes }, times) =>
        times === 1
          ? bytes
          : encodeChunk({ ...header, firstNumber: header.firstNumber + 1000 * times }, events),
    }));
    expect(found).toMatch(/verdicts|totals/);
  });
});

/** The store keeps the book of alerts, but not all of it. */
const bookWithout =
  (members: object) =>
  (effects: readonly RegionEffect[]): readonly RegionEffect[] =>
    effects.map((effect) =>
      effect.kind === 'alerts'
        ? { ...effect, body: JSON.stringify({ ...JSON.parse(effect.body), ...members }) }
        : effect,
    );

describe('alerts that are not looked after', () => {
  test('[ALR-1] a book of alerts that is not stored', async () => {
    expect(await firstDifference(() => ({ intoStore: without('alerts') }))).toMatch(/alert|answer|cause/);
  });

  test('[ALR-1] a person has closed an alert, and that is lost', async () => {
    const found = await firstDifference(() => ({ intoStore: bookWithout({ closings: [] }) }));
    expect(found).toMatch(/alerts|answer/);
  });

  test('[ALR-1, WIN-3] how far was judged is lost', async () => {
    vi.doMock(import('../../core/alert/book.ts'), async (original) => {
      const module = await original();
      return { ...module, decodeBook: (text) => ({ ...module.decodeBook(text), judgedMinute: 0 }) };
    });
    expect(await firstDifference()).toMatch(/watermark|alerts/);
  });

  test('[ALR-1] late data that is not judged', async () => {
    expect(await firstDifference(() => ({ judgesLateData: false }))).toMatch(/alerts/);
  });

  test('[ALR-1, DUP-2] D1 without the guard of revisions', async () => {
    const found = await firstDifference(() => ({ database: new Database({ alertsGuarded: false }) }));
    expect(found).toMatch(/alerts in D1/);
  });

  test('[ALR-1, LOG-2] the log does not keep what dead windows have left', async () => {
    vi.doMock(import('../../core/alert/book.ts'), async (original) => {
      const module = await original();
      const { emptyBase } = await import('../../core/alert/fold.ts');
      return {
        ...module,
        AlertBook: class extends module.AlertBook {
          override get base() {
            return emptyBase(super.base.throughMinute);
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/alert|answer|cause/);
  });

  test('[ALR-1] an alert that can still come back after a death is forgotten', async () => {
    vi.doMock(import('../../core/alert/ledger.ts'), async (original) => {
      const module = await original();
      return {
        ...module,
        AlertLedger: class extends module.AlertLedger {
          override forget(keptMinute: number): void {
            super.forget(keptMinute + 20);
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/alert|answer|cause/);
  });
});

describe('a part of core that is broken', () => {
  test('[DUP-1] every identity is new', async () => {
    vi.doMock(import('../../core/window/identity-set.ts'), async (original) => {
      const { IdentitySet } = await original();
      return {
        IdentitySet: class extends IdentitySet {
          override addNew(
            identity: Parameters<InstanceType<typeof IdentitySet>['addNew']>[0],
            list: Uint16Array,
            count: number,
          ): number {
            super.addNew(identity, list.slice(), count);
            return count;
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/totals/);
  });

  test('[LOG-2, DUP-1] identities are forgotten on waking', async () => {
    vi.doMock(import('../../core/window/replay.ts'), async (original) => {
      const module = await original();
      const { IdentitySet } = await import('../../core/window/identity-set.ts');
      const replay: typeof module.replay = (source, nowMs) => {
        const state = module.replay(source, nowMs);
        for (const window of state.table.inTimeOrder()) {
          Object.assign(window, { identities: new IdentitySet() });
        }
        return state;
      };
      return { ...module, replay };
    });
    expect(await firstDifference()).toMatch(/totals|cause/);
  });

  test('[WIN-3] the watermark follows event times that are ahead of the server', async () => {
    vi.doMock(import('../../core/window/watermark.ts'), async (original) => {
      const { Watermark } = await original();
      return {
        Watermark: class extends Watermark {
          override advance(nowMs: number): number {
            return super.advance(Math.max(nowMs, this.greatestMs ?? nowMs));
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/watermark|closed/);
  });

  test('[WIN-3] silence holds windows open', async () => {
    vi.doMock(import('../../core/window/watermark.ts'), async (original) => {
      const { Watermark } = await original();
      return {
        Watermark: class extends Watermark {
          override advance(nowMs: number): number {
            return super.advance(Math.min(nowMs, this.greatestMs ?? nowMs));
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/watermark|alarms/);
  });

  test('[WIN-5] lateness ends a minute early', async () => {
    vi.doMock(import('../../core/window/time.ts'), async (original) => {
      const module = await original();
      return { ...module, oldestLivingMinute: (ms: number) => module.oldestLivingMinute(ms) + 1 };
    });
    expect(await firstDifference()).not.toBeNull();
  });

  test('[WIN-1] a pane holds its end', async () => {
    vi.doMock(import('../../core/window/time.ts'), async (original) => {
      const module = await original();
      return { ...module, paneIndexOf: (ms: number) => module.paneIndexOf(Math.max(0, ms - 1)) };
    });
    expect(await firstDifference()).toMatch(/panes of window/);
  });

  test('[LOG-4] the numbers of doors are ignored', async () => {
    vi.doMock(import('../../core/window/door-ledger.ts'), async (original) => {
      const { DoorLedger } = await original();
      return {
        DoorLedger: class extends DoorLedger {
          override standing(): 'new' {
            return 'new';
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/verdicts|totals/);
  });

  test('[LOG-4] voids are not taken over', async () => {
    vi.doMock(import('../../core/window/door-ledger.ts'), async (original) => {
      const { DoorLedger } = await original();
      return {
        DoorLedger: class extends DoorLedger {
          override commit(header: Parameters<InstanceType<typeof DoorLedger>['commit']>[0]): void {
            super.commit({ ...header, voids: [] });
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/verdicts/);
  });

  test('[LOG-4] the snapshot forgets the doors', async () => {
    vi.doMock(import('../../core/window/door-ledger.ts'), async (original) => {
      const { DoorLedger } = await original();
      return {
        DoorLedger: class extends DoorLedger {
          override stored(): [] {
            return [];
          }
        },
      };
    });
    expect(await firstDifference()).toMatch(/verdicts|totals/);
  });

  test('[LOG-2] verdicts are not logged', async () => {
    vi.doMock(import('../../core/window/log-row.ts'), async (original) => {
      const module = await original();
      const encodeLogRow: typeof module.encodeLogRow = (row) =>
        module.encodeLogRow({ ...row, chunks: row.chunks.map(({ bytes }) => ({ bytes, verdicts: null })) });
      return { ...module, encodeLogRow };
    });
    expect(await firstDifference()).not.toBeNull();
  });

  test('[LIV-1] what changed of a window that dies is told to nobody', async () => {
    vi.doMock(import('../../core/window/update-tracker.ts'), async (original) => {
      const module = await original();
      return {
        ...module,
        UpdateTracker: class extends module.UpdateTracker {
          override noteDead(): void {}
        },
      };
    });
    expect(await firstDifference()).toMatch(/what viewers see/);
  });

  test('[LIV-1] an update that was lost is told to nobody again', async () => {
    vi.doMock(import('../../core/window/update-tracker.ts'), async (original) => {
      const module = await original();
      return {
        ...module,
        UpdateTracker: class extends module.UpdateTracker {
          override noteLost(): void {}
        },
      };
    });
    expect(await firstDifference()).toMatch(/what viewers see/);
  });

  test('[DUP-2] the older of two states counts as the newer', async () => {
    vi.doMock(import('../../core/window/newest-windows.ts'), async (original) => {
      const module = await original();
      const isNewer: typeof module.isNewer = (a, b) => module.isNewer(b, a);
      return { ...module, isNewer };
    });
    expect(await firstDifference()).toMatch(/window/);
  });
});
