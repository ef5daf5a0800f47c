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
      <Title title="Audit log" remark="Who did what, newest first. To read it is noted too.">
        <p class="title-acts">
          <Download />
          <button
            type="button"
            class="button primary"
            aria-disabled={isChecking.value}
            onClick={() => void checkLog()}
          >
            {isChecking.value ? 'Checking' : 'Check the log'}
          </button>
        </p>
      </Title>
      <CheckPanel />
      <FilterForm filter={filter.value} people={known} faults={faults} choose={choose} />
      <Failed what="The audit log" failure={failure.value} retry={() => void ask()} />
      <Lines />
    </>
  );
}

function Lines() {
  const shown = lines.value;
  if (shown === null) return failure.value ? null : <Bones rows={12} />;
  if (shown.length === 0) {
    return Object.keys(filter.value).length > 0 ? (
      <Empty title="No line is like that">
        <button type="button" class="button" onClick={() => choose({})}>
          Show all
        </button>
      </Empty>
    ) : (
      <Empty title="The log is empty">
        <p>The first sign-in, change or refusal writes its first line.</p>
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
          <span class="quiet">
            {shown.length === 1 ? 'That is the one line.' : `That is all: ${shown.length} lines.`}
          </span>
        ) : (
          <button
            type="button"
            class="button"
            aria-disabled={isAsking.value}
            onClick={() => !isAsking.value && void more()}
          >
            {isAsking.value ? 'Loading' : 'Older'}
          </button>
        )}
      </p>
    </>
  );
}

async function more(): Promise<void> {
  const before = lines.peek()?.length ?? 0;
  await ask(older.peek() ?? undefined);
  announce(`${(lines.peek()?.length ?? 0) - before} older lines.`);
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
        Download CSV
      </button>
    </>
  );
}

async function save(): Promise<void> {
  download.value = 'Downloading…';
  try {
    let downloaded = 'Downloaded';
    const file = await auditCsv(filter.peek(), (pages, isCut) => {
      download.value = `${pages} ${pages === 1 ? 'page' : 'pages'}…`;
      if (isCut)
        downloaded = `Downloaded the newest ${fileLinesMax.toLocaleString('en-US')} lines. Choose a time before the last of them for older ones.`;
    });
    saveAs('marquee-audit.csv', file);
    download.value = downloaded;
  } catch (error) {
    download.value = `Not downloaded. ${error instanceof TypeError ? 'The server did not answer.' : String((error as Error).message)}`;
  }
}

export function openAudit(): void {
  watchHistory();
  void ask();
  void people.load();
  void keys.load();
  startPage('audit', <Audit />);
}
