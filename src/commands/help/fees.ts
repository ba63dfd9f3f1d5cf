import { KmmCommand } from '../../base-command.ts';
import { guideOf } from '../../print/guides.ts';

export default class HelpFees extends KmmCommand<typeof HelpFees> {
  static override summary = 'what the exchange charges, with examples, and what kmm does about it';
  static override examples = ['<%= config.bin %> help fees'];

  async run(): Promise<object> {
    const { guide, lines } = guideOf('fees', this.layout);
    for (const line of lines) this.log(line);
    return this.toRecord({ type: 'guide', guide, lines });
  }
}
