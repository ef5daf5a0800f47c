/** Is everything well, right now? The answer is the largest thing on the page. */
import type { ComponentChildren } from 'preact';
import { signInAddress } from '../access/session.ts';
import { valueText } from '../filter/value-list.ts';
import { shareFigure } from '../format/number.ts';
import { agoFigure, clockText, hourText } from '../format/time.ts';
import type { Link } from '../live/connection.ts';
import { stampOf } from '../live/frame.ts';
import type { RegionSummary } from '../live/region-summary.ts';
import type { ServiceState } from '../live/service-state.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import { FirstEvent } from './first-event.tsx';
import { Mark, type MarkKind } from './mark.tsx';

interface ServicePanelProps {
  readonly store: Store;
  readonly retry: () => void;
}

export function ServicePanel({ store, retry }: ServicePanelProps) {
  const link = store.heard.link.value;
  const hasData = store.live.value !== null;
  if (link.kind === 'signed-out') return <SignedOut />;
  if (!hasData && link.kind !== 'reconnecting' && link.kind !== 'offline') {
    return <Statement mark="busy" headline={say.connecting} tone="quiet" />;
  }
  if (link.kind === 'reconnecting' || link.kind === 'offline') {
    return <Lost store={store} link={link} hasData={hasData} retry={retry} />;
  }
  const state = store.service.value;
  return (
    <Statement
      mark={markOf[state.kind]}
      headline={headlineOf(store, state.headline)}
      tone={state.kind}
      isStale={store.stale.value}
    >
      <Remark state={state} choose={(name) => store.choose({ region: valueText([name], false) })} />
      {state.kind === 'empty' && <FirstEvent region={exampleRegion(store)} />}
    </Statement>
  );
}

/** What was is not told as what is. */
function headlineOf(store: Store, headline: string): string {
  const stamp = stampOf(store.frame.value);
  if (stamp === null) return headline;
  const past = headline.replace(/\b(?:is|are)\b/, (word) => (word === 'is' ? 'was' : 'were'));
  return `${hourText(stamp)}: ${past}`;
}

const markOf = {
  healthy: 'healthy',
  failing: 'failing',
  warning: 'warning',
  notice: 'info',
  silent: 'silent',
  empty: say.idle,
} as const;

interface StatementProps {
  readonly isStale?: boolean;
  readonly mark: MarkKind;
  readonly headline: string;
  readonly tone: string;
  readonly children?: ComponentChildren;
}

function Statement({ mark, headline, tone, isStale = false, children }: StatementProps) {
  return (
    <section class={`service service-${tone}${isStale ? ' stale' : ''}`} aria-label={say.stateOfTheService}>
      <h1>
        <Mark kind={mark} size={26} />
        <span role="status">{headline}</span>
      </h1>
      {children}
    </section>
  );
}

/** Names of the regions that the headline is about; each filters the page. */
function Remark({
  state,
  choose,
}: {
  readonly state: ServiceState;
  readonly choose: (name: string) => void;
}) {
  if (state.regions.length === 0 && state.remark === '') return null;
  return (
    <p class="remark">
      {state.regions.slice(0, 6).map((region) => (
        <button type="button" class="mention" key={region.name} onClick={() => choose(region.name)}>
          {state.kind === 'healthy' && say.lowestSuccessRate}
          <b>{region.name}</b> {evidence(state.kind, region)}
        </button>
      ))}
      {state.regions.length > 6 && <span>{say.andMoreRegions(state.regions.length - 6)}</span>}
      {state.remark && <span class="quiet">{state.remark}</span>}
    </p>
  );
}

function evidence(kind: ServiceState['kind'], { status, successRate, lastEventMs }: RegionSummary): string {
  if (status === 'silent' || (status === 'idle' && lastEventMs !== null)) return silence(lastEventMs ?? 0);
  if (successRate === null) return say.noDownloads;
  const share = `${shareFigure(successRate, '').text}\u202f%`;
  return kind === 'healthy' ? share : say.succeed(share);
}

function silence(ms: number): string {
  const { text, unit } = agoFigure(ms);
  return say.silentFor(text, unit);
}

function SignedOut() {
  return (
    <Statement mark="idle" headline={say.signedOut} tone="quiet">
      <p class="remark">
        <span>{say.signInEnded}</span>
        <a class="button primary" href={signInAddress()}>
          {say.signIn}
        </a>
      </p>
    </Statement>
  );
}

interface LostProps {
  readonly store: Store;
  readonly link: Extract<Link, { retryAt: number | null }>;
  readonly hasData: boolean;
  readonly retry: () => void;
}

/** What happened, what still works, what to do. */
function Lost({ store, link, hasData, retry }: LostProps) {
  const isOffline = link.kind === 'offline';
  const since = clockText(store.heard.moment.value.asOf);
  // A server that restarts is back before a second attempt: until then there is nothing to explain.
  const trouble = link.attempts > 1 || !hasData ? link.trouble : null;
  const headline = hasData
    ? isOffline
      ? say.offlineSince(since)
      : say.notConnectedSince(since)
    : (trouble?.title ?? say.connecting);
  const seconds = link.retryAt === null ? 0 : Math.ceil((link.retryAt - store.heard.now.value) / 1000);
  return (
    <Statement mark={hasData || trouble ? 'down' : 'busy'} headline={headline} tone="lost">
      <p class="remark">
        {hasData && <span>{say.lastHeard(store.service.value.headline)}</span>}
        {isOffline && <span>{say.thisDeviceHasNoNetwork}</span>}
        {trouble && !isOffline && <span>{hasData ? `${trouble.title}.` : trouble.detail}</span>}
        <span class="quiet">{seconds > 0 ? say.tryingAgainIn(seconds) : say.tryingAgainNow}</span>
        <button type="button" class="button" onClick={retry}>
          {say.tryNow}
        </button>
      </p>
    </Statement>
  );
}

/** One that every deployment of the shipped registry has, or else any. */
function exampleRegion(store: Store): string {
  const names = store.summaries.value.map(({ name }) => name);
  return names.includes('EU-London') ? 'EU-London' : (names[0] ?? 'EU-London');
}
