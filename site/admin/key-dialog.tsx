/** What is done to keys: made, rotated, revoked. */

import { useState } from 'preact/hooks';
import { exactText } from '../format/date.ts';
import * as say from '../text/admin-keys.ts';
import { announce } from './admin-page.tsx';
import { Dialog } from './dialog.tsx';
import { sendCommand } from './first-command.ts';
import { Field, Form } from './form.tsx';
import { keyBody, keyFields, rotatedBody, rotatedEnd, rotatedName } from './key-form.ts';
import { agoText, now } from './moment.tsx';
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
    announce(say.keyIsMade(answer.data.name));
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
    <Dialog title={say.makeAKey} close={close}>
      <Form
        names={keyFields}
        submit={say.makeTheKey}
        leave={close}
        send={(form) => make(keyBody(form))}
        done={done}
      >
        {(faults) => (
          <>
            <Field name="name" label={say.name} hint={say.keyNameHint} fault={faults.name} autofocus />
            <Field
              name="account"
              label={say.account}
              hint={say.accountHint}
              fault={faults.account}
              spellcheck={false}
            />
            <RegionChoice legend={say.regionsItMaySend} fault={faults.regions} />
            <div class="thirds">
              <Field
                name="events_per_second"
                label={say.eventsASecond}
                inputMode="numeric"
                defaultValue="1000"
                fault={faults.events_per_second}
              />
              <Field
                name="bytes_per_second"
                label={say.bytesASecond}
                inputMode="numeric"
                defaultValue="1048576"
                hint={say.bytesHint}
                fault={faults.bytes_per_second}
              />
              <Field
                name="events_per_day"
                label={say.eventsADay}
                inputMode="numeric"
                placeholder={say.noQuota}
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
      label={say.ends}
      min={tomorrow()}
      defaultValue={value}
      hint={say.endsHint}
      fault={fault}
    />
  );
}

function Rotate({ row, done, close }: MakeProps & { readonly row: KeyRow }) {
  return (
    <Dialog title={say.rotateKey(row.name)} close={close}>
      <p>
        {say.aSecondKeyForTheAccount} <b>{row.account}</b>
        {say.sameLimitsAndRegions}
        <RegionNames names={row.regions} />
        {say.firstGoesOn}
      </p>
      <Form
        names={['name', 'expires_at']}
        submit={say.makeTheSecondKey}
        leave={close}
        send={(form) => make(rotatedBody(row, form))}
        done={done}
      >
        {(faults) => (
          <>
            <Field
              name="name"
              label={say.name}
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
    <Dialog title={say.keyOf(data.name)} close={close} isGuarded>
      <ShownOnce what={say.thisKey} />
      <Secret label={say.key} text={key} isFirst />
      <Secret label={say.aCommandThatSendsAnEventWithIt} text={command} />
      {before && (
        <ol class="steps">
          <li>{say.giveTheNewKeyToTheProducer}</li>
          <li>
            {say.watchTheList} <b>{say.lastUsed}</b> {say.ofTheNewKeyMoves} <code>{before.id}</code>{' '}
            {say.standsStill}
          </li>
          <li>
            {say.thenRevoke} <code>{before.id}</code>.
          </li>
        </ol>
      )}
      <p class="choices">
        <button type="button" class="button" onClick={close}>
          {say.done}
        </button>
      </p>
    </Dialog>
  );
}

function Revoke({ row, changed, close }: Omit<KeyDialogProps, 'action'> & { readonly row: KeyRow }) {
  const { id, name, account, last_used_at: usedAt } = row;
  const revoked = async (): Promise<void> => {
    await changed();
    announce(say.keyIsRevoked(name));
    close();
  };
  return (
    <Dialog title={say.revokeQuestion(name)} close={close}>
      <p>
        {say.key} <code>{id}</code> {say.ofTheAccount} <b>{account}</b>
        {say.refusedForGood}
      </p>
      <p class="last-used">
        {usedAt === null ? (
          say.itHasNeverBeenUsed
        ) : (
          <>
            {say.itWasLastUsed} <b>{agoText(Date.parse(usedAt), now.value)}</b>, {exactText(usedAt)}.
          </>
        )}
      </p>
      <Form
        names={[]}
        submit={say.revokeTheKey}
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
