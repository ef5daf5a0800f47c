/** What is done to people: added, given a new link, disabled. */

import { useState } from 'preact/hooks';
import { personRoles } from '../../core/access/caller.ts';
import { currentIdentity } from '../access/session.ts';
import { exactText } from '../format/date.ts';
import * as say from '../text/admin-people.ts';
import { announce } from './admin-page.tsx';
import { Dialog } from './dialog.tsx';
import { FaultOf, Field, Form } from './form.tsx';
import { agoText, now } from './moment.tsx';
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
  viewer: say.viewerMay,
  analyst: say.analystMay,
  admin: say.adminMay,
} as const;

export function PersonDialog({ action, changed, close }: PersonDialogProps) {
  const [given, setGiven] = useState<WithToken | null>(null);
  const done = (answer: WithToken): void => {
    setGiven(answer);
    announce(say.linkIsMade(answer.data.name));
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
    <Dialog title={say.addAPerson} close={close}>
      <Form
        names={personFields}
        submit={say.addThePerson}
        leave={close}
        send={(form) => askAdmin<WithToken>('/api/admin/people', { method: 'POST', body: personBody(form) })}
        done={done}
      >
        {(faults) => (
          <>
            <Field name="name" label={say.name} hint={say.personNameHint} fault={faults.name} autofocus />
            <Field
              name="email"
              inputMode="email"
              label={say.eMail}
              placeholder={say.none}
              hint={say.eMailHint}
              fault={faults.email}
            />
            <fieldset class="field">
              <legend>{say.role}</legend>
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
            <RegionChoice legend={say.regionsTheRoleHoldsFor} fault={faults.regions} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

function Renew({ person, done, close }: GiveProps & { readonly person: PersonRow }) {
  const isSelf = currentIdentity.value?.id === person.id;
  return (
    <Dialog title={say.newLinkQuestion(person.name)} close={close}>
      <p>
        {say.linkBeforeEnds} {isSelf ? say.yours : say.thePerson} {say.end}
        {isSelf ? say.thisOneToo : say.everywhereWithin10S}
      </p>
      <Form
        names={[]}
        submit={say.makeANewLink}
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
    <Dialog title={say.signInLinkOf(data.name)} close={close} isGuarded>
      <ShownOnce what={say.thisLink} />
      <Secret label={say.signInLink} text={signInLink(location.origin, token)} isFirst />
      <p>{say.sendLinkToOnly(data.name, data.role)}</p>
      <p class="choices">
        <button type="button" class="button" onClick={close}>
          {say.done}
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
    announce(say.personIsDisabled(name));
    close();
  };
  return (
    <Dialog title={say.disableQuestion(name)} close={close}>
      <p>{say.disablingIsForGood}</p>
      <p class="last-used">
        {seenAt === null ? (
          say.hasNeverSignedIn
        ) : (
          <>
            {say.lastSignedIn} <b>{agoText(Date.parse(seenAt), now.value)}</b>, {exactText(seenAt)}.
          </>
        )}
      </p>
      <Form
        names={[]}
        submit={say.disableThePerson}
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
