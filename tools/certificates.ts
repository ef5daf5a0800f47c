// workerd complains on machines without CA certificates, such as a bare Debian.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { root } from './bootstrap.mjs';

const usualPlaces = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Environment that points workerd to certificates: empty where the machine has its own, else Node's, written out. */
export function certificateEnvironment(): { SSL_CERT_FILE?: string } {
  if (
    process.env.SSL_CERT_FILE ||
    process.platform === 'win32' ||
    usualPlaces.some((path) => existsSync(path))
  )
    return {};
  const path = join(root, '.cache', 'certificates.pem');
  if (!existsSync(path)) {
    mkdirSync(join(root, '.cache'), { recursive: true });
    writeFileSync(path, rootCertificates.join('\n'));
  }
  return { SSL_CERT_FILE: path };
}
