import { KmmCommand } from '../../base-command.ts';
import { arrow } from '../../print/market/why-side.ts';
import { haltCommand, haltEnding, haltRecord, haltText } from '../../print/operator/halt-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class RiskHalts extends KmmCommand<typeof RiskHalts> {
  static override summary = 'every halt that is on: who, when, why, how it ends and with which command';
  static override description =
    `From the running trader and from the database and the files beside it, where halts outlive processes; the exchange is not
asked. A halt over everything has the scope *.`;
  static override examples = [
    '<%= config.bin %> risk halts',
    '<%= config.bin %> risk halts --env prod --utc',
    '<%= config.bin %> risk halts --json',
  ];
  static override flags = { ...utcFlag };

  async run(): Promise<object> {
    const { standingHalts } = await import('../../lib/app/latches.ts');
    const access = await this.access();
    const { env } = access;
    const { halts } = await standingHalts(access);
    if (halts.length === 0) this.log(`no halt is on in ${env}`);
    const rows = halts.map((halt) => {
      const mayClear = halt.clears === 'operator' && halt.notBefore === undefined;
      const next = mayClear ? [haltCommand(halt, env)] : halt.clears === 'restart' ? ['kmm stop', 'kmm run'] : [];
      this.log(`${this.glyphs.halted} ${haltText(halt, this.zone)}`);
      const commands = next.length === 0 ? '' : `  ${arrow(this.glyphs)} ${next.join(` ${this.glyphs.separator} `)}`;
      this.log(`  ${haltEnding(halt, this.zone)}${commands}`);
      return {
        ...haltRecord(halt),
        until: halt.until === undefined ? null : new Date(halt.until).toISOString(),
        next,
      };
    });
    return this.toRecord({ type: 'risk_halts', env, halts: rows });
  }
}
