/** What is done to people: added, given a new link, disabled. */
import { useState } from 'preact/hooks';
import { personRoles } from '../../core/access/caller.ts';
import { currentIdentity } from '../access/session.ts';
import { announce } from './admin-page.tsx';
import { Dialog } from './dialog.tsx';
import { FaultOf, Field, Form } from './form.tsx';
import { agoText, exactText, now } from './moment.tsx';
import { personBody, personFields, signInLink } from './people-list.ts';
import { RegionChoice } from './region-choice.tsx';
import { askAdmin } from './resource.ts';
import type { PersonRow } from './rows.ts';
import { Secret, ShownOnce } from './secret.tsx';

export type PersonAction =
  | { readonly kind: 'add' }
  | { readonly kind: 'renew' | 'disable'; readonly person: PersonRow };

interface WithToken {
  readonly data: PersonRow;
  readonly token: string;
}

interface PersonDialogProps {
  readonly action: PersonAction;
  /** The list is to be asked for anew. */
  readonly changed: () => Promise<void>;
  readonly close: () => void;
}

const roleHints = {
  viewer: 'reads, with names of people masked',
  analyst: 'reads all and acknowledges alerts',
  admin: 'has the keys, the people and the audit log too',
} as const;

export function PersonDialog({ action, changed, close }: PersonDialogProps) {
  const [given, setGiven] = useState<WithToken | null>(null);
  const done = (answer: WithToken): void => {
    setGiven(answer);
    announce(`The sign-in link of ${answer.data.name} is made. Copy it now.`);
  };
  if (action.kind === 'disable') return <Disable person={action.person} changed={changed} close={close} />;
  // Only then: whoever renews his own link has no session any more.
  const leave = (): void => {
    close();
    void changed();
  };
  if (given) return <Link given={given} close={leave} />;
  if (action.kind === 'add') return <Add done={done} close={close} />;
  return <Renew person={action.person} done={done} close={close} />;
}

interface GiveProps {
  readonly done: (given: WithToken) => void;
  readonly close: () => void;
}

function Add({ done, close }: GiveProps) {
  return (
    <Dialog title="Add a person" close={close}>
      <Form
        names={personFields}
        submit="Add the person"
        leave={close}
        send={(form) => askAdmin<WithToken>('/api/admin/people', { method: 'POST', body: personBody(form) })}
        done={done}
      >
        {(faults) => (
          <>
            <Field name="name" label="Name" hint="As others see it." fault={faults.name} autofocus />
            <Field
              name="email"
              inputMode="email"
              label="E-mail"
              placeholder="None"
              hint="To tell people apart; nothing is sent."
              fault={faults.email}
            />
            <fieldset class="field">
              <legend>Role</legend>
              {personRoles.map((role) => (
                <label key={role} class="role">
                  <input type="radio" name="role" value={role} defaultChecked={role === 'viewer'} />
                  <span>
                    <b>{role}</b> <span class="quiet">{roleHints[role]}</span>
                  </span>
                </label>
              ))}
              <FaultOf name="role" fault={faults.role} />
            </fieldset>
            <RegionChoice legend="Regions the role holds for" fault={faults.regions} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

function Renew({ person, done, close }: GiveProps & { readonly person: PersonRow }) {
  const isSelf = currentIdentity.value?.id === person.id;
  return (
    <Dialog title={`A new sign-in link for ${person.name}?`} close={close}>
      <p>
        The link before signs nobody in any more, and all sessions of {isSelf ? 'yours' : 'the person'} end,
        {isSelf ? ' this one too: copy the new link before you go on.' : ' everywhere within 10 s.'}
      </p>
      <Form
        names={[]}
        submit="Make a new link"
        leave={close}
        send={() => askAdmin<WithToken>(`/api/admin/people/${person.id}/token`, { method: 'POST' })}
        done={done}
      >
        {() => null}
      </Form>
    </Dialog>
  );
}

function Link({ given: { data, token }, close }: { readonly given: WithToken; readonly close: () => void }) {
  return (
    <Dialog title={`The sign-in link of ${data.name}`} close={close} isGuarded>
      <ShownOnce what="This link" />
      <Secret label="Sign-in link" text={signInLink(location.origin, token)} isFirst />
      <p>
        Send it by a way that only {data.name} reads: whoever has it signs in as {data.role}. It stays good
        until a new one is made or the person is disabled.
      </p>
      <p class="choices">
        <button type="button" class="button" onClick={close}>
          Done
        </button>
      </p>
    </Dialog>
  );
}

function Disable({
  person,
  changed,
  close,
}: Omit<PersonDialogProps, 'action'> & { readonly person: PersonRow }) {
  const { id, name, last_seen_at: seenAt } = person;
  const disabled = async (): Promise<void> => {
    await changed();
    announce(`${name} is disabled.`);
    close();
  };
  return (
    <Dialog title={`Disable ${name}?`} close={close}>
      <p>
        Link and sessions end everywhere within 10 s, live pages at once. It is for good: to let the person in
        again, add one anew. The audit log keeps the name.
      </p>
      <p class="last-used">
        {seenAt === null ? (
          'Has never signed in.'
        ) : (
          <>
            Last signed in <b>{agoText(Date.parse(seenAt), now.value)}</b>, {exactText(seenAt)}.
          </>
        )}
      </p>
      <Form
        names={[]}
        submit="Disable the person"
        isGrave
        leave={close}
        send={() => askAdmin(`/api/admin/people/${id}/disable`, { method: 'POST' })}
        done={() => void disabled()}
      >
        {() => null}
      </Form>
    </Dialog>
  );
}
