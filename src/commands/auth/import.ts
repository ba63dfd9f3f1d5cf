import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { KeyCommand } from '../../key-command.ts';
import { passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class AuthImport extends KeyCommand<typeof AuthImport> {
  static override summary = 'take in a downloaded key: checked, encrypted, kept for one environment';
  static override description =
    `FILE is the private key as the web page gave it (RSA or Ed25519, PEM), for you alone (chmod 600). It is kept as
encrypted PKCS#8 in kmm's data directory. The passphrase comes from a prompt, a file or a credential of systemd, never
from a flag or a variable. With a prompt alone, kmm kill from another terminal needs --passphrase-file.`;
  static override examples = [
    '<%= config.bin %> auth import ~/Downloads/key.txt --key-id 01234567-89ab-cdef-0123-456789abcdef --env demo',
    '<%= config.bin %> auth import key.pem --key-id ID --env prod --passphrase-file pass --shred',
  ];
  static override args = { file: Args.string({ required: true, description: 'the private key' }) };
  static override flags = {
    'key-id': Flags.string({ required: true, description: 'the id of the key, as the web page shows it' }),
    ...passphraseFlag,
    shred: Flags.boolean({ description: 'overwrite and remove FILE afterwards' }),
  };

  async run(): Promise<object> {
    const { environment, flags, args } = this;
    this.assertEnvGiven();
    const { assertFree, findKey, importKey } = await import('../../lib/app/keys/import-key.ts');
    const places = await this.places(passphraseFlags(flags, environment));
    const found = findKey(args.file, flags['key-id'], Date.now());
    assertFree(places, found.keyId);
    const stored = importKey(places, found, await this.choosePassphrase(places, found), Date.now());
    this.log(`stored the ${stored.kind} key ${stored.keyId} for ${environment}, encrypted: ${stored.file}`);
    this.log(`  ${stored.fingerprint}`);
    const isPlainGone = await this.endOfPlain(found, flags.shred);
    const file = flags['passphrase-file'];
    if (file !== undefined)
      this.log(`To start and to kill without a person: ${environment}.passphrase_file = "${resolve(file)}"`);
    this.log(`Next: kmm auth check --env ${environment}`);
    return this.toRecord({ type: 'auth_import', ...stored, isPlainGone, warnings: found.warnings });
  }
}
