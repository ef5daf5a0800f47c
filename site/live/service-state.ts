/** The state of the service in one line: the first thing on the page, and the largest. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
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
  overText = 'in the last 5 minutes',
): ServiceState {
  const now = regionsState(regions, eventsJudged, overText);
  const worst = worstSeverity(firing);
  if (worst === null) return now;
  const remark = [now.remark, acknowledgedRemark(firing)].filter((text) => text !== '').join(' ');
  const alerts = firing.length === 1 ? '1 alert' : `${firing.length} alerts`;
  if (now.kind !== 'healthy') return { ...now, headline: `${now.headline}, ${alerts} firing`, remark };
  const headline = `${alerts} ${firing.length === 1 ? 'is' : 'are'} firing in ${placeOf(firing)}`;
  const own = new Set(firing.map(({ region }) => region));
  const kind = ({ CRITICAL: 'failing', WARNING: 'warning', INFO: 'notice' } as const)[worst];
  return { kind, headline, regions: regions.filter(({ name }) => own.has(name)), remark };
}

function placeOf(firing: readonly AlertRow[]): string {
  const [first = '', ...more] = new Set(firing.map(({ region }) => region));
  return more.length === 0 ? first : `${more.length + 1} regions`;
}

function acknowledgedRemark(firing: readonly AlertRow[]): string {
  const count = firing.filter(({ acknowledged }) => acknowledged).length;
  if (count === 0) return '';
  return count === firing.length ? 'Acknowledged.' : `${count} of ${firing.length} acknowledged.`;
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
    const headline = `${count(failing.length, total)} failing downloads`;
    return { kind: 'failing', headline, regions: failing, remark: silentRemark(silent) };
  }
  if (eventsJudged === 0) {
    const headline = `No events ${overText}`;
    return { kind: 'empty', headline, regions: silent, remark: '' };
  }
  if (silent.length > 0) {
    return { kind: 'silent', headline: `${count(silent.length, total)} silent`, regions: silent, remark: '' };
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
  return `${listed(recovered)} ${recovered.length === 1 ? 'has' : 'have'} recovered.`;
}

/** "3 of 12 regions are" */
function count(some: number, total: number): string {
  return `${some} of ${total} regions ${some === 1 ? 'is' : 'are'}`;
}

function healthy(total: number, idle: number): string {
  if (idle === 0) return total === 1 ? 'The region is healthy' : `All ${total} regions are healthy`;
  const active = total - idle;
  return active === 1 ? 'The one active region is healthy' : `All ${active} active regions are healthy`;
}

function silentRemark(silent: readonly RegionSummary[]): string {
  return silent.length === 0 ? '' : `${listed(silent)} ${silent.length === 1 ? 'is' : 'are'} silent.`;
}

function idleRemark(idle: readonly RegionSummary[]): string {
  return idle.length === 0 ? '' : `No events in the last hour from ${listed(idle)}.`;
}

/** Up to four names, or three and how many more. */
function listed(regions: readonly RegionSummary[]): string {
  const names = regions.map(({ name }) => name);
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
  return names.length === 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
