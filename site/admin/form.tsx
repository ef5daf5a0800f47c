/** A form of a dialog: fields with what the service says of each, one submission at a time. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceAnswer } from '../access/service.ts';
import * as say from '../text/admin.ts';
import { type FormFaults, formFaults, noFaults } from './problem-fields.ts';

interface FormProps<T> {
  /** Names of its fields, in the service's words. */
  readonly names: readonly string[];
  readonly send: (form: FormData) => Promise<ServiceAnswer<T>>;
  readonly done: (value: T) => void;
  /** Absent where there is nothing to go back to. */
  readonly leave?: () => void;
  readonly submit: string;
  readonly isGrave?: boolean;
  readonly children: (faults: FormFaults['fields']) => ComponentChildren;
}

export function Form<T>({ names, send, done, leave, submit, isGrave = false, children }: FormProps<T>) {
  const [faults, setFaults] = useState(noFaults);
  const [isSent, setIsSent] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(
    () => form.current?.querySelector<HTMLElement>('[aria-invalid] input, [aria-invalid]')?.focus(),
    [faults],
  );
  const submitted = async (fields: FormData): Promise<void> => {
    setIsSent(true);
    const answer = await send(fields);
    setIsSent(false);
    if (answer.ok) done(answer.value);
    else setFaults(formFaults(answer.problem, answer.text, names));
  };
  return (
    // The service judges what was typed, so that there is one set of rules.
    <form
      noValidate
      autocomplete="off"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSent) void submitted(new FormData(event.currentTarget));
      }}
    >
      {children(faults.fields)}
      {faults.rest !== null && (
        <p class="fault" role="alert">
          {faults.rest}
        </p>
      )}
      <p class="choices">
        {leave && (
          <button type="button" class="button" onClick={leave} autofocus={isGrave}>
            {say.cancel}
          </button>
        )}
        <button type="submit" class={isGrave ? 'button grave' : 'button primary'} aria-disabled={isSent}>
          {isSent ? say.sending : submit}
        </button>
      </p>
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly fault: string | undefined;
  readonly type?: 'date' | 'datetime-local';
  readonly inputMode?: 'numeric' | 'email';
  readonly placeholder?: string;
  readonly defaultValue?: string;
  readonly min?: string;
  readonly autofocus?: boolean;
  readonly spellcheck?: boolean;
}

export function Field({ name, label, hint, fault, type, ...input }: FieldProps) {
  const isWrong = fault !== undefined;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        {...input}
        {...(type && { type })}
        id={name}
        name={name}
        aria-describedby={`${name}-fault ${name}-hint`}
        {...(isWrong && { 'aria-invalid': true })}
      />
      <FaultOf name={name} fault={fault} />
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    </div>
  );
}

export function FaultOf({ name, fault }: Pick<FieldProps, 'name' | 'fault'>) {
  return (
    <p class="fault" id={`${name}-fault`}>
      {fault}
    </p>
  );
}
