/**
 * What an embedded page shows (EMB-1): `mqe_ID_EXPIRY_KEYVERSION_SIGNATURE`. The signature is over all before it, so a
 * token that was altered or made up is refused without a lookup; what it grants stands in D1 under ID.
 */
export interface EmbedToken {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly keyVersion: number;
}

/** Digits of an id, base32: as of people, but no secret. */
export const embedIdLength = 12;
/** Who an embed is in logs, beside people: no id of a person has a colon, no issuer is of this scheme. */
export const embedPersonId = (id: string): string => `embed:${id}`;

const form = /^(mqe_([0-9a-z]{12})_(\d{10})_([1-9]\d{0,5}))_([0-9a-f]{64})$/;

/** What is signed. Expiry in whole seconds. */
export function embedText({ id, expiresAtMs, keyVersion }: EmbedToken): string {
  return `mqe_${id}_${Math.floor(expiresAtMs / 1000)}_${keyVersion}`;
}

/** Null for what is no such token; whether its signature is right is another question. */
export function readEmbedToken(
  token: string,
): { readonly token: EmbedToken; readonly text: string; readonly signature: string } | null {
  const [, text, id, seconds, version, signature] = form.exec(token) ?? [];
  if (text === undefined || id === undefined || signature === undefined) return null;
  return {
    token: { id, expiresAtMs: Number(seconds) * 1000, keyVersion: Number(version) },
    text,
    signature,
  };
}
