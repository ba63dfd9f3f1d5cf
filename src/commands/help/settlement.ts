import { KmmCommand } from '../../base-command.ts';
import { guideOf } from '../../print/guides.ts';

export default class HelpSettlement extends KmmCommand<typeof HelpSettlement> {
  static override summary = 'how markets pay, on what, and what kmm does about it';
  static override examples = ['<%= config.bin %> help settlement'];

  async run(): Promise<object> {
    const { guide, lines } = guideOf('settlement', this.layout);
    for (const line of lines) this.log(line);
    return this.toRecord({ type: 'guide', guide, lines });
  }
}
