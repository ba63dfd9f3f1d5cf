/** The rows of the catalogue about keys, what they may do, and the clock that signatures depend on (exit 4). */
import { type CatalogueEntry, NOTHING_SENT, SHOW_CONFIG } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

export const KEY_ERRORS = {
  KMM_KEY_MISSING: {
    exit: EXIT.key,
    title: 'no key is stored or configured for this environment',
    position: NOTHING_SENT,
    next: ['kmm auth import FILE --key-id ID', 'set key_id and key_file in the table of the environment', SHOW_CONFIG],
  },
  KMM_KEY_UNREADABLE: {
    exit: EXIT.key,
    title: 'the key file is missing, may not be read, or is not a regular file',
    position: NOTHING_SENT,
    next: ['ls -l the path named above', SHOW_CONFIG],
  },
  KMM_KEY_MODE: {
    exit: EXIT.key,
    title: 'other users of this machine may read the file of a key or a passphrase, or could have put it there',
    position: NOTHING_SENT,
    next: ['chmod 600 the file named above', 'make a new key if others had access'],
  },
  KMM_KEY_INVALID: {
    exit: EXIT.key,
    title: 'the key file holds no RSA or Ed25519 private key in PEM form',
    position: NOTHING_SENT,
    next: ['download the key again', 'openssl pkey -noout -in the file named above'],
  },
  KMM_KEY_PASSPHRASE: {
    exit: EXIT.key,
    title: 'the key is encrypted, and there is no passphrase or it does not open it',
    position: NOTHING_SENT,
    next: [
      'set passphrase_file in the table of the environment, to a file with mode 0400',
      'run it on a terminal, which is asked',
      'LoadCredentialEncrypted=kmm-passphrase in the service file',
    ],
  },
  KMM_KEY_PLAIN: {
    exit: EXIT.key,
    title: 'production takes no key that lies on the disk in the clear',
    position: NOTHING_SENT,
    next: ['kmm auth import FILE --key-id ID --env prod', 'LoadCredentialEncrypted=kalshi-key in the service file'],
  },
  KMM_KEY_ENV: {
    exit: EXIT.key,
    title: 'the key was imported for another environment than the one asked for',
    position: NOTHING_SENT,
    next: ['check --env and KMM_ENV', 'kmm auth check --env demo'],
  },
  KMM_KEY_EXISTS: {
    exit: EXIT.key,
    title: 'a key is stored for this environment already, and is never written over',
    position: NOTHING_SENT,
    next: ['kmm auth rotate FILE --key-id ID', 'kmm auth forget'],
  },
  KMM_KEY_SCOPE: {
    exit: EXIT.key,
    title: 'the key may do more, or less, than a market maker needs: exactly read and write::trade',
    position: 'the key works and nothing was changed; positions and resting orders are as they were',
    next: ['make a key with the scopes read and write::trade', 'kmm auth check --allow-broad-key'],
  },
  KMM_KEY_REFUSED: {
    exit: EXIT.key,
    title: 'the exchange refused the signature, the key or its scope',
    position: 'cancelling is not possible with this key; what rests ends with its lease',
    next: ['check key_id and key_file', 'check that the key belongs to this environment', 'cancel on the web page'],
  },
  KMM_CLOCK: {
    exit: EXIT.key,
    title: "the clock of this machine is too far from the exchange's, whose signatures and leases depend on it",
    position: NOTHING_SENT,
    next: ['timedatectl set-ntp true', 'kmm run'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
