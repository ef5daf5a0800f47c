/** By whom, what, how it ended, when: each change asks anew and is kept in the address. */
import type { ComponentChildren } from 'preact';
import * as say from '../text/admin-audit.ts';
import { type AuditField, type AuditFilter, isoTime, localTime, withField } from './audit-filter.ts';
import { actionText, actionWords, actorOf, resultWords } from './audit-words.ts';
import type { PersonRow } from './rows.ts';

interface FilterFormProps {
  readonly filter: AuditFilter;
  readonly people: readonly PersonRow[];
  /** What the service says of a field. */
  readonly faults: Readonly<Record<string, string>>;
  readonly choose: (filter: AuditFilter) => void;
}

export function FilterForm({ filter, people, faults, choose }: FilterFormProps) {
  const set = (name: AuditField, value: string): void => choose(withField(filter, name, value));
  const actorName = people.find(({ id }) => id === filter.actor)?.name ?? filter.actor ?? '';
  return (
    <search class="audit-filter">
      <Labelled name="actor" word={say.who} fault={faults.actor}>
        <input
          id="actor"
          list="actors"
          placeholder={say.anyone}
          autocomplete="off"
          value={actorName}
          onChange={({ currentTarget }) => set('actor', actorOf(currentTarget.value, people))}
        />
        <datalist id="actors">
          {people.map(({ id, name }) => (
            <option key={id} value={name} />
          ))}
          <option value="nobody" />
        </datalist>
      </Labelled>
      <Choice
        name="action"
        word={say.what}
        any={say.anything}
        value={filter.action}
        words={{ ...(filter.action && { [filter.action]: actionText(filter.action) }), ...actionWords }}
        fault={faults.action}
        set={set}
      />
      <Choice
        name="result"
        word={say.result}
        any={say.any}
        value={filter.result}
        words={resultWords}
        fault={faults.result}
        set={set}
      />
      {(['from', 'to'] as const).map((name) => (
        <Labelled key={name} name={name} word={name === 'from' ? say.from : say.before} fault={faults[name]}>
          <input
            id={name}
            type="datetime-local"
            step="1"
            value={localTime(filter[name])}
            onChange={({ currentTarget }) => set(name, isoTime(currentTarget.value))}
          />
        </Labelled>
      ))}
      {Object.keys(filter).length > 0 && (
        <button type="button" class="button" onClick={() => choose({})}>
          {say.showAll}
        </button>
      )}
    </search>
  );
}

interface LabelledProps {
  readonly name: AuditField;
  readonly word: string;
  readonly fault: string | undefined;
  readonly children: ComponentChildren;
}

function Labelled({ name, word, fault, children }: LabelledProps) {
  return (
    <div class={`labelled labelled-${name}`}>
      <label for={name}>{word}</label>
      {children}
      {fault !== undefined && <p class="fault">{fault}</p>}
    </div>
  );
}

interface ChoiceProps extends Omit<LabelledProps, 'children'> {
  readonly any: string;
  readonly value: string | undefined;
  readonly words: Readonly<Record<string, string>>;
  readonly set: (name: AuditField, value: string) => void;
}

function Choice({ name, any, value = '', words, set, ...of }: ChoiceProps) {
  return (
    <Labelled name={name} {...of}>
      <select id={name} value={value} onChange={({ currentTarget }) => set(name, currentTarget.value)}>
        <option value="">{any}</option>
        {Object.entries(words).map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
    </Labelled>
  );
}
