/** The first line answers it: does anything fire, and has somebody got it. Then the file of what is listed. */
import { signal } from '@preact/signals';
import { pagedCsv, saveAs } from '../admin/audit-csv.ts';
import { LinkState } from '../panels/link-state.tsx';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/alerts.ts';
import { csvSearch } from './alert-filter.ts';
import { failure, filter, firingNow, heard, shown } from './alert-list.ts';

const neverPaused = { picture: signal(null) };

export function AlertsHead() {
  const firing = firingNow.value;
  const untaken = firing.filter(({ acknowledged }) => !acknowledged).length;
  const isCritical = firing.some(({ severity }) => severity === 'CRITICAL');
  const isKnown = heard.live.value !== null;
  return (
    <header class="title">
      <div>
        <h1 tabIndex={-1} class={untaken > 0 && isCritical ? 'grave' : undefined}>
          {isKnown && (
            <Mark kind={firing.length === 0 ? 'healthy' : isCritical ? 'failing' : 'warning'} size={22} />
          )}
          {headline(isKnown, firing.length, untaken)}
        </h1>
        <div class="title-remark">
          {remark(isKnown, firing.length, untaken)}
          <LinkState store={{ heard, pause: neverPaused }} />
        </div>
      </div>
      {(shown.value !== null || failure.value !== null) && <Download />}
    </header>
  );
}

function headline(isKnown: boolean, firing: number, untaken: number): string {
  if (!isKnown) return say.alerts;
  if (firing === 0) return say.nothingIsFiring;
  if (untaken > 0) return say.alertsNeedSomebody(untaken);
  return say.allAcknowledged(firing);
}

function remark(isKnown: boolean, firing: number, untaken: number): string {
  if (!isKnown) return '';
  if (firing === 0) return say.noAlertInAnyRegion;
  const over = say.eachGoesOn;
  return firing > untaken && untaken > 0 ? say.firingAndAcknowledged(firing, firing - untaken) : over;
}

const download = signal('');

function Download() {
  const save = async (): Promise<void> => {
    if (download.peek() === say.downloading) return;
    download.value = say.downloading;
    try {
      const search = csvSearch(filter.peek());
      search.set('limit', '1000');
      const address = (cursor: string | undefined): string => {
        if (cursor !== undefined) search.set('cursor', cursor);
        return `/api/stats/alerts?${search}`;
      };
      saveAs('marquee-alerts.csv', await pagedCsv(address, () => undefined));
      download.value = say.downloaded;
    } catch (error) {
      download.value = say.notDownloaded(
        error instanceof TypeError ? say.serverDidNotAnswer : (error as Error).message,
      );
    }
  };
  return (
    <p class="title-acts">
      <span class="quiet" role="status">
        {download.value}
      </span>
      <button type="button" class="button" onClick={() => void save()}>
        {say.csv}
        <span class="unseen"> {say.ofTheAlertsThatAreListed}</span>
      </button>
    </p>
  );
}
