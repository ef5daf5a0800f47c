import { trustedTypesPolicy } from '../../core/protocol/trusted-types.ts';

/** As far as it is used here; browsers without Trusted Types lack it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    /** Gives an object that stands for the address, where only such objects are taken. */
    readonly createScriptURL: (url: string) => string;
  };
}

const address = '/sw.js';

/** The page's policy takes no plain text for the address of code: this one address is vouched for. */
function vouchedAddress(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const rules = {
    createScriptURL: (url: string): string => {
      if (url !== address) throw new TypeError(`${url} is no code of this site`);
      return url;
    },
  };
  return trustedTypes?.createPolicy(trustedTypesPolicy, rules).createScriptURL(address) ?? address;
}

/**
 * Once the page is there; without it (an old browser, no secure context) everything works but the network's absence. A frame
 * of another site keeps nothing.
 */
addEventListener('load', () => {
  if (location.pathname === '/embed') return;
  navigator.serviceWorker?.register(vouchedAddress()).catch(() => undefined);
});
