import { availableParallelism } from 'node:os';
import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';

export default class BacktestWorker extends KmmCommand<typeof BacktestWorker> {
  static override summary = 'compute the jobs of sweeps that other machines hand out over Redis';
  static override description =
    `Takes only jobs of the same code, and only with the very recordings that they were made for: found under the same path, in
--data, or brought from the storage of the sweep. ^C finishes the jobs under way; what a killed worker held is done again
by another after half a minute. A password of Redis is read from the file that KMM_QUEUE_PASSWORD_FILE names.`;
  static override examples = [
    '<%= config.bin %> backtest worker --queue redis://10.0.0.5:6379',
    '<%= config.bin %> backtest worker --queue redis://10.0.0.5:6379 --threads 16 --data s3://kmm/gamma',
  ];
  static override flags = {
    queue: Flags.string({
      required: true,
      env: 'KMM_QUEUE',
      helpValue: 'redis://HOST:PORT',
      description: 'the Redis that the sweep names as well',
    }),
    threads: Flags.integer({ min: 1, max: 256, description: 'jobs at a time (default: one a core)' }),
    data: Flags.string({
      helpValue: 'DIR|s3://BUCKET/PREFIX',
      description: 'where recordings are that are not under the path of the sweep; an archive, too',
    }),
  };

  async run(): Promise<object> {
    const { workOnQueue } = await import('../../lib/app/sweep/work-on-queue.ts');
    const { backtestWork } = await import('../../lib/app/sweep/backtest-work.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { archiveOf } = await import('../../lib/app/archive/archive-home.ts');
    const { directory: cache } = homeOf(this.environment);
    const { root: archive } = archiveOf({ directory: cache });
    const { queue: url, threads: workers = availableParallelism(), data } = this.flags;
    const finished = new Promise<unknown>((resolve) => {
      process.once('SIGINT', resolve).once('SIGTERM', resolve);
    });
    let [done, failed] = [0, 0];
    const work = await workOnQueue({
      ...{ url, workers, work: backtestWork({ data, cache, archive }) },
      note: (text) => this.note(text),
      onJob: (outcome) => {
        if (outcome.kind === 'done') done++;
        else failed++;
        const { kind: state, milliseconds } = outcome;
        const failure = outcome.kind === 'failed' ? { code: outcome.code, message: outcome.message } : {};
        if (outcome.kind === 'failed') this.note(`${outcome.code}: ${outcome.message}`);
        this.printRecord({ type: 'sweep_worker_job', state, milliseconds, ...failure });
      },
    });
    this.note(`working on ${work.queue}, ${workers} at a time`);
    this.printRecord({ type: 'sweep_worker', queue: work.queue, workers });
    await finished;
    process.once('SIGINT', () => process.exit(EXIT.interrupted));
    this.note('ending after the jobs under way; once more leaves at once');
    await work.close();
    this.log(`${done} jobs done, ${failed} failed`);
    return this.toRecord({ type: 'sweep_worker_end', done, failed });
  }
}
