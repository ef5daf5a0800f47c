import { wholeText } from '../format/number.ts';
import * as say from '../text/admin-audit.ts';
import './table.css';
import './audit.css';
import { signal } from '@preact/signals';
import { announce, startPage, Title } from './admin-page.tsx';
import { CheckPanel, checkLog, isChecking } from './audit-check-panel.tsx';
import { auditCsv, fileLinesMax, saveAs } from './audit-csv.ts';
import { auditFields, withField } from './audit-filter.ts';
import { FilterForm } from './audit-filter-form.tsx';
import { ask, choose, failure, filter, isAsking, lines, older, watchHistory } from './audit-log.ts';
import { AuditTable } from './audit-table.tsx';
import { formFaults } from './problem-fields.ts';
import { Resource } from './resource.ts';
import type { KeyRow, Listed, PersonRow } from './rows.ts';
import { Bones, Empty, Failed } from './waiting.tsx';

/** For names; without them ids are shown. */
const people = new Resource<Listed<PersonRow>>('/api/admin/people');
const keys = new Resource<Listed<KeyRow>>('/api/admin/keys');

function Audit() {
  const known = people.value.value?.data ?? [];
  const faults = formFaults(failure.value?.problem ?? null, '', auditFields).fields;
  return (
    <>
      <Title title={say.auditLog} remark={say.auditRemark}>
        <p class="title-acts">
          <Download />
          <button
            type="button"
            class="button primary"
            aria-disabled={isChecking.value}
            onClick={() => void checkLog()}
          >
            {isChecking.value ? say.checking : say.checkTheLog}
          </button>
        </p>
      </Title>
      <CheckPanel />
      <FilterForm filter={filter.value} people={known} faults={faults} choose={choose} />
      <Failed what={say.theAuditLog} failure={failure.value} retry={() => void ask()} />
      <Lines />
    </>
  );
}

function Lines() {
  const shown = lines.value;
  if (shown === null) return failure.value ? null : <Bones rows={12} />;
  if (shown.length === 0) {
    return Object.keys(filter.value).length > 0 ? (
      <Empty title={say.noLineIsLikeThat}>
        <button type="button" class="button" onClick={() => choose({})}>
          {say.showAll}
        </button>
      </Empty>
    ) : (
      <Empty title={say.theLogIsEmpty}>
        <p>{say.firstLine}</p>
      </Empty>
    );
  }
  const names = new Map(
    [people, keys].flatMap(({ value }) => value.value?.data.map(({ id, name }) => [id, name] as const) ?? []),
  );
  return (
    <>
      <AuditTable
        lines={shown}
        nameOf={(id) => names.get(id) ?? id}
        narrow={(name, value) => choose(withField(filter.value, name, value))}
      />
      <p class="older">
        {older.value === null ? (
          <span class="quiet">{say.allLinesShown(shown.length)}</span>
        ) : (
          <button
            type="button"
            class="button"
            aria-disabled={isAsking.value}
            onClick={() => !isAsking.value && void more()}
          >
            {isAsking.value ? say.loading : say.older}
          </button>
        )}
      </p>
    </>
  );
}

async function more(): Promise<void> {
  const before = lines.peek()?.length ?? 0;
  await ask(older.peek() ?? undefined);
  announce(say.olderLines((lines.peek()?.length ?? 0) - before));
}

const download = signal<string | null>(null);

function Download() {
  const isBusy = download.value?.endsWith('…') === true;
  return (
    <>
      {download.value !== null && (
        <span class="quiet" role="status">
          {download.value}
        </span>
      )}
      <button type="button" class="button" aria-disabled={isBusy} onClick={() => !isBusy && void save()}>
        {say.downloadCsv}
      </button>
    </>
  );
}

async function save(): Promise<void> {
  download.value = say.downloading;
  try {
    let downloaded = say.downloaded;
    const file = await auditCsv(filter.peek(), (pages, isCut) => {
      download.value = say.pagesDownloaded(pages);
      if (isCut) downloaded = say.downloadedNewest(wholeText(fileLinesMax));
    });
    saveAs('marquee-audit.csv', file);
    download.value = downloaded;
  } catch (error) {
    download.value = say.notDownloaded(
      error instanceof TypeError ? say.serverDidNotAnswer : (error as Error).message,
    );
  }
}

export function openAudit(): void {
  watchHistory();
  void ask();
  void people.load();
  void keys.load();
  startPage('audit', <Audit />);
}
