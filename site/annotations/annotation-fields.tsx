/** The fields of an annotation's form. */
import { signal } from '@preact/signals';
import { annotationVisibilities } from '../../core/annotation/annotation.ts';
import { annotationTextLengthMax } from '../../core/protocol/note-limits.ts';
import { askService } from '../access/service.ts';
import { currentIdentity } from '../access/session.ts';
import { localTime } from '../admin/audit-filter.ts';
import { FaultOf, Field } from '../admin/form.tsx';
import * as say from '../text/annotations.ts';
import type { AnnotationRow } from './annotation.ts';
import { regionOfFilter } from './annotation-list.ts';

export const annotationFields = ['text', 'at', 'until', 'tags', 'region', 'visibility'];

/** Names of regions, once they have come. */
const regionNames = signal<readonly string[]>([]);

export async function loadRegions(): Promise<void> {
  const own = currentIdentity.peek()?.regions;
  if (own) regionNames.value = own;
  else {
    const path = '/api/stats/regions?minutes=1';
    const answer = await askService<{ readonly data: readonly { readonly region: string }[] }>(path);
    if (answer.ok) regionNames.value = answer.value.data.map(({ region }) => region).toSorted();
  }
}

interface FieldsProps {
  readonly faults: Readonly<Record<string, string>>;
  readonly at: string;
  readonly row?: AnnotationRow;
}

const hints = { personal: say.onlyYouSeeIt, shared: say.everybodySeesIt } as const;

export function Fields({ faults, at, row }: FieldsProps) {
  return (
    <>
      <div class="field">
        <label for="text">{say.textHint}</label>
        <textarea
          id="text"
          name="text"
          rows={3}
          maxLength={annotationTextLengthMax}
          defaultValue={row?.text ?? ''}
          dir="auto"
          autofocus
          aria-describedby="text-fault"
          {...(faults.text !== undefined && { 'aria-invalid': true })}
        />
        <FaultOf name="text" fault={faults.text} />
      </div>
      <div class="halves">
        <Field
          name="at"
          label={say.when}
          type="datetime-local"
          defaultValue={localTime(at)}
          fault={faults.at}
        />
        <Field
          name="until"
          label={say.toForASpan}
          type="datetime-local"
          defaultValue={localTime(row?.until ?? undefined)}
          fault={faults.until}
        />
        <Field
          name="tags"
          label={say.tags}
          placeholder={say.tagsExample}
          defaultValue={row?.tags.join(', ') ?? ''}
          fault={faults.tags}
        />
        <RegionField region={row ? row.region : regionOfFilter()} fault={faults.region} />
      </div>
      <Visibility row={row} fault={faults.visibility} />
    </>
  );
}

function RegionField({
  region,
  fault,
}: {
  readonly region: string | null;
  readonly fault: string | undefined;
}) {
  const known = regionNames.value;
  const isLimited = (currentIdentity.value?.regions ?? null) !== null;
  // The one of the filter is there before the others have come.
  const all = region === null || known.includes(region) ? known : [region, ...known];
  return (
    <div class="field">
      <label for="region">{say.about}</label>
      <select id="region" name="region" key={all.length} aria-describedby="region-fault">
        {!isLimited && <option value="">{say.allRegions}</option>}
        {all.map((name) => (
          <option key={name} value={name} selected={name === region}>
            {name}
          </option>
        ))}
      </select>
      <FaultOf name="region" fault={fault} />
    </div>
  );
}

function Visibility({
  row,
  fault,
}: {
  readonly row: AnnotationRow | undefined;
  readonly fault: string | undefined;
}) {
  // An admin cannot make somebody else's his own.
  const offered = annotationVisibilities.filter((one) => one === 'shared' || (row?.mine ?? true));
  return (
    <fieldset class="field scopes">
      <legend class="unseen">{say.whoSeesIt}</legend>
      {offered.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="visibility"
            value={one}
            defaultChecked={one === (row?.visibility ?? 'shared')}
          />
          <span>
            {one === 'shared' ? say.shared : say.personal} <span class="quiet">{hints[one]}</span>
          </span>
        </label>
      ))}
      <FaultOf name="visibility" fault={fault} />
    </fieldset>
  );
}
