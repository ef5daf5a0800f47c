/** The saved views: opened, saved, renamed, shared and deleted in one place. */
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
  openDialog('Saved views', (close) => (
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
          The saved views did not come. {failure.value.text}{' '}
          <button type="button" class="button" onClick={() => void loadViews()}>
            Try again
          </button>
        </p>
      )}
      {all?.length === 0 && (
        <p class="quiet">
          There are none yet. A view is a page with its filters and range, under a name
          {maySave() ? '.' : '; analysts save them.'}
        </p>
      )}
      {all === null && !failure.value && <p class="quiet">Loading</p>}
      <List title="Shared" rows={all?.filter(({ visibility }) => visibility === 'shared') ?? []} />
      <List title="Yours alone" rows={all?.filter(({ visibility }) => visibility === 'personal') ?? []} />
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
          {!mine && <bdi>, by {author}</bdi>}
        </span>
      </p>
      {mayChange(view) && (
        <span class="view-acts">
          <button type="button" class="button" onClick={act('change')}>
            Change<span class="unseen"> {name}</span>
          </button>
          <button type="button" class="button" onClick={act('delete')}>
            Delete<span class="unseen"> {name}</span>
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
      <h3>Save what is shown</h3>
      <p class="quiet">{addressWords(address)}</p>
      <Form
        // Empty again after each.
        key={views.value?.length ?? 0}
        names={names}
        submit="Save this view"
        send={(form) => saveView(fieldsOf(form), address)}
        done={finish('Saved')}
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
      submit="Change it"
      leave={leave}
      send={(form) => {
        const address = form.has('replaces') && other !== null ? other : view.address;
        return changeView(view, fieldsOf(form), address);
      }}
      done={finish('Changed')}
    >
      {(faults) => (
        <>
          <Fields faults={faults} view={view} />
          {other !== null && (
            <div class="field">
              <label>
                <input type="checkbox" name="replaces" />
                <span>
                  Replace what it shows by what is shown now: <span class="quiet">{addressWords(other)}</span>
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
  const others = view.visibility === 'shared' ? ' It is gone for everybody.' : '';
  return (
    <Form
      names={[]}
      submit="Delete it"
      isGrave
      leave={leave}
      send={() => deleteView(view)}
      done={finish('Deleted')}
    >
      {() => (
        <p>
          Delete <b>{view.name}</b>?{others}
        </p>
      )}
    </Form>
  );
}

interface FieldsProps {
  readonly faults: Readonly<Record<string, string>>;
  readonly view?: ViewRow;
}

const hints = { personal: 'only you see it', shared: 'everybody sees it' } as const;

function Fields({ faults, view }: FieldsProps) {
  // An admin cannot make somebody else's view his own.
  const offered = viewVisibilities.filter((one) => one === 'shared' || (view?.mine ?? true));
  return (
    <>
      <Field name="name" label="Name" fault={faults.name ?? faults.address} defaultValue={view?.name ?? ''} />
      <fieldset class="field scopes">
        <legend class="unseen">Who sees it</legend>
        {offered.toReversed().map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="visibility"
              value={one}
              defaultChecked={one === (view?.visibility ?? 'personal')}
            />
            <span>
              {one === 'shared' ? 'Shared' : 'Personal'} <span class="quiet">{hints[one]}</span>
            </span>
          </label>
        ))}
        <FaultOf name="visibility" fault={faults.visibility} />
      </fieldset>
    </>
  );
}
