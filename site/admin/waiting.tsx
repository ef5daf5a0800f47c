/** A list before its rows, without any, and where it could not be had. */
import type { ComponentChildren } from 'preact';
import { hasRole, type PersonRole } from '../../core/access/caller.ts';
import { currentIdentity } from '../access/session.ts';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/admin.ts';
import type { Failure } from './resource.ts';

export function Bones({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div class="bones" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        <span class="bone" key={i} />
      ))}
    </div>
  );
}

interface FailedProps {
  /** `The keys` could not be loaded. */
  readonly what: string;
  readonly failure: Failure | null;
  readonly retry: () => void;
  /** The role that the page asks for. */
  readonly needed?: PersonRole;
  /** What still works. */
  readonly children?: ComponentChildren;
}

export function Failed({ what, failure, retry, needed = 'admin', children }: FailedProps) {
  if (failure === null) return null;
  const identity = currentIdentity.value;
  const isRole = failure.status === 403 && identity !== null && !hasRole(identity, needed);
  return (
    <div class="failed" role="alert">
      <Mark kind="down" />
      <p>
        <b>{say.notLoaded(what)}</b> {isRole ? say.roleNeeded(needed, identity.role) : failure.text}{' '}
        {children}
      </p>
      {failure.status === 403 ? (
        <a class="button" href="/">
          {say.toTheLiveView}
        </a>
      ) : (
        <button type="button" class="button" onClick={retry}>
          {say.tryAgain}
        </button>
      )}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
