/** What is done to keys: made, rotated, revoked. */
import { useState } from 'preact/hooks';
import { announce } from './admin-page.tsx';
import { Dialog } from './dialog.tsx';
import { sendCommand } from './first-command.ts';
import { Field, Form } from './form.tsx';
import { keyBody, keyFields, rotatedBody, rotatedEnd, rotatedName } from './key-form.ts';
import { agoText, exactText, now } from './moment.tsx';
import { anyRegion, RegionChoice, RegionNames } from './region-choice.tsx';
import { askAdmin } from './resource.ts';
import type { KeyRow } from './rows.ts';
import { Secret, ShownOnce } from './secret.tsx';

export type KeyAction =
  | { readonly kind: 'make' }
  | { readonly kind: 'rotate' | 'revoke'; readonly key: KeyRow };

interface MadeKey {
  readonly data: KeyRow;
  readonly key: string;
}

interface KeyDialogProps {
  readonly action: KeyAction;
  /** The list is to be asked for anew. */
  readonly changed: () => Promise<void>;
  readonly close: () => void;
}

export function KeyDialog({ action, changed, close }: KeyDialogProps) {
  const [made, setMade] = useState<MadeKey | null>(null);
  const done = (answer: MadeKey): void => {
    setMade(answer);
    announce(`The key ${answer.data.name} is made. Copy it now.`);
    void changed();
  };
  if (action.kind === 'revoke') return <Revoke row={action.key} changed={changed} close={close} />;
  const before = action.kind === 'rotate' ? action.key : null;
  if (made) return <Made made={made} before={before} close={close} />;
  if (before) return <Rotate row={before} done={done} close={close} />;
  return <Make done={done} close={close} />;
}

interface MakeProps {
  readonly done: (made: MadeKey) => void;
  readonly close: () => void;
}

const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const make = (body: unknown) => askAdmin<MadeKey>('/api/admin/keys', { method: 'POST', body });

function Make({ done, close }: MakeProps) {
  return (
    <Dialog title="Make a key" close={close}>
      <Form
        names={keyFields}
        submit="Make the key"
        leave={close}
        send={(form) => make(keyBody(form))}
        done={done}
      >
        {(faults) => (
          <>
            <Field name="name" label="Name" hint="For people: who holds it." fault={faults.name} autofocus />
            <Field
              name="account"
              label="Account"
              hint="An event counts once within it. Keys of one producer share it."
              fault={faults.account}
              spellcheck={false}
            />
            <RegionChoice legend="Regions it may send" fault={faults.regions} />
            <div class="thirds">
              <Field
                name="events_per_second"
                label="Events a second"
                inputMode="numeric"
                defaultValue="1000"
                fault={faults.events_per_second}
              />
              <Field
                name="bytes_per_second"
                label="Bytes a second"
                inputMode="numeric"
                defaultValue="1048576"
                hint="1048576 is 1 MiB."
                fault={faults.bytes_per_second}
              />
              <Field
                name="events_per_day"
                label="Events a day"
                inputMode="numeric"
                placeholder="No quota"
                fault={faults.events_per_day}
              />
            </div>
            <Ends fault={faults.expires_at} value="" />
          </>
        )}
      </Form>
    </Dialog>
  );
}

function Ends({ fault, value }: { readonly fault: string | undefined; readonly value: string }) {
  return (
    <Field
      name="expires_at"
      type="date"
      label="Ends"
      min={tomorrow()}
      defaultValue={value}
      hint="At the start of that day, UTC. Empty: never."
      fault={fault}
    />
  );
}

function Rotate({ row, done, close }: MakeProps & { readonly row: KeyRow }) {
  return (
    <Dialog title={`Rotate ${row.name}`} close={close}>
      <p>
        A second key for the account <b>{row.account}</b>, with the same limits and regions (
        <RegionNames names={row.regions} />
        ). The first goes on until you revoke it, and what is sent again with the second does not count twice.
      </p>
      <Form
        names={['name', 'expires_at']}
        submit="Make the second key"
        leave={close}
        send={(form) => make(rotatedBody(row, form))}
        done={done}
      >
        {(faults) => (
          <>
            <Field
              name="name"
              label="Name"
              defaultValue={rotatedName(row.name, Date.now())}
              fault={faults.name}
              autofocus
            />
            <Ends fault={faults.expires_at} value={rotatedEnd(row, Date.now())} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

interface MadeProps {
  readonly made: MadeKey;
  readonly before: KeyRow | null;
  readonly close: () => void;
}

function Made({ made: { data, key }, before, close }: MadeProps) {
  const command = sendCommand(location.origin, key, data.regions?.[0] ?? anyRegion());
  return (
    <Dialog title={`The key of ${data.name}`} close={close} isGuarded>
      <ShownOnce what="This key" />
      <Secret label="Key" text={key} isFirst />
      <Secret label="A command that sends an event with it" text={command} />
      {before && (
        <ol class="steps">
          <li>Give the new key to the producer.</li>
          <li>
            Watch the list: <b>Last used</b> of the new key moves, and that of <code>{before.id}</code> stands
            still.
          </li>
          <li>
            Then revoke <code>{before.id}</code>.
          </li>
        </ol>
      )}
      <p class="choices">
        <button type="button" class="button" onClick={close}>
          Done
        </button>
      </p>
    </Dialog>
  );
}

function Revoke({ row, changed, close }: Omit<KeyDialogProps, 'action'> & { readonly row: KeyRow }) {
  const { id, name, account, last_used_at: usedAt } = row;
  const revoked = async (): Promise<void> => {
    await changed();
    announce(`The key ${name} is revoked.`);
    close();
  };
  return (
    <Dialog title={`Revoke ${name}?`} close={close}>
      <p>
        Key <code>{id}</code> of the account <b>{account}</b>. It is refused everywhere within 10 s, for good.
      </p>
      <p class="last-used">
        {usedAt === null ? (
          'It has never been used.'
        ) : (
          <>
            It was last used <b>{agoText(Date.parse(usedAt), now.value)}</b>, {exactText(usedAt)}.
          </>
        )}
      </p>
      <Form
        names={[]}
        submit="Revoke the key"
        isGrave
        leave={close}
        send={() => askAdmin(`/api/admin/keys/${id}/revoke`, { method: 'POST' })}
        done={() => void revoked()}
      >
        {() => null}
      </Form>
    </Dialog>
  );
}
