/**
 * A secret in a variable is seen by every process of this user and handed to every child: it is taken out at once, and
 * nothing of kmm ever reads one there. A name says what a passphrase is; a key shows itself.
 */
import type { Variables } from '../config/home.ts';
import { Secret } from './secret.ts';

export interface Exposed {
  readonly name: string;
  readonly what: string;
  readonly next: string;
}

/** As it is, with its line ends written out, or in base64 as container systems hand files over. */
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const BASE64_PEM = /^\s*LS0tLS1CRUdJTi[A-Za-z0-9+/\s]+=*\s*$/;
const SECRET_NAME = /^(?:KMM|KALSHI)_(?:\w+_)?(?:PASSPHRASE|PASSWORD|SECRET|TOKEN|PRIVATE_KEY|WEBHOOK)$/i;

/**
 * What was typed behind a flag that does not exist, because secrets have none, is not said again by an error or a trace.
 * Others on this machine could read it there: that cannot be mended here.
 */
export function hideTyped(words: readonly string[]): void {
  for (const [index, word] of words.entries()) {
    const flag = SECRET_FLAG.exec(word);
    if (flag !== null) new Secret(flag[1] ?? words[index + 1] ?? '');
  }
}

const SECRET_FLAG = /^--(?:[\w-]+-)?(?:passphrase|password|secret|token|private-key)(?:=(.*))?$/i;

/** Removes them from `variables`; their values are never printed by this process. */
export function removeExposed(variables: Record<string, string | undefined>): readonly Exposed[] {
  const found = Object.keys(variables).flatMap((name) => exposed(name, variables));
  for (const { name } of found) {
    const value = variables[name] ?? '';
    // The last hop knows it as it stands, and as the lines that it is made of.
    new Secret(value);
    if (value.includes('\\n')) new Secret(value.replaceAll('\\n', '\n'));
    if (BASE64_PEM.test(value)) new Secret(Buffer.from(value, 'base64').toString());
    delete variables[name];
  }
  return found;
}

function exposed(name: string, variables: Variables): readonly Exposed[] {
  const value = variables[name] ?? '';
  if (PRIVATE_KEY.test(value) || isKeyInBase64(value)) {
    return [{ name, what: 'a private key', next: 'Unset it, make a new key' }];
  }
  // A path is no secret, and may be in a variable.
  if (!SECRET_NAME.test(name) || value === '' || value.startsWith('/')) return [];
  return [{ name, what: 'a secret', next: 'Unset it, and give kmm the path of a file with mode 0400' }];
}

function isKeyInBase64(value: string): boolean {
  return BASE64_PEM.test(value) && PRIVATE_KEY.test(Buffer.from(value, 'base64').toString());
}
