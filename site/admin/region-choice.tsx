/** All regions, or some of them. */
import { useState } from 'preact/hooks';
import { currentIdentity } from '../access/session.ts';
import * as say from '../text/admin.ts';
import { FaultOf } from './form.tsx';
import { Resource } from './resource.ts';
import type { Listed } from './rows.ts';

const registry = new Resource<Listed<{ readonly region: string }>>('/api/stats/regions?minutes=1');

interface RegionChoiceProps {
  readonly legend: string;
  readonly fault: string | undefined;
}

/** Whoever is limited to regions can give these alone. */
export function RegionChoice({ legend, fault }: RegionChoiceProps) {
  const limits = currentIdentity.value?.regions ?? null;
  const [isSome, setIsSome] = useState(limits !== null);
  const names = limits ?? registry.value.value?.data.map(({ region }) => region).toSorted() ?? [];
  const failure = registry.failure.value;
  if (registry.value.peek() === null && failure === null) void registry.load();
  return (
    <fieldset
      class="field regions"
      aria-describedby="regions-fault"
      {...(fault !== undefined && { 'aria-invalid': true })}
    >
      <legend>{legend}</legend>
      <p class="scopes">
        {(['all', 'some'] as const).map((scope) => (
          <label key={scope}>
            <input
              type="radio"
              name="scope"
              value={scope}
              checked={isSome === (scope === 'some')}
              disabled={scope === 'all' && limits !== null}
              onChange={() => setIsSome(scope === 'some')}
            />
            {scope === 'all' ? say.allAlsoThoseToCome : say.onlyThese}
          </label>
        ))}
      </p>
      {isSome && (
        <div class="region-names">
          {names.map((name) => (
            <label key={name}>
              <input type="checkbox" name="regions" value={name} />
              {name}
            </label>
          ))}
        </div>
      )}
      {isSome && failure && <p class="fault">{say.regionsNotLoaded(failure.text)}</p>}
      <FaultOf name="regions" fault={fault} />
    </fieldset>
  );
}

/** The first of the registry, for examples. */
export const anyRegion = (): string => registry.value.value?.data[0]?.region ?? 'EU-London';

export function RegionNames({ names }: { readonly names: readonly string[] | null }) {
  if (names === null) return <span class="quiet">{say.all}</span>;
  const [first = say.none, second, ...rest] = names;
  const shown =
    second === undefined
      ? first
      : rest.length > 0
        ? say.andMore(first, rest.length + 1)
        : `${first}, ${second}`;
  return <span title={names.join(', ')}>{shown}</span>;
}
