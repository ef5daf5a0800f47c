/** What is pressed and typed into. */
import { useState } from 'preact/hooks';
import { Dialog } from '../admin/dialog.tsx';
import { Field, Form } from '../admin/form.tsx';
import { ListBar } from '../admin/list-bar.tsx';
import { Secret, ShownOnce } from '../admin/secret.tsx';
import { FilterChip } from '../filter/filter-chip.tsx';
import { PanelMore } from '../panels/panel-more.tsx';
import { Section, Specimen } from './specimen.tsx';

export function Controls() {
  return (
    <>
      <Section
        id="buttons"
        title="Buttons"
        remark="One primary at most where a choice is made; a grave one deletes or revokes, and is asked before."
      >
        <Specimen state="usual">
          <button type="button" class="button">
            Copy link
          </button>
        </Specimen>
        <Specimen state="pressed">
          <button type="button" class="button" aria-pressed="true">
            Tables
          </button>
        </Specimen>
        <Specimen state="primary">
          <button type="button" class="button primary">
            Make the key
          </button>
        </Specimen>
        <Specimen state="grave">
          <button type="button" class="button grave">
            Revoke the key
          </button>
        </Specimen>
        <Specimen state="disabled">
          <button type="button" class="button" disabled>
            Sending
          </button>
        </Specimen>
        <Specimen state="a link">
          <a class="button" href="#buttons">
            To the live view
          </a>
        </Specimen>
        <Specimen state="more of a panel">
          <PanelMore title="Specimen" />
        </Specimen>
        <Specimen state="a key">
          <kbd>g</kbd> <kbd>s</kbd>
        </Specimen>
      </Section>
      <Fields />
      <Chips />
      <Dialogs />
    </>
  );
}

function Fields() {
  const [state, setState] = useState<'active' | null>(null);
  return (
    <Section
      id="fields"
      title="Fields"
      remark="A label above, a hint below; what the service says of the field stands between them."
    >
      <Specimen state="with a hint">
        <Field name="specimen-name" label="Name" hint="What people call it." fault={undefined} />
      </Specimen>
      <Specimen state="with a fault">
        <Field
          name="specimen-account"
          label="Account"
          defaultValue="Kiosk!"
          fault="Must be 1 to 64 of a-z, 0-9 and -."
        />
      </Specimen>
      <Specimen state="a choice">
        <div class="labelled">
          <label for="specimen-result">Result</label>
          <select id="specimen-result">
            <option>All</option>
            <option>Refused</option>
          </select>
        </div>
      </Specimen>
      <Specimen state="a list, narrowed" isWide>
        <ListBar
          label="Search the keys"
          text=""
          states={[
            { state: null, word: 'All', count: 12 },
            { state: 'active', word: 'Active', count: 9 },
          ]}
          chosen={state}
          set={(filter) => setState(filter.state)}
        />
      </Specimen>
    </Section>
  );
}

function Chips() {
  const [isNot, setIsNot] = useState(false);
  return (
    <Section
      id="chips"
      title="Chips"
      remark="Every filter is one: pressed it turns round, its cross takes it away."
    >
      <Specimen state="is">
        <p class="chips">
          <FilterChip
            word="Region"
            values={['EU-London', 'EU-Paris']}
            isNot={isNot}
            change={(text) => text && setIsNot(!isNot)}
          />
        </p>
      </Specimen>
      <Specimen state="is not, of a long title">
        <p class="chips">
          <FilterChip
            word="Title"
            values={['The Long Way Home, Through the Valley and over the Hills']}
            isNot
            change={() => undefined}
          />
        </p>
      </Specimen>
      <Specimen state="a tag">
        <span class="tag">you</span>
      </Specimen>
    </Section>
  );
}

type Kind = 'plain' | 'form' | 'once';

function Dialogs() {
  const [open, setOpen] = useState<Kind | null>(null);
  const close = () => setOpen(null);
  return (
    <Section
      id="dialogs"
      title="Dialogs"
      remark="The browser's own: it keeps the focus, Esc closes it unless it shows what is not shown again."
    >
      {(['plain', 'form', 'once'] as const).map((kind) => (
        <Specimen state={kind} key={kind}>
          <button type="button" class="button" onClick={() => setOpen(kind)}>
            Open: {kind}
          </button>
        </Specimen>
      ))}
      {open !== null && (
        <Dialog title={`A dialog: ${open}`} close={close} isGuarded={open === 'once'}>
          <DialogBody kind={open} close={close} />
        </Dialog>
      )}
    </Section>
  );
}

function DialogBody({ kind, close }: { readonly kind: Kind; readonly close: () => void }) {
  if (kind === 'form')
    return (
      <Form
        names={['email']}
        send={async () => ({
          ok: false as const,
          status: 400,
          text: 'The service refused it.',
          problem: null,
        })}
        done={close}
        leave={close}
        submit="Send"
        isGrave
      >
        {(faults) => <Field name="email" label="Address" fault={faults.email} />}
      </Form>
    );
  return (
    <>
      {kind === 'once' ? (
        <>
          <ShownOnce what="The key" />
          <Secret label="The key" text="mq_local_specimen_0123456789" isFirst />
        </>
      ) : (
        <p>Each counts once, as if it came now.</p>
      )}
      <p class="choices">
        <button type="button" class="button primary" onClick={close}>
          Done
        </button>
      </p>
    </>
  );
}
