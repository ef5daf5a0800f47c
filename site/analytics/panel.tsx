/** What the panels share: title, CSV, and what stands there before rows, without any and where they could not be had. */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { currentIdentity } from '../access/session.ts';
import { pagedCsv, saveAs } from '../admin/audit-csv.ts';
import type { Failure } from '../admin/resource.ts';
import { Mark } from '../panels/mark.tsx';
import { PanelMore } from '../panels/panel-more.tsx';
import * as say from '../text/analytics.ts';
import { type PanelAnswer, showAllRows, shownRows } from './panel-answer.ts';

export interface PanelProps<D> {
  readonly id: string;
  readonly title: string;
  /** Quieter, behind the title. */
  readonly remark?: ComponentChildren;
  readonly answer: PanelAnswer<{ readonly data: D }>;
  /** What is said where there are no rows, and what to do. */
  readonly none: ComponentChildren;
  /** Rows of the skeleton. */
  readonly bones: number;
  /** Whether there is one to take away as a picture. */
  readonly hasChart?: boolean;
  /** Whether a few rows are shown at first. */
  readonly isList?: boolean;
  /** Above the rows, whatever there is of them. */
  readonly before?: ComponentChildren;
  /** Rows, or an object, as the service gives it. */
  readonly children: (data: D) => ComponentChildren;
}

export function Panel<D extends object>({
  id,
  title,
  remark,
  answer,
  none,
  bones,
  hasChart,
  isList,
  before,
  children,
}: PanelProps<D>) {
  const all = answer.value.value?.data ?? null;
  const rows = Array.isArray(all) && isList ? (shownRows(id, all) as unknown as D) : all;
  const left = countOf(all) - countOf(rows);
  const failure = answer.failure.value;
  return (
    <section class={`panel ${id}-panel`} aria-labelledby={`${id}-title`} aria-busy={!rows && !failure}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>
          {title} <span class="quiet plain">{remark}</span>
        </h2>
        {countOf(rows) > 0 && (
          <span class="panel-ways">
            <CsvButton id={id} title={title} answer={answer} />
            {hasChart && <PanelMore title={title} />}
          </span>
        )}
      </header>
      {before}
      {failure && <PanelFailure title={title} failure={failure} isOld={rows !== null} retry={answer.load} />}
      {rows === null && !failure && <Bones rows={bones} />}
      {rows !== null && countOf(rows) === 0 && <div class="none quiet">{none}</div>}
      {rows !== null && countOf(rows) > 0 && children(rows)}
      {left > 0 && (
        <p class="more">
          <button type="button" class="button" onClick={() => showAllRows(id)}>
            {say.showPart(countOf(all))}
            <span class="unseen"> {say.rowsOf(title)}</span>
          </button>
        </p>
      )}
    </section>
  );
}

/** Of rows; an object is one. */
const countOf = (data: object | null): number => (Array.isArray(data) ? data.length : Number(data !== null));

function Bones({ rows }: { readonly rows: number }) {
  return (
    <div class="panel-bones" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        <span class="bone" key={i} />
      ))}
    </div>
  );
}

interface PanelFailureProps {
  readonly title: string;
  readonly failure: Failure;
  readonly isOld: boolean;
  readonly retry: () => Promise<void>;
}

function PanelFailure({ title, failure: { status, text }, isOld, retry }: PanelFailureProps) {
  return (
    <div class="failed" role="alert">
      <Mark kind="down" />
      <p>
        <b>
          {say.notLoaded(title)}
          {isOld && say.again}.
        </b>{' '}
        {text}
        {isOld ? say.theseAreTheNumbersOfBefore : say.theOtherPanelsGoOn}
      </p>
      {status !== 403 && (
        <button type="button" class="button" onClick={() => void retry()}>
          {say.tryAgain}
          <span class="unseen"> {say.toLoad(title)}</span>
        </button>
      )}
    </div>
  );
}

/** By panel: what its download has come to. */
const downloads = signal<Readonly<Record<string, string>>>({});

function CsvButton<D>({ id, title, answer }: Pick<PanelProps<D>, 'id' | 'title' | 'answer'>) {
  const word = downloads.value[id];
  const tell = (text: string): void => {
    downloads.value = { ...downloads.peek(), [id]: text };
  };
  const save = async (): Promise<void> => {
    const { address } = answer;
    if (address === null || word === 'Downloading') return;
    tell(say.downloading);
    try {
      const file = await pagedCsv(
        (cursor) => withParameters(address, { limit: answer.csvRows ?? undefined, cursor }),
        () => undefined,
      );
      saveAs(`marquee-${id}.csv`, file);
      tell(say.downloaded);
    } catch (error) {
      tell(error instanceof TypeError ? say.theServerDidNotAnswer : (error as Error).message);
    }
  };
  return (
    <span class="csv">
      <span class="quiet" role="status">
        {word}
      </span>
      <button type="button" class="button" onClick={() => void save()}>
        {say.csv}
        <span class="unseen"> {say.ofPart(title)}</span>
      </button>
    </span>
  );
}

function withParameters(address: string, values: Readonly<Record<string, string | undefined>>): string {
  const [path = '', search] = address.split('?');
  const asked = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values)) if (value !== undefined) asked.set(name, value);
  return `${path}?${asked}`;
}

/** Where nothing was counted: why that may be, and where the numbers are meanwhile. */
export function NothingYet({ what }: { readonly what: string }) {
  const isLimited = (currentIdentity.value?.regions ?? null) !== null;
  return (
    <>
      <p>
        {say.inComputedHours(what)}
        {isLimited && say.ofYourRegions}
        {say.hourIsComputed}
      </p>
      <p>
        {say.happensNow} <a href="/">{say.liveView}</a>.
      </p>
    </>
  );
}
