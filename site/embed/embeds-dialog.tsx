/** Embeds of a panel: made, given out once, listed and taken back. */
import { signal } from '@preact/signals';
import { askService } from '../access/service.ts';
import { FaultOf, Field, Form } from '../admin/form.tsx';
import { endOf, regionsOf, text } from '../admin/key-form.ts';
import { closeRow, openDialog } from '../admin/open-dialog.tsx';
import { RegionChoice } from '../admin/region-choice.tsx';
import type { EmbedRow } from '../admin/rows.ts';
import { Secret } from '../admin/secret.tsx';
import * as say from '../text/embed.ts';

interface Made {
  readonly data: EmbedRow;
  readonly address: string;
  readonly look: string;
}

const rows = signal<readonly EmbedRow[]>([]);
const failure = signal('');
const made = signal<Made | null>(null);

async function load(): Promise<void> {
  const answer = await askService<{ readonly data: readonly EmbedRow[] }>('/api/embeds');
  if (answer.ok) rows.value = answer.value.data;
  failure.value = answer.ok ? '' : answer.text;
}

async function revoke(id: string): Promise<void> {
  const answer = await askService(`/api/embeds/${id}/revoke`, { method: 'POST' });
  await load();
  if (!answer.ok) failure.value = answer.text;
}

/** `panel`: as the address of an embed names it. */
export function openEmbeds(panel: string, title: string): void {
  made.value = null;
  void load();
  openDialog(say.embedOf(title), (close) => (
    <>
      <MakeOrGiven panel={panel} />
      <Standing />
      {closeRow(close)}
    </>
  ));
}

function MakeOrGiven({ panel }: { readonly panel: string }) {
  return made.value ? <Given made={made.value} /> : <Make panel={panel} />;
}

const fields = ['name', 'regions', 'origins', 'expires_at'];
const looks = { auto: say.asTheVisitorHasIt, light: say.light, dark: say.dark } as const;
const usualDays = 90;

function Make({ panel }: { readonly panel: string }) {
  const send = async (form: FormData) => {
    const origins = text(form, 'origins')
      .split(/[\s,]+/)
      .filter(Boolean);
    const expires_at = endOf(text(form, 'expires_at'));
    const body = { name: text(form, 'name'), regions: regionsOf(form), origins, expires_at };
    const answer = await askService<Omit<Made, 'look'>>('/api/embeds', { method: 'POST', body });
    const ground = form.has('transparent') ? '&transparent=1' : '';
    const look = `&panel=${panel}&theme=${text(form, 'theme')}${ground}`;
    return answer.ok ? { ...answer, value: { ...answer.value, look } } : answer;
  };
  return (
    <Form
      names={fields}
      submit={say.makeTheEmbed}
      send={send}
      done={(value) => {
        made.value = value;
        void load();
      }}
    >
      {(faults) => (
        <>
          <Field name="name" label={say.name} hint={say.nameHint} fault={faults.name} autofocus />
          <RegionChoice legend={say.regionsThatItReads} fault={faults.regions} />
          <Field
            name="origins"
            label={say.sitesThatMayShowIt}
            placeholder={say.originExample}
            hint={say.originsHint}
            fault={faults.origins}
          />
          <Field
            name="expires_at"
            type="date"
            label={say.ends}
            defaultValue={new Date(Date.now() + usualDays * 86_400_000).toISOString().slice(0, 10)}
            fault={faults.expires_at}
          />
          <fieldset class="field scopes">
            <legend>{say.looks}</legend>
            {Object.entries(looks).map(([theme, word]) => (
              <label key={theme}>
                <input type="radio" name="theme" value={theme} defaultChecked={theme === 'auto'} /> {word}
              </label>
            ))}
            <label>
              <input type="checkbox" name="transparent" /> {say.withoutAGround}
            </label>
            <FaultOf name="theme" fault={undefined} />
          </fieldset>
        </>
      )}
    </Form>
  );
}

function Given({ made: { address, look } }: { readonly made: Made }) {
  const source = location.origin + address.replace('#', `${look}#`);
  const html = say.frameCode(source);
  return (
    <>
      <p>{say.copyItNow}</p>
      <Secret label={say.inThePage} text={html.replaceAll('&', '&amp;')} isFirst />
    </>
  );
}

/** One's own, or all of an admin's. */
function Standing() {
  const shown = rows.value.filter(({ state }) => state === 'active');
  return (
    <section>
      {failure.value && (
        <p class="fault" role="alert">
          {failure.value}
        </p>
      )}
      {shown.length > 0 && <h3>{say.embedsThatStand}</h3>}
      <ul class="view-list">
        {shown.map(({ id, name, regions, expires_at: end }) => (
          <li key={id} class="view-row">
            <p>
              <b>{name}</b>
              <span class="quiet">
                {regions?.join(', ') ?? say.allRegions}
                {say.untilDay(end.slice(0, 10))}
              </span>
            </p>
            <button type="button" class="button" onClick={() => void revoke(id)}>
              {say.takeBack}
              <span class="unseen"> {name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
