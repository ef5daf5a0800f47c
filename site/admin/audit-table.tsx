/** The lines, by day; each can be opened for all that is stored of it. */

import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { exactText, secondText, yearDayText } from '../format/date.ts';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/admin-audit.ts';
import type { AuditField } from './audit-filter.ts';
import { actionText, remarks, resultWords, subjectOf } from './audit-words.ts';
import type { AuditLine } from './rows.ts';

interface AuditTableProps {
  readonly lines: readonly AuditLine[];
  readonly nameOf: (id: string) => string;
  readonly narrow: (name: AuditField, value: string) => void;
}

export function AuditTable({ lines, ...of }: AuditTableProps) {
  return (
    <table class="list audit">
      <caption class="unseen">{say.linesOfTheAuditLogNewestFirst}</caption>
      <thead>
        <tr>
          <th scope="col">{say.time}</th>
          <th scope="col">{say.who}</th>
          <th scope="col">{say.what}</th>
          <th scope="col">{say.result}</th>
          <th scope="col">{say.country}</th>
          <th scope="col">
            <span class="unseen">{say.allOfIt}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, i) => {
          const day = yearDayText(line.at);
          const before = lines[i - 1];
          return (
            <Fragment key={line.seq}>
              {(!before || yearDayText(before.at) !== day) && (
                <tr class="day">
                  <th colSpan={6} scope="rowgroup">
                    {day}
                  </th>
                </tr>
              )}
              <Line line={line} {...of} />
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

const marks = { ok: 'healthy', refused: 'warning', failed: 'failing' } as const;

function Line({ line, nameOf, narrow }: Omit<AuditTableProps, 'lines'> & { readonly line: AuditLine }) {
  const [isOpen, setIsOpen] = useState(false);
  const id = `line-${line.seq}`;
  const subject = nameOf(subjectOf(line));
  return (
    <>
      <tr class={`line result-${line.result}`}>
        <td class="when">
          <time dateTime={line.at} title={exactText(line.at)}>
            {secondText(line.at)}
          </time>
        </td>
        <td class="who">
          <Narrow name="actor" value={line.actor} text={nameOf(line.actor)} narrow={narrow} />
          <span class="under">
            {line.role || say.noCredential}
            {line.country && <span class="from-narrow">{line.country}</span>}
          </span>
        </td>
        <td class="what">
          <Narrow name="action" value={line.action} text={actionText(line.action)} narrow={narrow} />{' '}
          <b>{subject}</b>
          <span class="under">
            {remarks(line).map(([name, value]) => (
              <span key={name}>
                {name} {value}
              </span>
            ))}
          </span>
        </td>
        <td class="result">
          <span class="state">
            <Mark kind={marks[line.result]} size={10} />
            {resultWords[line.result] ?? line.result}
          </span>
        </td>
        <td class="from">{line.country || <span class="quiet">–</span>}</td>
        <td class="acts">
          <button
            type="button"
            class="button"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setIsOpen(!isOpen)}
          >
            #{line.seq}
          </button>
        </td>
      </tr>
      <tr class="whole" id={id} hidden={!isOpen}>
        <td colSpan={6}>{isOpen && <Whole line={line} />}</td>
      </tr>
    </>
  );
}

function Narrow({
  name,
  value,
  text,
  narrow,
}: {
  readonly name: AuditField;
  readonly value: string;
  readonly text: string;
  readonly narrow: AuditTableProps['narrow'];
}) {
  return (
    <button type="button" class="narrow-by" title={say.only(value)} onClick={() => narrow(name, value)}>
      {text}
    </button>
  );
}

function Whole({ line }: { readonly line: AuditLine }) {
  const { seq, at, actor, role, action, target, country, result, details, hash } = line;
  const facts = { line: String(seq), at, actor, role, action, target, country, result, ...details, hash };
  return (
    <dl class="facts">
      {Object.entries(facts)
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name} class={name === 'hash' ? 'hash' : undefined}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
