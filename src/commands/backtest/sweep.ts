import { availableParallelism } from 'node:os';
import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { isAsciiWanted } from '../../format.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import type { Progress } from '../../lib/app/sweep/execute.ts';
import type { SweepEnd } from '../../lib/app/sweep/sweep.ts';
import { sweepProgress } from '../../print/backtest/sweep-progress.ts';
import { reportLines, startText } from '../../print/backtest/sweep-text.ts';

const ROWS = 20;

export default class BacktestSweep extends KmmCommand<typeof BacktestSweep> {
  static override summary = 'try many settings on recorded markets, and say what of the best is to be believed';
  static override description =
    `SPEC says data, strategies, values and what is looked for (docs/sweeps.md). A job that is done is never done again; ^C ends
after the jobs under way, and --resume goes on. With --queue the jobs go to every kmm backtest worker of the same code;
a password of Redis is read from the file that KMM_QUEUE_PASSWORD_FILE names. --out s3://… takes endpoint and keys from
the AWS_… variables.`;
  static override examples = [
    '<%= config.bin %> backtest sweep gamma.toml',
    '<%= config.bin %> backtest sweep gamma.toml --threads 8 --resume',
    '<%= config.bin %> backtest sweep gamma.toml --queue redis://10.0.0.5:6379 --out s3://kmm/gamma',
    '<%= config.bin %> backtest sweep gamma.toml --json',
  ];
  static override args = { spec: Args.string({ required: true, description: 'what is tried: a TOML file' }) };
  static override flags = {
    threads: Flags.integer({
      min: 1,
      max: 256,
      description: 'compute on so many; 1 computes in this process (default: one a core)',
    }),
    queue: Flags.string({
      env: 'KMM_QUEUE',
      exclusive: ['threads'],
      helpValue: 'redis://HOST:PORT',
      description: 'hand the jobs to workers on other machines',
    }),
    resume: Flags.boolean({ description: 'go on with a sweep that was ended early, and try what failed again' }),
    out: Flags.string({
      helpValue: 'DIR|s3://BUCKET/PREFIX',
      description: 'where results are kept (default: a folder of the name of the sweep)',
    }),
  };

  async run(): Promise<object | undefined> {
    const { sweep } = await import('../../lib/app/sweep/sweep.ts');
    const { summaryOf } = await import('../../lib/app/sweep/sweep-files.ts');
    const { backtestTasks } = await import('../../lib/app/sweep/backtest-task.ts');
    const { backtestWork } = await import('../../lib/app/sweep/backtest-work.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { threads: workers = availableParallelism(), queue, out, resume, config: file } = this.flags;
    const { fittedShares } = await import('../../lib/app/model/fitted-fill.ts');
    const { timedCalibrations } = await import('../../lib/app/model/timed-calibrations.ts');
    const { archiveOf } = await import('../../lib/app/archive/archive-home.ts');
    const { directory: home, calib } = homeOf(this.environment);
    const { root: archive } = archiveOf({ directory: home });
    const layers = { environment: this.environment, ...(file !== undefined && { file }) };
    const progress = sweepProgress(process.stderr, isAsciiWanted(process.env));
    const stop = new AbortController();
    const interrupt = (signal: NodeJS.Signals) => {
      if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
      progress.end();
      this.note('ending after the jobs under way; once more leaves at once');
      stop.abort();
      process.exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    try {
      const end = await sweep({
        ...{ file: this.args.spec, home, archive, workers, isResumed: resume, stopped: stop.signal },
        work: backtestWork({ archive }),
        ...(out !== undefined && { out }),
        ...(queue !== undefined && { queue }),
        taskOf: backtestTasks(layers, fittedShares(calib), () => timedCalibrations(calib)),
        note: (text) => {
          progress.end();
          this.note(text);
        },
        onPlan: (start) => {
          this.note(startText(start));
          const { pending, total, estimateMs = null, workers: on = null, folder, plan } = start;
          this.printRecord({
            type: 'sweep_plan',
            name: plan.spec.name,
            id: plan.id,
            jobs: total,
            pending,
            estimateMs,
            workers: on,
            folder,
          });
        },
        onJob: ({ job }, outcome, now) => {
          if (!this.flags.quiet && !stop.signal.aborted) progress.show(now);
          const failure = outcome.kind === 'failed' ? { code: outcome.code, message: outcome.message } : {};
          const { milliseconds } = outcome;
          this.printRecord({
            type: 'sweep_job',
            id: job.id,
            state: outcome.kind,
            milliseconds,
            ...failure,
            ...progressRecord(now),
          });
        },
      });
      progress.end();
      this.printRecord(summaryOf(end.report));
      this.#tell(end);
    } finally {
      progress.end();
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
    return undefined;
  }

  /** Throws KMM_SWEEP_JOBS when jobs failed. */
  #tell({ report, folder, written, isStopped }: SweepEnd): void {
    for (const line of reportLines(report, ROWS, this.layout)) this.log(line);
    for (const path of written) this.note(path);
    if (isStopped) this.note(`stopped: ${report.done} of ${report.plan.jobs.length} jobs are done; --resume goes on`);
    else if (report.failed > 0)
      throw new KmmError(
        'KMM_SWEEP_JOBS',
        `${report.failed} of ${report.plan.jobs.length} jobs failed; results are in ${folder}`,
      );
  }
}

function progressRecord({ done, failed, total, perSecond, remainingMs }: Progress) {
  const rate = Math.round(perSecond * 100) / 100;
  return {
    done,
    failed,
    total,
    jobsPerSecond: rate,
    remainingMs: remainingMs === undefined ? null : Math.round(remainingMs),
  };
}
