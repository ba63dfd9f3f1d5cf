import { Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { ENVIRONMENTS } from '../lib/app/config/home.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { StatusFacts } from '../lib/app/status/status.ts';
import { epochMs } from '../lib/core/units.ts';
import { statusRecord } from '../print/operator/status-record.ts';
import { statusLines } from '../print/operator/status-text.ts';
import { utcFlag } from '../shared-flags.ts';

export default class Status extends KmmCommand<typeof Status> {
  static override summary = 'one screen: is it safe, what is held, is it quoting and if not why, what to do next';
  static override description =
    `From the trader that runs and from the journal; the exchange is not asked. Without --env every environment in which
kmm has run. --check says only what is wrong, a line each, and ends with exit 10 when anything is: a halt that only an
operator clears (a pause is none), an order of unknown fate for 30 s, a trader that died or does not answer, orders left
behind, a silent exchange, production unarmed under a running trader, a journal that cannot be read.`;
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --check --alert --env prod',
    '<%= config.bin %> status --json',
  ];
  static override flags = {
    check: Flags.boolean({ description: 'print what is wrong and nothing else; exit 10 when anything is' }),
    alert: Flags.boolean({
      dependsOn: ['check'],
      description: 'tell it over the alert channels as well, once, and its end; deliver what waits',
    }),
    ...utcFlag,
  };

  async run(): Promise<object> {
    const { homeOf } = await import('../lib/app/config/home.ts');
    const { statusOf } = await import('../lib/app/status/status.ts');
    const { problemsOf } = await import('../lib/app/status/problems.ts');
    const { FIRST_STEPS, nextSteps } = await import('../lib/app/status/next-step.ts');
    const now = epochMs(Date.now());
    const wanted = this.isEnvGiven ? [this.environment] : ENVIRONMENTS;
    const found = await Promise.all(wanted.map((env) => statusOf(homeOf(env), now)));
    const environments = found.flatMap((facts, index) => {
      if (facts === undefined) return [];
      const problems = problemsOf(facts);
      const next = nextSteps(facts, problems);
      const style = { signs: this.glyphs, zone: this.zone };
      const lines = this.flags.check
        ? problems.map(({ text }) => `${this.glyphs.cross} ${facts.env}: ${text}`)
        : [...(index > 0 ? [''] : []), ...statusLines(facts, problems, next, style)];
      for (const line of lines) this.log(line);
      return [statusRecord(facts, problems, next)];
    });
    if (environments.length === 0 && !this.flags.check) {
      this.log('kmm has not run here yet');
      this.log(`next    ${FIRST_STEPS.join(` ${this.glyphs.separator} `)}`);
    }
    if (this.flags.alert)
      await Promise.all(found.flatMap((facts) => (facts === undefined ? [] : [this.#alert(facts)])));
    const isWrong = environments.some(({ problems }) => problems.length > 0);
    if (this.flags.check && isWrong) process.exitCode = EXIT.gate;
    return this.toRecord({ type: 'status', isWrong, environments });
  }

  /** For cron: whatever delivers by itself may be dead. */
  async #alert(facts: StatusFacts): Promise<void> {
    const { alertsAnyway } = await import('../lib/app/alerts/settings.ts');
    const { tellStatus } = await import('../lib/app/alerts/tell.ts');
    const { homeOf } = await import('../lib/app/config/home.ts');
    const { problemsOf } = await import('../lib/app/status/problems.ts');
    const { config: file } = this.flags;
    const { settings, problem } = alertsAnyway({ environment: facts.env, ...(file === undefined ? {} : { file }) });
    if (problem !== undefined) this.note(`nobody is alerted: ${problem.what}`);
    const place = { home: homeOf(facts.env), settings, note: (text: string) => this.note(text) };
    await tellStatus(place, facts, problemsOf(facts));
  }
}
