import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import { epochMs } from '../lib/core/units.ts';
import { doctorLines } from '../print/operator/doctor-text.ts';
import { configurationFlags, exchangeFlags, passphraseFlag, passphraseFlags } from '../shared-flags.ts';

export default class Doctor extends KmmCommand<typeof Doctor> {
  static override summary = 'is everything in order to trade here? each line with the command that mends it';
  static override description =
    `Node, disk, data directory, database, configuration, key, clock, scopes, the exchange's hours and fees, and whether
tokens and cash fit what is to be quoted. Changes and sends nothing. Ends with exit 10 when a line is bad.
--json prints a record per line, then {"type":"doctor",…}.`;
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --env demo',
    '<%= config.bin %> doctor --env prod --offline --json',
  ];
  static override flags = {
    offline: Flags.boolean({ description: 'look at this machine only, and ask the exchange nothing' }),
    markets: Flags.string({
      helpValue: 'A,B,…',
      description: 'what is to be quoted, instead of the configured markets',
    }),
    ...passphraseFlag,
    ...exchangeFlags,
  };

  async run(): Promise<undefined> {
    const { examine } = await import('../lib/app/doctor/doctor.ts');
    const { diagnose, isHealthy } = await import('../lib/app/doctor/diagnose.ts');
    const { flags, environment } = this;
    const layer = [...configurationFlags(flags), ...passphraseFlags(flags, environment)];
    const file = flags.config;
    const request = { environment, flags: layer, ...(file !== undefined && { file }) };
    const isNamed = flags['sim-url'] !== undefined;
    const facts = await examine(request, {
      ...{ isOffline: flags.offline, isNamed },
      unlock: (access) => this.unlocked(access),
    });
    const { isKnown: isAsked = false } = facts.exchange === 'skipped' ? {} : facts.exchange;
    const lines = diagnose(facts, epochMs(Date.now()));
    for (const line of doctorLines(lines, this.glyphs)) this.log(line);
    for (const { next = [], ...line } of lines)
      this.printRecord({ type: 'doctor_check', env: environment, ...line, next });
    const counts = { good: 0, doubtful: 0, bad: 0 };
    for (const { level } of lines) counts[level] += 1;
    const healthy = isHealthy(lines);
    this.printRecord({ type: 'doctor', env: environment, isHealthy: healthy, isExchangeAsked: isAsked, ...counts });
    if (!healthy) process.exitCode = EXIT.gate;
  }
}
