/** The alerts in three groups: what needs somebody, what somebody has, what is over. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { signInAddress } from '../access/session.ts';
import { Bones, Failed } from '../admin/waiting.tsx';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/alerts.ts';
import { AlertEntry } from './alert-entry.tsx';
import { type AlertGroup, narrowing, rangeOf, rangeWords, stateWords } from './alert-filter.ts';
import { ask, failure, filter, heard, isAsking, older, retry, shown } from './alert-list.ts';

export function AlertLog() {
  const groups = shown.value;
  useLinkedAlert(groups !== null);
  if (heard.link.value.kind === 'signed-out') return <SignedOut />;
  const { state } = filter.value;
  const isListed = (group: AlertGroup): boolean => state === undefined || state === group;
  return (
    <>
      <Failed what={say.theAlerts} failure={failure.value} retry={retry} needed="viewer">
        {groups !== null && say.listedWasKnownBefore}
      </Failed>
      {groups === null ? (
        failure.value === null && <Bones rows={8} />
      ) : (
        <>
          {isListed('firing') && <Group group="firing" alerts={groups.firing} none={<NothingFires />} />}
          {(state === 'acknowledged' || (state === undefined && groups.acknowledged.length > 0)) && (
            <Group
              group="acknowledged"
              alerts={groups.acknowledged}
              none={say.nothingThatFiresIsAcknowledged}
            />
          )}
          {isListed('resolved') && (
            <Group group="resolved" alerts={groups.resolved} none={say.nothingWasResolved(whenText())}>
              <Older count={groups.resolved.length} />
            </Group>
          )}
        </>
      )}
    </>
  );
}

const isNarrowed = (): boolean => narrowing.some((name) => filter.value[name]) || Boolean(filter.value.from);

const whenText = (): string =>
  filter.value.from ? say.inTheChosenTime : say.inThe(rangeWords[rangeOf(filter.value)].toLowerCase());

interface GroupProps {
  readonly group: AlertGroup;
  readonly alerts: readonly AlertRow[];
  readonly none: ComponentChildren;
  readonly children?: ComponentChildren;
}

function Group({ group, alerts, none, children }: GroupProps) {
  return (
    <section class="panel alert-log" aria-labelledby={`${group}-title`}>
      <h2 id={`${group}-title`}>
        {stateWords[group]}{' '}
        <span class="quiet plain">
          {group === 'firing' && alerts.length > 0 && say.andNobodyHasItYet}
          {group === 'acknowledged' && say.andStillFiring}
          {group === 'resolved' && whenText()}
        </span>
      </h2>
      {alerts.length === 0 ? (
        <div class="none quiet">{none}</div>
      ) : (
        <ul class="alert-list">
          {alerts.map((alert) => (
            <AlertEntry key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
      {children}
    </section>
  );
}

function NothingFires() {
  return (
    <>
      <Mark kind="healthy" />
      {isNarrowed()
        ? say.nothingAskedForFires
        : shown.value?.acknowledged.length
          ? say.everythingThatFiresIs
          : say.nothingFires}
    </>
  );
}

function Older({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <p class="older">
      {older.value === null ? (
        <span class="quiet">{say.thatIsAll(count)}</span>
      ) : (
        <button
          type="button"
          class="button"
          aria-disabled={isAsking.value}
          onClick={() => !isAsking.peek() && void ask(older.peek() ?? undefined)}
        >
          {isAsking.value ? say.loading : say.older}
        </button>
      )}
    </p>
  );
}

function SignedOut() {
  return (
    <div class="empty">
      <h2>{say.signedOut}</h2>
      <p>{say.shownAgainOnceSignedIn}</p>
      <a class="button primary" href={signInAddress()}>
        {say.signIn}
      </a>
    </div>
  );
}

/** An alert that the address names is brought into sight, once. */
function useLinkedAlert(isThere: boolean): void {
  useEffect(() => {
    const { alert } = filter.peek();
    if (!isThere || alert === undefined) return;
    document.querySelector(`[data-alert="${CSS.escape(alert)}"]`)?.scrollIntoView({ block: 'start' });
  }, [isThere]);
}
