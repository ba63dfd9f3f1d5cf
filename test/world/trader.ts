/** One life of kmm in a world: the session that users run, on a line, a journal image and a process that may die. */
import type { VirtualClock } from '../../src/lib/adapters/sim-server/virtual-clock.ts';
import type { LatchNote } from '../../src/lib/adapters/store/latch-files.ts';
import type { Configuration } from '../../src/lib/app/config/config.ts';
import { Session } from '../../src/lib/app/session/session.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import { OWN_PREFIX, WorldJournal, type WorldJournalOptions } from './journal-double.ts';
import { WorldLatchFiles } from './latch-files-double.ts';
import { Line, type LineOptions } from './line.ts';
import { MachineClock } from './machine-clock.ts';
import { Process } from './process.ts';
import { WorldTape } from './tape-double.ts';

export interface TraderOptions
  extends Omit<LineOptions, 'process' | 'accountId' | 'machine'>,
    Omit<WorldJournalOptions, 'reach'> {
  readonly seed: number;
  readonly configuration: Configuration;
  readonly clock: VirtualClock;
  /** The folder of latches, which outlives it. */
  readonly latches: Map<string, LatchNote>;
  /** False: the process has died at this point. */
  readonly reach: LineOptions['reach'] & WorldJournalOptions['reach'];
  /** How far the machine's clock is ahead; absent: it is the exchange's own. */
  readonly skewMs?: (() => number) | undefined;
  readonly onFatal: (error: Error) => void;
  readonly onLog?: (text: string) => void;
}

export const ACCOUNT = 'us';
/** Of the exchange's REST face: what a sweep is written down for. */
export const WORLD_ADDRESS = 'world';

export class Trader {
  readonly process: Process;
  readonly journal: WorldJournal;
  readonly line: Line;
  readonly tape: WorldTape;
  readonly session: Session;
  state: 'starting' | 'running' | 'ending' = 'starting';
  /** Its session's number. */
  readonly number: number;

  constructor(options: TraderOptions) {
    const { clock, configuration, seed, skewMs, onFatal } = options;
    const { parameters, markets, env } = configuration;
    const machine = skewMs && new MachineClock(() => clock.now(), skewMs);
    this.process = new Process(clock, machine && (() => machine.now()));
    this.journal = new WorldJournal(options);
    const startedAt = this.process.now;
    const begun = this.journal.beginSession({
      ...{ account: ACCOUNT, version: 'world', startedAt, configHash: '', restUrl: '', wsUrl: '' },
      ...{ keyId: ACCOUNT, keyFile: '', tapeOf: () => '' },
    });
    this.number = begun.session;
    this.line = new Line({ ...options, accountId: ACCOUNT, process: this.process, machine });
    const random = seededStream(`trader ${this.number} of world ${seed}`);
    const engine = { idPrefix: OWN_PREFIX + this.number, parameters };
    this.tape = new WorldTape(ACCOUNT, engine, startedAt);
    this.session = new Session(
      {
        clock: this.process.clock,
        wire: this.line,
        stream: this.line,
        tape: this.tape,
        journal: this.journal,
        random: () => random.next(),
      },
      {
        ...{ environment: env, account: ACCOUNT, ownPrefix: OWN_PREFIX, engine, markets },
        ...{ address: WORLD_ADDRESS, wallNow: () => machine?.wallNow() ?? clock.now() },
        ...{ readLagMs: READ_LAG_MS, clockUncertaintyMs: () => machine?.uncertaintyMs() ?? 0, speed: 1, onFatal },
        ...(machine !== undefined && { clockSync: machine.sync }),
        honesty: { calibrationErrorMax: 0.05, historyMs: 90 * 86_400_000, since: {} },
        latchFiles: new WorldLatchFiles(options.latches, () => this.process.isAlive),
        lastResort: () => {},
        onLog: ({ text }) => options.onLog?.(text),
      },
    );
  }

  die(): void {
    this.process.die();
    this.line.hangUp();
  }
}

/** As against the real exchange, whose reads may be old: the worlds' reads are up to this old. */
const READ_LAG_MS = 5_000;
