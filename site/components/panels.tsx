/** A panel: a title, ways to take its numbers away, and rows or what stands for them. */
import { signal } from '@preact/signals';
import type { Failure } from '../admin/resource.ts';
import { Panel } from '../analytics/panel.tsx';
import { PanelAnswer } from '../analytics/panel-answer.ts';
import { countFigure } from '../format/number.ts';
import { DataTable } from '../panels/data-table.tsx';
import { Section, Specimen } from './specimen.tsx';

interface Row {
  readonly name: string;
  readonly views: number;
}
interface Rows {
  readonly data: readonly Row[];
}

/** What was answered once; nothing is asked. */
class HeldAnswer extends PanelAnswer<Rows> {
  readonly #rows = signal<Rows | null>(null);
  readonly #why = signal<Failure | null>(null);

  constructor(rows: readonly Row[] | null, failure: Failure | null = null) {
    super(() => null);
    this.#rows.value = rows && { data: rows };
    this.#why.value = failure;
  }

  override get value() {
    return this.#rows;
  }

  override get failure() {
    return this.#why;
  }
}

const rows = [
  { name: 'smart TV', views: 52_110 },
  { name: 'phone', views: 48_204 },
  { name: 'console', views: 705 },
];
const away: Failure = { status: 503, text: 'The database did not answer in time.' };
const answers = {
  'with rows': new HeldAnswer(rows),
  loading: new HeldAnswer(null),
  empty: new HeldAnswer([]),
  failed: new HeldAnswer(null, away),
  'failed, with the numbers of before': new HeldAnswer(rows, away),
};
const isShown = signal(true);

export function Panels() {
  return (
    <Section
      id="panels"
      title="Panels"
      remark="One question each, with its answer as a file. One that fails fails alone; a list of more than ten rows opens."
    >
      {Object.entries(answers).map(([name, answer]) => (
        <Specimen state={name} key={name}>
          <Panel
            id={`specimen-${name.replace(/\W+/g, '-')}`}
            title={`Devices, ${name}`}
            answer={answer}
            none="Nothing was watched in these days."
            bones={3}
            hasChart
          >
            {(found) => (
              <DataTable
                caption={`Views by device, ${name}`}
                columns={['Device', 'Views']}
                isShown={isShown}
                rows={found.map((row) => ({ key: row.name, cells: [row.name, countFigure(row.views)] }))}
              />
            )}
          </Panel>
        </Specimen>
      ))}
    </Section>
  );
}
