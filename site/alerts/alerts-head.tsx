/** The first line answers it: does anything fire, and has somebody got it. Then the file of what is listed. */
import { signal } from '@preact/signals';
import { pagedCsv, saveAs } from '../admin/audit-csv.ts';
import { LinkState } from '../panels/link-state.tsx';
import { Mark } from '../panels/mark.tsx';
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
  if (!isKnown) return 'Alerts';
  if (firing === 0) return 'Nothing is firing';
  if (untaken > 0) return `${untaken} ${untaken === 1 ? 'alert needs' : 'alerts need'} somebody`;
  return firing === 1
    ? 'The one alert that fires is acknowledged'
    : `All ${firing} that fire are acknowledged`;
}

function remark(isKnown: boolean, firing: number, untaken: number): string {
  if (!isKnown) return '';
  if (firing === 0) return 'No alert in any region. ';
  const over = 'Each goes on until its region is healthy again. ';
  return firing > untaken && untaken > 0 ? `${firing} firing, ${firing - untaken} acknowledged. ` : over;
}

const download = signal('');

function Download() {
  const save = async (): Promise<void> => {
    if (download.peek() === 'Downloading') return;
    download.value = 'Downloading';
    try {
      const search = csvSearch(filter.peek());
      search.set('limit', '1000');
      const address = (cursor: string | undefined): string => {
        if (cursor !== undefined) search.set('cursor', cursor);
        return `/api/stats/alerts?${search}`;
      };
      saveAs('marquee-alerts.csv', await pagedCsv(address, () => undefined));
      download.value = 'Downloaded';
    } catch (error) {
      download.value = `Not downloaded. ${error instanceof TypeError ? 'The server did not answer.' : (error as Error).message}`;
    }
  };
  return (
    <p class="title-acts">
      <span class="quiet" role="status">
        {download.value}
      </span>
      <button type="button" class="button" onClick={() => void save()}>
        CSV<span class="unseen"> of the alerts that are listed</span>
      </button>
    </p>
  );
}
