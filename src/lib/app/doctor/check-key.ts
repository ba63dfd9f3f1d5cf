/** The key on the disk, what it may do at the exchange, and whether everything here is stamped for one environment. */
import type { EnvironmentName } from '../config/home.ts';
import { clockFindings, type Finding, scopeFindings } from '../keys/findings.ts';
import {
  badTrouble,
  type DoctorFacts,
  type DoctorLine,
  doubtful,
  type ExchangeFacts,
  good,
  type KeyFacts,
  linesOf,
} from './facts.ts';

export function checkStamps({ stamps, env }: Pick<DoctorFacts, 'stamps' | 'env'>): DoctorLine {
  if (stamps !== 'agree') return badTrouble('stamps', stamps);
  return good('stamps', `hosts, config, key, database and lock are of ${env}, as far as they are there`);
}

export function checkKeyFile(key: KeyFacts, env: EnvironmentName): readonly DoctorLine[] {
  const { keyId, file, keeper, isEncrypted, openedBy, trouble } = key;
  if (trouble !== undefined) return [badTrouble('key', trouble)];
  if (keeper === 'own') return [good('key', 'the embedded exchange made one for this look')];
  const lines: DoctorLine[] = [good('key', `${keyId} in ${file}, for its owner alone`)];
  if (!isEncrypted && keeper === 'file' && env !== 'sim') {
    const text = 'the key lies on the disk in the clear';
    lines.push(doubtful('key', text, `kmm auth import ${file} --key-id ${keyId} --env ${env} --shred`));
  }
  if (!isEncrypted) return lines;
  if (openedBy !== undefined) return [...lines, good('passphrase', `the key is encrypted, and ${openedBy} opens it`)];
  return [
    ...lines,
    doubtful(
      'passphrase',
      'only a person can open the key: kmm cannot start or kill by itself',
      `set ${env}.passphrase_file, to a file with mode 0400`,
      'LoadCredentialEncrypted=kmm-passphrase in the service file',
    ),
  ];
}

export function checkScopes(
  { keys, keyId, subaccount, now }: Pick<ExchangeFacts, 'keys' | 'keyId' | 'subaccount' | 'now'>,
  env: EnvironmentName,
): readonly DoctorLine[] {
  return linesOf('scopes', keys, ({ keys: listed, attestedUntil }) => {
    const own = listed.find((one) => one.keyId === keyId);
    return scopeFindings(own, attestedUntil, now, subaccount).map((finding) => lineOf('scopes', finding, env));
  });
}

export function checkClock({ clock }: Pick<ExchangeFacts, 'clock'>, env: EnvironmentName) {
  return linesOf('clock', clock, (report) => clockFindings(report).map((finding) => lineOf('clock', finding, env)));
}

/** Play money may be moved about. */
function lineOf(check: string, { level, text, next = [], isBroad }: Finding, env: EnvironmentName): DoctorLine {
  const isFine = isBroad === true && env === 'sim';
  const mends = next.length > 0 ? next : level === 'good' ? [] : MENDS[check as keyof typeof MENDS];
  if (level === 'good' || isFine) return good(check, text);
  return { check, level, text, next: mends };
}

const MENDS = {
  scopes: [
    'make a key with the scopes read and write::trade, bound to one subaccount',
    'kmm auth rotate FILE --key-id ID',
  ],
  clock: ['timedatectl set-ntp true'],
} as const;
