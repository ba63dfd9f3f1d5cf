import { Flags } from '@oclif/core';
import { KeyCommand } from '../../key-command.ts';
import { KEPT_DEFAULT } from '../../lib/app/db/backups.ts';
import { passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class DbBackup extends KeyCommand<typeof DbBackup> {
  static override summary = 'copy the database whole, also while a kmm runs';
  static override description =
    `The copy is checked from end to end before it gets its name; it is for its owner alone (0600). Without --out it goes to
the folder backup of the data directory, where the newest ${KEPT_DEFAULT} stay. Encrypted, it opens with the passphrase that opens the
stored key, or the one of --passphrase-file: keep that somewhere else than the backups. Tapes are not in it.`;
  static override examples = [
    '<%= config.bin %> db backup',
    '<%= config.bin %> db backup --encrypt --env prod',
    '<%= config.bin %> db backup --out kmm.db.copy',
  ];
  static override flags = {
    out: Flags.string({ helpValue: 'FILE', description: 'write this file, which must not be there' }),
    encrypt: Flags.boolean({ description: 'with a passphrase (scrypt, AES-256-GCM)' }),
    keep: Flags.integer({
      default: KEPT_DEFAULT,
      min: 1,
      max: 1_000,
      exclusive: ['out'],
      description: 'how many stay in the folder of backups',
    }),
    ...passphraseFlag,
  };

  async run(): Promise<object> {
    const { flags, environment } = this;
    const { backUpDatabase } = await import('../../lib/app/db/backup-database.ts');
    const places = await this.places(passphraseFlags(flags, environment));
    const passphrase = flags.encrypt ? await this.backupPassphrase(places) : undefined;
    const backup = backUpDatabase({
      ...{ home: places.home, now: new Date(), kept: flags.keep },
      ...(flags.out !== undefined && { out: flags.out }),
      ...(passphrase !== undefined && { passphrase }),
    });
    const { file, bytes, isEncrypted, version, sessions, turns, removed } = backup;
    this.log(`${file}: ${bytes} bytes${isEncrypted ? ', encrypted' : ''}`);
    const chain = turns === null ? 'its chain is for a newer version to check' : `the chain of ${turns} turns is whole`;
    this.log(`  version ${version}, ${sessions} sessions, ${chain}`);
    for (const old of removed) this.log(`  removed ${old}`);
    return this.toRecord({ type: 'db_backup', env: environment, ...backup });
  }
}
