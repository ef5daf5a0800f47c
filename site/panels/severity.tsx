import type { AlertSeverity } from '../../core/alert/alert-rule.ts';
import { severityWords } from '../live/alert-text.ts';
import { Mark, type MarkKind } from './mark.tsx';

const marks = { CRITICAL: 'failing', WARNING: 'warning', INFO: 'info' } as const satisfies Record<
  AlertSeverity,
  MarkKind
>;

/** How grave an alert is, by colour, shape and word. */
export function Severity({ severity }: { readonly severity: AlertSeverity }) {
  return (
    <span class={`severity severity-${severity.toLowerCase()}`}>
      <Mark kind={marks[severity]} />
      {severityWords[severity]}
    </span>
  );
}
