/** Who is signed in, as what, until when, and the way out. Nothing is drawn while that is not known. */
import { useEffect, useRef, useState } from 'preact/hooks';
import * as say from '../text/frame.ts';
import { currentIdentity, type Identity, signInAddress, signOut, signOutFailure } from './session.ts';
import { type SessionEnd, sessionEnd } from './session-end.ts';

const roleWords = { viewer: say.viewer, analyst: say.analyst, admin: say.admin } as const;
/** How often the time that is left is looked at, ms. */
const lookEveryMs = 5_000;

export function PersonMenu() {
  const identity = currentIdentity.value;
  return identity && <Menu identity={identity} />;
}

interface MenuProps {
  readonly identity: Identity;
}

function Menu({ identity }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const end = useSessionEnd(identity);
  useEffect(() => {
    const leave = ({ target }: Event): void => {
      if (menu.current && target instanceof Node && !menu.current.contains(target)) menu.current.open = false;
    };
    document.addEventListener('click', leave);
    addEventListener('pageshow', askAnew);
    return () => {
      document.removeEventListener('click', leave);
      removeEventListener('pageshow', askAnew);
    };
  }, []);
  const leaveByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !menu.current?.open) return;
    // One Esc leaves one thing: a filter of the page stays.
    event.preventDefault();
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  return (
    <details class="person" ref={menu} onKeyDown={leaveByKey}>
      <summary class="button">
        <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
          <path
            d="M8 1.5a3.25 3.25 0 1 1 0 6.5a3.25 3.25 0 1 1 0-6.5zM1.75 14.5c0-3 2.75-4.75 6.25-4.75s6.25 1.75 6.25 4.75z"
            fill="currentColor"
          />
        </svg>
        <span class="unseen">{say.signedInAs} </span>
        <span class="person-name">{identity.name}</span>
        {end?.isSoon && (
          <span class="session-soon" role="status">
            <span class="session-lead">{end.lead} </span>
            {end.time}
          </span>
        )}
      </summary>
      <Sheet identity={identity} end={end} />
    </details>
  );
}

/** Back after a sign-out, a browser may show the page as it was left, with all that only a person may see. */
function askAnew({ persisted }: PageTransitionEvent): void {
  if (persisted) location.reload();
}

function Sheet({ identity, end }: MenuProps & { readonly end: SessionEnd | null }) {
  const { name, role, regions, via } = identity;
  const failure = signOutFailure.value;
  return (
    <div class="person-sheet">
      <p class="person-who">
        <b>{name}</b>
        <span>{roleWords[role]}</span>
      </p>
      <p class="quiet">{regions === null ? say.allRegions : regions.join(', ')}</p>
      {end && <p class={end.isSoon ? 'session-soon' : 'quiet'}>{`${end.lead} ${end.time}`}</p>}
      <p class="person-ways">
        {end?.isSoon && (
          <a class="button" href={signInAddress()}>
            {say.signInAgain}
          </a>
        )}
        {(via === 'session' || via === 'access') && (
          <button type="button" class="button" onClick={() => void signOut()}>
            {say.signOut}
          </button>
        )}
      </p>
      {failure !== null && (
        <p class="failure" role="alert">
          {say.notSignedOut(failure)}
        </p>
      )}
    </div>
  );
}

/** Null where the sign-in does not end. */
function useSessionEnd({ expires_at: expiresAt }: Identity): SessionEnd | null {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), lookEveryMs);
    return () => clearInterval(timer);
  }, []);
  return expiresAt === null ? null : sessionEnd(Date.parse(expiresAt), nowMs);
}
