/** What stands where rows or numbers do, and tables of them. */
import { signal } from '@preact/signals';
import { Bones, Empty, Failed } from '../admin/waiting.tsx';
import { countFigure, shareFigure } from '../format/number.ts';
import { DataTable } from '../panels/data-table.tsx';
import { FirstEvent } from '../panels/first-event.tsx';
import { Mark } from '../panels/mark.tsx';
import { count, List, nothing, state } from '../system/list.tsx';
import { Section, Specimen } from './specimen.tsx';

const isShown = signal(true);
const nobody = () => undefined;

function Keys({ title, isEmpty = false }: { readonly title: string; readonly isEmpty?: boolean }) {
  return (
    <List
      id={title.replaceAll(' ', '-').toLowerCase()}
      title={title}
      remark="A row for each thing; its first cell names it. On a phone each row is a block."
      columns={['Name', 'State', 'Events']}
      none="There are none."
      rows={
        isEmpty
          ? []
          : [
              ['a', ['tv-apps', state('healthy', 'active'), count(1_204_611)]],
              ['b', ['web-player', state('warning', 'expires soon'), count(88_120)]],
              ['c', ['kiosk of a name that is much longer than most', state('idle', 'revoked'), nothing]],
            ]
      }
    />
  );
}

export function States() {
  return (
    <>
      <Section
        id="states"
        title="States"
        remark="Before the numbers, without any, where they could not be had, and where they are not of now."
      >
        <Specimen state="loading">
          <div aria-busy="true">
            <Bones rows={3} />
          </div>
        </Specimen>
        <Specimen state="empty">
          <Empty title="There are no keys">
            <p>Make a key for a producer; it is shown with a command that sends a first event.</p>
            <button type="button" class="button primary">
              Make a key
            </button>
          </Empty>
        </Specimen>
        <Specimen state="empty, with a command">
          <FirstEvent region="EU-London" />
        </Specimen>
        <Specimen state="failed">
          <Failed
            what="The keys"
            failure={{ status: 503, text: 'The database did not answer in time.' }}
            retry={nobody}
          />
        </Specimen>
        <Specimen state="not allowed">
          <Failed
            what="The keys"
            failure={{ status: 403, text: 'This needs the role admin; yours is viewer.' }}
            retry={nobody}
          />
        </Specimen>
        <Specimen state="checked, well">
          <div class="check check-whole">
            <Mark kind="healthy" />
            <p>
              <b>All 847,040 events are accounted for.</b>
            </p>
          </div>
        </Specimen>
        <Specimen state="checked, at fault">
          <div class="check check-fault">
            <Mark kind="failing" />
            <p>
              <b>It does not add up: 37 events were accepted and never seen.</b>
            </p>
          </div>
        </Specimen>
      </Section>
      <Tables />
    </>
  );
}

function Tables() {
  return (
    <Section id="tables" title="Tables" remark="Everything that is drawn has one, at the key t.">
      <Specimen state="a list" isWide>
        <Keys title="Keys" />
      </Specimen>
      <Specimen state="a list without rows">
        <Keys title="No keys" isEmpty />
      </Specimen>
      <Specimen state="a list, stale" isWide>
        <div class="stale">
          <Keys title="Stale keys" />
        </div>
      </Specimen>
      <Specimen state="numbers of a chart" isWide>
        <DataTable
          caption="Numbers of a chart"
          columns={['From', 'Events', 'Success rate']}
          isShown={isShown}
          rows={[
            { key: '1', cells: ['10:00', countFigure(12_412), shareFigure(0.982, 'none')] },
            { key: '2', cells: ['10:01', countFigure(981), shareFigure(null, 'no downloads')] },
          ]}
        />
      </Specimen>
    </Section>
  );
}
