/** The saved views: opened, saved, renamed, shared and deleted in one place. */
import * as say from '../text/views.ts';
import './views-dialog.css';
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { viewVisibilities } from '../../core/view/saved-view.ts';
import { FaultOf, Field, Form } from '../admin/form.tsx';
import { closeRow, openDialog } from '../admin/open-dialog.tsx';
import {
  changeView,
  deleteView,
  failure,
  fieldsOf,
  loadViews,
  mayChange,
  maySave,
  saveView,
  type ViewRow,
  views,
} from './saved-views.ts';
import { addressWords, shownAddress } from './shown-address.ts';

/** What is done to one of them, in its place in the list. */
const action = signal<{ readonly id: string; readonly kind: 'change' | 'delete' } | null>(null);
/** What has been done, for those who do not see the list. */
const done = signal('');
const names = ['name', 'visibility', 'address'];

export function openViews(): void {
  action.value = null;
  done.value = '';
  void loadViews();
  openDialog(say.savedViews, (close) => (
    <>
      <Views />
      <p class="unseen" role="status">
        {done}
      </p>
      {closeRow(close)}
    </>
  ));
}

function Views() {
  const shown = shownAddress();
  const all = views.value;
  return (
    <>
      {failure.value && (
        <p class="fault" role="alert">
          {say.viewsDidNotCome(failure.value.text)}{' '}
          <button type="button" class="button" onClick={() => void loadViews()}>
            {say.tryAgain}
          </button>
        </p>
      )}
      {all?.length === 0 && (
        <p class="quiet">
          {say.noneYet}
          {maySave() ? '.' : say.analystsSaveThem}
        </p>
      )}
      {all === null && !failure.value && <p class="quiet">{say.loading}</p>}
      <List title={say.shared} rows={all?.filter(({ visibility }) => visibility === 'shared') ?? []} />
      <List title={say.yoursAlone} rows={all?.filter(({ visibility }) => visibility === 'personal') ?? []} />
      {maySave() && shown !== null && action.value === null && <Save address={shown} />}
    </>
  );
}

function List({ title, rows }: { readonly title: string; readonly rows: readonly ViewRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="view-list">
        {rows.map((view) => (
          <li key={view.id} id={`view-${view.id}`}>
            <Row view={view} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ view }: { readonly view: ViewRow }) {
  const { id, name, address, author, mine } = view;
  const asked = action.value?.id === id ? action.value.kind : null;
  const before = useRef(asked);
  // The button that was pressed is gone.
  useEffect(() => {
    if (asked === before.current) return;
    before.current = asked;
    document.querySelector<HTMLElement>(`#view-${CSS.escape(id)} :is(input, button, a)`)?.focus();
  }, [asked]);
  if (asked === 'change') return <Change view={view} />;
  if (asked === 'delete') return <Delete view={view} />;
  const act = (kind: 'change' | 'delete') => () => {
    action.value = { id, kind };
  };
  return (
    <div class="view-row">
      <p>
        <a href={address} aria-current={address === shownAddress() ? 'page' : undefined}>
          <bdi>{name}</bdi>
        </a>
        <span class="quiet">
          {addressWords(address)}
          {!mine && <bdi>{say.byAuthor(author)}</bdi>}
        </span>
      </p>
      {mayChange(view) && (
        <span class="view-acts">
          <button type="button" class="button" onClick={act('change')}>
            {say.change}
            <span class="unseen"> {name}</span>
          </button>
          <button type="button" class="button" onClick={act('delete')}>
            {say.remove}
            <span class="unseen"> {name}</span>
          </button>
        </span>
      )}
    </div>
  );
}

function leave(): void {
  action.value = null;
}

const finish = (word: string) => (): void => {
  done.value = word;
  leave();
  void loadViews();
};

function Save({ address }: { readonly address: string }) {
  return (
    <section>
      <h3>{say.saveWhatIsShown}</h3>
      <p class="quiet">{addressWords(address)}</p>
      <Form
        // Empty again after each.
        key={views.value?.length ?? 0}
        names={names}
        submit={say.saveThisView}
        send={(form) => saveView(fieldsOf(form), address)}
        done={finish(say.saved)}
      >
        {(faults) => <Fields faults={faults} />}
      </Form>
    </section>
  );
}

function Change({ view }: { readonly view: ViewRow }) {
  const shown = shownAddress();
  const other = shown === view.address ? null : shown;
  return (
    <Form
      names={names}
      submit={say.changeIt}
      leave={leave}
      send={(form) => {
        const address = form.has('replaces') && other !== null ? other : view.address;
        return changeView(view, fieldsOf(form), address);
      }}
      done={finish(say.changed)}
    >
      {(faults) => (
        <>
          <Fields faults={faults} view={view} />
          {other !== null && (
            <div class="field">
              <label>
                <input type="checkbox" name="replaces" />
                <span>
                  {say.replaceByWhatIsShown} <span class="quiet">{addressWords(other)}</span>
                </span>
              </label>
            </div>
          )}
        </>
      )}
    </Form>
  );
}

function Delete({ view }: { readonly view: ViewRow }) {
  const others = view.visibility === 'shared' ? say.goneForEverybody : '';
  return (
    <Form
      names={[]}
      submit={say.deleteIt}
      isGrave
      leave={leave}
      send={() => deleteView(view)}
      done={finish(say.deleted)}
    >
      {() => (
        <p>
          {say.remove} <b>{view.name}</b>?{others}
        </p>
      )}
    </Form>
  );
}

interface FieldsProps {
  readonly faults: Readonly<Record<string, string>>;
  readonly view?: ViewRow;
}

const hints = { personal: say.onlyYouSeeIt, shared: say.everybodySeesIt } as const;

function Fields({ faults, view }: FieldsProps) {
  // An admin cannot make somebody else's view his own.
  const offered = viewVisibilities.filter((one) => one === 'shared' || (view?.mine ?? true));
  return (
    <>
      <Field
        name="name"
        label={say.name}
        fault={faults.name ?? faults.address}
        defaultValue={view?.name ?? ''}
      />
      <fieldset class="field scopes">
        <legend class="unseen">{say.whoSeesIt}</legend>
        {offered.toReversed().map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="visibility"
              value={one}
              defaultChecked={one === (view?.visibility ?? 'personal')}
            />
            <span>
              {one === 'shared' ? say.shared : say.personal} <span class="quiet">{hints[one]}</span>
            </span>
          </label>
        ))}
        <FaultOf name="visibility" fault={faults.visibility} />
      </fieldset>
    </>
  );
}
