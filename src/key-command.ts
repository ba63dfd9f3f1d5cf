/** What the commands share that take a key in: whose it is, the passphrase it is kept with, and the end of the plain file. */
import type { Command } from '@oclif/core';
import { KmmCommand } from './base-command.ts';
import type { AccessPlaces } from './lib/app/config/access.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import type { FoundKey } from './lib/app/keys/import-key.ts';
import { suffixOf } from './lib/app/keys/key-suffix.ts';
import type { Secret } from './lib/app/keys/secret.ts';

export abstract class KeyCommand<T extends typeof Command> extends KmmCommand<T> {
  /** The default environment would be a guess. Throws KMM_USAGE. */
  protected assertEnvGiven(): void {
    if (this.isEnvGiven) return;
    throw new KmmError('KMM_USAGE', 'a key belongs to one environment, and none is named', {
      next: ['--env demo', '--env prod'],
    });
  }

  /** A severe step with the stored key, or for it. Throws KMM_NOT_CONFIRMED. */
  protected async confirm(step: string, keyId: string, given: string | undefined): Promise<void> {
    const { confirmSuffix } = await import('./confirm.ts');
    await confirmSuffix(step, suffixOf(keyId), given, await this.mayAsk());
  }

  /** A new one is typed twice; that of a key which has one already, once. Throws KMM_KEY_*. */
  protected async choosePassphrase(places: AccessPlaces, { file, isEncrypted }: FoundKey): Promise<Secret> {
    const { passphraseOf } = await import('./lib/app/keys/passphrase.ts');
    const known = passphraseOf(places);
    if (known !== undefined) return known;
    if (!(await this.mayAsk())) {
      throw new KmmError('KMM_KEY_PASSPHRASE', 'no passphrase file is given and there is nobody to ask', {
        next: ['--passphrase-file FILE, with mode 0400', 'run it on a terminal'],
      });
    }
    if (isEncrypted) return this.askPassphrase(`passphrase of ${file}: `);
    const first = await this.askPassphrase('new passphrase, to keep the key with: ');
    const again = await this.askPassphrase('once more: ');
    if (first.reveal() === again.reveal()) return first;
    throw new KmmError('KMM_KEY_PASSPHRASE', 'the two passphrases differ', { next: ['try again'] });
  }

  /** What a backup is encrypted with, and opens with. Throws KMM_KEY_*. */
  protected async backupPassphrase(places: AccessPlaces): Promise<Secret> {
    const { passphraseOf } = await import('./lib/app/keys/passphrase.ts');
    const known = passphraseOf(places);
    if (known !== undefined) return known;
    if (await this.mayAsk()) return this.askPassphrase('passphrase of the backup: ');
    throw new KmmError('KMM_KEY_PASSPHRASE', 'no passphrase file is given for the backup and there is nobody to ask', {
      next: ['--passphrase-file FILE, with mode 0400', 'run it on a terminal'],
    });
  }

  /** With --shred, or when a person says so. True when it is gone. */
  protected async endOfPlain({ file, warnings }: FoundKey, isWanted: boolean): Promise<boolean> {
    for (const warning of warnings) this.note(warning);
    if (!isWanted && !(await this.#wantsItGone(file))) {
      this.note(`${file} still holds the key: remove it, or keep it where only you can reach it`);
      return false;
    }
    const { shred } = await import('./lib/app/keys/key-store.ts');
    shred(file);
    this.note(`${file} is overwritten and removed; copies in backups and on worn flash cells may remain`);
    return true;
  }

  async #wantsItGone(file: string): Promise<boolean> {
    if (!(await this.mayAsk())) return false;
    const { isYes } = await import('./confirm.ts');
    return isYes(`overwrite and remove ${file}?`);
  }
}
