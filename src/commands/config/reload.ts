import { KmmCommand } from '../../base-command.ts';
import { confirmSuffix } from '../../confirm.ts';
import type { ReloadChange } from '../../lib/app/config/reload-diff.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { confirmFlag } from '../../shared-flags.ts';

export default class ConfigReload extends KmmCommand<typeof ConfigReload> {
  static override summary = 'have the running kmm read its configuration again';
  static override description =
    `From the files, variables and flags of its own start. What makes it safer is applied at once; what makes it riskier (a
limit raised, an edge lowered, a longer lease) wants the end of the key id typed, or --confirm; what is read at a start
alone is named, and left as it is. A file that is refused changes nothing. A reload is on the tape: a replay follows it.`;
  static override examples = [
    '<%= config.bin %> config reload',
    '<%= config.bin %> config reload --env prod --confirm 5f1e',
    '<%= config.bin %> config reload --json --no-input',
  ];
  static override flags = { ...confirmFlag };

  async run(): Promise<object> {
    const { reloadConfiguration } = await import('../../lib/app/runtime-asks.ts');
    const access = await this.places();
    const { env } = access;
    const { diff, applied: safer, keyId } = await reloadConfiguration(access, { step: 'safer' });
    this.#say('safer, applied', safer);
    this.#say('needs a restart, not applied', diff.restart);
    this.#say('riskier, not applied yet', diff.riskier);
    let applied = safer;
    if (diff.riskier.length > 0) {
      await this.#confirmed(env, keyId, safer);
      const all = await reloadConfiguration(access, { step: 'all', digest: diff.digest });
      applied = [...safer, ...all.applied];
      this.log('applied the riskier ones');
    }
    const { restart } = diff;
    if (applied.length + restart.length === 0) this.log(`${env} runs with what its configuration says`);
    if (restart.length > 0) this.log('next    kmm stop, then kmm run');
    return this.toRecord({ type: 'config_reload', env, applied, restart });
  }

  /** Throws KMM_NOT_CONFIRMED: what is safer stays applied, and is named. */
  async #confirmed(env: string, keyId: string, applied: readonly ReloadChange[]): Promise<void> {
    const { suffixOf } = await import('../../lib/app/keys/key-suffix.ts');
    try {
      await confirmSuffix(`make ${env} riskier`, suffixOf(keyId), this.flags.confirm, await this.mayAsk());
    } catch (error) {
      if (!(error instanceof KmmError)) throw error;
      const done =
        applied.length === 0 ? 'nothing was applied' : `applied: ${applied.map(({ key }) => key).join(', ')}`;
      throw new KmmError(error.code, error.what, {
        position: `${done}; what is riskier is as it was`,
        next: error.next,
      });
    }
  }

  #say(title: string, changes: readonly ReloadChange[]): void {
    if (changes.length === 0) return;
    this.log(title);
    for (const { key, from, to, origin } of changes) {
      const where = origin === null ? '' : `  # ${origin}`;
      this.log(`  ${key}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}${where}`);
    }
  }
}
