import { Args, Flags } from '@oclif/core';
import { KeyCommand } from '../../key-command.ts';
import { keyReportLines } from '../../print/operator/key-report-text.ts';
import { passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class AuthRotate extends KeyCommand<typeof AuthRotate> {
  static override summary = 'replace the stored key by a new one, once the exchange has answered to it';
  static override description =
    `First make the new key on the exchange's web page: scopes read and write::trade, bound to the subaccount that holds
the capital. The old key is kept until the new one has been checked; then it is removed here, and you delete it there.
Refused while a trader runs.`;
  static override examples = [
    '<%= config.bin %> auth rotate new.pem --key-id ID --env demo',
    '<%= config.bin %> auth rotate new.pem --key-id ID --env prod --passphrase-file pass --shred',
  ];
  static override args = { file: Args.string({ required: true, description: 'the new private key' }) };
  static override flags = {
    'key-id': Flags.string({ required: true, description: 'the id of the new key' }),
    'allow-broad-key': Flags.boolean({ description: 'a key that may do more than trade is accepted, with a warning' }),
    ...passphraseFlag,
    shred: Flags.boolean({ description: 'overwrite and remove FILE afterwards' }),
    'sim-url': Flags.string({ helpValue: 'URL', description: 'sim: the embedded exchange that knows the new key' }),
  };

  async run(): Promise<object> {
    const { environment, flags, args } = this;
    this.assertEnvGiven();
    const { findKey } = await import('../../lib/app/keys/import-key.ts');
    const { rotateKey } = await import('../../lib/app/keys/rotate-key.ts');
    const places = await this.places(passphraseFlags(flags, environment));
    const found = findKey(args.file, flags['key-id'], Date.now());
    const passphrase = await this.choosePassphrase(places, found);
    const { old, stored, report } = await rotateKey(places, found, {
      ...{ passphrase, isBroadAllowed: flags['allow-broad-key'] },
      ...(flags['sim-url'] !== undefined && { simUrl: flags['sim-url'] }),
    });
    for (const line of keyReportLines(report, this.glyphs)) this.log(line);
    this.log(`the key ${stored.keyId} is stored for ${environment} in the place of ${old.keyId}`);
    const isPlainGone = await this.endOfPlain(found, flags.shred);
    if (places.keyId === old.keyId)
      this.note(`the configuration still names ${old.keyId}: change ${environment}.key_id`);
    this.log(`Next: delete the key ${old.keyId} on the exchange's web page (account, API keys)`);
    return this.toRecord({ type: 'auth_rotate', removed: old.keyId, ...stored, isPlainGone, check: report });
  }
}
