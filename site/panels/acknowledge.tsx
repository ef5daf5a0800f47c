/** The button that asks what a person has to say to an alert, and then the form in its place. */
import { useRef } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { Acknowledgements } from '../live/acknowledgements.ts';
import * as say from '../text/panels.ts';
import { AckForm } from './ack-form.tsx';

interface AcknowledgeProps {
  readonly alert: AlertRow;
  readonly acknowledgements: Acknowledgements;
}

/** What is acknowledged already can still be closed while it fires. */
export function Acknowledge({ alert, acknowledgements }: AcknowledgeProps) {
  const button = useRef<HTMLButtonElement>(null);
  const state = acknowledgements.states.value.get(alert.id);
  if (state?.kind === 'writing' || state?.kind === 'sending') {
    const leave = (): void => {
      acknowledgements.leave(alert.id);
      // Where the person came from; the button is drawn anew by then.
      requestAnimationFrame(() => button.current?.focus());
    };
    return <AckForm alert={alert} state={state} acknowledgements={acknowledgements} leave={leave} />;
  }
  const name = alert.acknowledged ? say.close : say.acknowledge;
  return (
    <button
      type="button"
      class={alert.acknowledged ? 'button again' : 'button'}
      ref={button}
      aria-label={`${name}: ${alert.message}`}
      onClick={() => acknowledgements.write(alert.id, '')}
    >
      {name}
    </button>
  );
}
