import { Args } from '@oclif/core';
import { KeyCommand } from '../../key-command.ts';
import { confirmFlag, passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class DbRestore extends KeyCommand<typeof DbRestore> {
  static override summary = 'put a backup in the place of the database';
  static override description =
    `Refused while a kmm runs there. The backup is checked first; what was there is kept beside it, its halts stay on, and
production has to be armed anew. What happened since the backup is read from the exchange at the next start, which
stands halted (RECONCILE) where it cannot be explained. Asks for the last four signs of the key id, or takes --confirm.`;
  static override examples = [
    '<%= config.bin %> db restore backup/kmm-prod-20261120T072000Z.db.sealed --env prod --confirm=cdef',
  ];
  static override args = { file: Args.string({ required: true, description: 'a backup' }) };
  static override flags = { ...passphraseFlag, ...confirmFlag };

  async run(): Promise<object> {
    const { args, flags, environment } = this;
    const { isBackupSealed, Restoring } = await import('../../lib/app/db/restore-database.ts');
    const places = await this.places(passphraseFlags(flags, environment));
    const passphrase = isBackupSealed(args.file) ? await this.backupPassphrase(places) : undefined;
    const restoring = new Restoring(places.home, args.file, passphrase);
    try {
      const { sessions, keyId } = restoring.examined;
      const step = `put ${args.file} (${sessions} sessions) in the place of the ${environment} database`;
      await this.confirm(step, places.keyId ?? keyId ?? environment, flags.confirm);
      const restored = restoring.carryOut(args.file, new Date());
      const { aside, usedSession, haltsKept } = restored;
      this.log(`restored: ${sessions} sessions; the next is ${usedSession + 1}, ${haltsKept} halts stay on`);
      if (aside !== undefined) this.log(`what was there is ${aside}`);
      this.log('Next: kmm db check · kmm run, which reads from the exchange what happened since');
      return this.toRecord({ type: 'db_restore', env: environment, ...restored, aside: aside ?? null });
    } finally {
      restoring.close();
    }
  }
}
