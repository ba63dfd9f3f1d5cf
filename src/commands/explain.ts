import { Args } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { catalogueEntry, type ErrorCode, errorCodes, isErrorCode, KmmError } from '../lib/app/errors/errors.ts';
import { didYouMean } from '../lib/app/markets/suggest.ts';

export default class Explain extends KmmCommand<typeof Explain> {
  static override summary = 'explain an error code';
  static override description = 'Without a code it lists all of them with the exit code of each.';
  static override examples = ['<%= config.bin %> explain KMM_LOCKED', '<%= config.bin %> explain'];
  static override args = {
    code: Args.string({ description: 'a code, as errors print it: KMM_…' }),
  };

  async run(): Promise<object> {
    const { code } = this.args;
    if (code === undefined) return this.#list();
    if (!isErrorCode(code)) {
      const hint = didYouMean(code, errorCodes());
      throw new KmmError('KMM_USAGE', `there is no error code ${code}${hint}`, { next: ['kmm explain'] });
    }
    const { title, position, next, exit } = catalogueEntry(code);
    this.log(`${code}: ${title}.`);
    this.log(`Position: ${position}.`);
    this.log(`Next: ${next.join(` ${this.glyphs.separator} `)}`);
    this.log(`Exit code: ${exit}`);
    return this.toRecord({ type: 'explanation', ...explanation(code) });
  }

  #list(): object {
    for (const code of errorCodes()) this.log(`${code.padEnd(24)} ${catalogueEntry(code).title}`);
    return this.toRecord({ type: 'explanations', codes: errorCodes().map(explanation) });
  }
}

function explanation(code: ErrorCode) {
  const { title, position, next, exit } = catalogueEntry(code);
  return { code, title, position, next, exit };
}
