/** The state of the service in one line: the first thing on the page, and the largest. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import * as say from '../text/live.ts';
import { worstSeverity } from './alert-feed.ts';
import { downloadsJudgedMin, type RegionSummary, successRateMin } from './region-summary.ts';

export interface ServiceState {
  /** `warning` and `notice`: regions do well now, but alerts fire that are not critical. */
  readonly kind: 'healthy' | 'failing' | 'warning' | 'notice' | 'silent' | 'empty';
  readonly headline: string;
  /** The regions that the headline is about, worst first; of healthy ones the weakest. */
  readonly regions: readonly RegionSummary[];
  /** What else there is to know; may be empty. */
  readonly remark: string;
}

/**
 * `eventsJudged`: events of the last 5 minutes, or of what `overText` says, all regions. What the regions do now is judged here, by the last 5
 * minutes; alerts are judged by closed windows. They agree but for a minute or two, so the headline says both.
 */
export function serviceState(
  regions: readonly RegionSummary[],
  eventsJudged: number,
  firing: readonly AlertRow[],
  overText = say.inTheLast5Minutes,
): ServiceState {
  const now = regionsState(regions, eventsJudged, overText);
  const worst = worstSeverity(firing);
  if (worst === null) return now;
  const remark = [now.remark, acknowledgedRemark(firing)].filter((text) => text !== '').join(' ');
  const alerts = say.alertsCount(firing.length);
  if (now.kind !== 'healthy') return { ...now, headline: say.alsoFiring(now.headline, alerts), remark };
  const headline = say.alertsFiringIn(firing.length, placeOf(firing));
  const own = new Set(firing.map(({ region }) => region));
  const kind = ({ CRITICAL: 'failing', WARNING: 'warning', INFO: 'notice' } as const)[worst];
  return { kind, headline, regions: regions.filter(({ name }) => own.has(name)), remark };
}

function placeOf(firing: readonly AlertRow[]): string {
  const [first = '', ...more] = new Set(firing.map(({ region }) => region));
  return more.length === 0 ? first : say.regionsCount(more.length + 1);
}

function acknowledgedRemark(firing: readonly AlertRow[]): string {
  const count = firing.filter(({ acknowledged }) => acknowledged).length;
  if (count === 0) return '';
  return count === firing.length ? say.isAcknowledged : say.someAcknowledged(count, firing.length);
}

function regionsState(
  regions: readonly RegionSummary[],
  eventsJudged: number,
  overText: string,
): ServiceState {
  const of = (status: RegionSummary['status']) => regions.filter((region) => region.status === status);
  const failing = of('failing');
  const silent = of('silent');
  const idle = of('idle');
  const total = regions.length;
  if (failing.length > 0) {
    const headline = say.failingDownloads(failing.length, total);
    return { kind: 'failing', headline, regions: failing, remark: silentRemark(silent) };
  }
  if (eventsJudged === 0) {
    const headline = say.noEventsOver(overText);
    return { kind: 'empty', headline, regions: silent, remark: '' };
  }
  if (silent.length > 0) {
    return {
      kind: 'silent',
      headline: say.silentCount(silent.length, total),
      regions: silent,
      remark: '',
    };
  }
  const weakest = weakestOf(regions);
  return {
    kind: 'healthy',
    headline: healthy(total, idle.length),
    regions: weakest ? [weakest] : [],
    remark: [recoveredRemark(regions), idleRemark(idle)].filter((text) => text !== '').join(' '),
  };
}

/** Nothing fails, so this is where it would first: the lowest success rate that rests on enough downloads. */
function weakestOf(regions: readonly RegionSummary[]): RegionSummary | undefined {
  return regions
    .filter(
      ({ downloads, successRate }) => downloads >= downloadsJudgedMin && (successRate ?? 0) >= successRateMin,
    )
    .sort((a, b) => (a.successRate ?? 1) - (b.successRate ?? 1))[0];
}

/** Healthy now, while the last 5 minutes still hold what is over. */
function recoveredRemark(regions: readonly RegionSummary[]): string {
  const recovered = regions.filter(
    ({ status, downloads, successRate }) =>
      status === 'healthy' && downloads >= downloadsJudgedMin && (successRate ?? 1) < successRateMin,
  );
  if (recovered.length === 0) return '';
  return say.haveRecovered(recovered.length, listed(recovered));
}

function healthy(total: number, idle: number): string {
  if (idle === 0) return total === 1 ? say.theRegionIsHealthy : say.allRegionsHealthy(total);
  const active = total - idle;
  return active === 1 ? say.oneActiveHealthy : say.allActiveHealthy(active);
}

function silentRemark(silent: readonly RegionSummary[]): string {
  return silent.length === 0 ? '' : say.areSilent(silent.length, listed(silent));
}

function idleRemark(idle: readonly RegionSummary[]): string {
  return idle.length === 0 ? '' : say.noEventsFrom(listed(idle));
}

/** Up to four names, or three and how many more. */
function listed(regions: readonly RegionSummary[]): string {
  const names = regions.map(({ name }) => name);
  if (names.length > 4) return say.andMore(names.slice(0, 3).join(', '), names.length - 3);
  return names.length === 1 ? names.join('') : say.bothOf(names.slice(0, -1).join(', '), names.at(-1) ?? '');
}
