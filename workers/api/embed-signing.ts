/** Signs tokens of embeds and checks their signatures: HMAC-SHA256 under a key that is derived from PSEUDONYM_KEY. */
import { type EmbedToken, embedText, readEmbedToken } from '../../core/access/embed-token.ts';
import { fromHex, toHex } from '../../storage/hex.ts';
import { type KeyEnv, pseudonymKeyOf } from '../../storage/load-identifier.ts';

const algorithm = { name: 'HMAC', hash: 'SHA-256' };
/** Keeps the key apart from what else PSEUDONYM_KEY is used for. */
const purpose = new TextEncoder().encode('marquee embed token');

const imported = async (bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);

async function signingKey(digits: string): Promise<CryptoKey> {
  const root = await imported(new Uint8Array(fromHex(digits) ?? []));
  return await imported(new Uint8Array(await crypto.subtle.sign('HMAC', root, purpose)));
}

/** A token of that embed; its key's version is the one that the deployment has now. */
export async function signEmbed(
  env: KeyEnv,
  embed: Omit<EmbedToken, 'keyVersion'>,
): Promise<{ readonly token: string; readonly keyVersion: number }> {
  const { version: keyVersion, digits } = await pseudonymKeyOf(env);
  const text = embedText({ ...embed, keyVersion });
  const signature = await crypto.subtle.sign(
    'HMAC',
    await signingKey(digits),
    new TextEncoder().encode(text),
  );
  return { token: `${text}_${toHex(new Uint8Array(signature))}`, keyVersion };
}

/** What a token says, if this deployment has signed it; else why it is not believed. */
export async function verifyEmbed(
  env: KeyEnv,
  shown: string,
): Promise<{ readonly token: EmbedToken } | { readonly fault: string }> {
  const read = readEmbedToken(shown);
  const altered = { fault: 'This token of an embed was altered, or is not of this service.' };
  if (!read) return altered;
  const { version, digits } = await pseudonymKeyOf(env);
  if (read.token.keyVersion !== version)
    return { fault: 'The key that has signed this embed is no longer used: make the embed anew.' };
  const isRight = await crypto.subtle.verify(
    'HMAC',
    await signingKey(digits),
    new Uint8Array(fromHex(read.signature) ?? []),
    new TextEncoder().encode(read.text),
  );
  return isRight ? { token: read.token } : altered;
}
