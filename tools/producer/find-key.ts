import { readCredentials } from '../credentials.ts';
import type { ProducerSettings } from './settings.ts';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** The key that was given; else the environment's; else, at an address of this machine, that of the local run. */
export function findKey(
  { url, key, persistTo }: Pick<ProducerSettings, 'url' | 'key' | 'persistTo'>,
  fromEnvironment: string | undefined,
): string | undefined {
  const given = key || fromEnvironment;
  if (given) return given;
  // The key of a local run is nobody else's business.
  if (!loopbackNames.includes(new URL(url).hostname)) return undefined;
  try {
    return readCredentials(persistTo).ingest_key;
  } catch {
    return undefined;
  }
}
