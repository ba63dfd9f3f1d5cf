import { createInterface } from 'node:readline';
import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import type { Verdict } from '../lib/app/recording/replay-result.ts';
import { decisionAt, marketsAt } from '../lib/app/recording/replay-state.ts';
import type { PlayedTurn } from '../lib/app/recording/session-player.ts';
import type { StartedReplay } from '../lib/app/recording/start-replay.ts';
import { replayRecord, turnRecord } from '../print/recording/replay-record.ts';
import { asks, STEP_HELP, stepThrough, tickersIn, turnLines } from '../print/recording/replay-steps.ts';
import { decisionLines, marketLines, replayLines } from '../print/recording/replay-text.ts';
import { setFlags, utcFlag } from '../shared-flags.ts';

export default class Replay extends KmmCommand<typeof Replay> {
  static override summary = 'play a session through the same code as live and compare what it asks for';
  static override description =
    `The tape of a session must give the same intents, bit for bit; the first difference is named with both sides and the
state that led to it, and whether it is the tape that has changed, and ends with exit code 10. SESSION is a tape, the
number of a session of this environment, or last. An imported recording has no intents: it is played with the strategy
in force and compared with nothing.`;
  static override examples = [
    '<%= config.bin %> replay last',
    '<%= config.bin %> replay 12 --env prod --until 10:04:05 --why',
    '<%= config.bin %> replay session.tape --step',
    '<%= config.bin %> replay last --set quoting.order_size_contracts=2',
    '<%= config.bin %> replay gold.tape --books --allow-gaps',
  ];
  static override args = {
    session: Args.string({ required: true, description: 'a tape, the number of a session, or last' }),
  };
  static override flags = {
    until: Flags.string({
      helpValue: 'TIME|turn N',
      description: 'no further: a time as kmm why takes it, or "turn 500"',
    }),
    step: Flags.boolean({ description: 'turn by turn, by lines from the terminal or a pipe (h: which ones)' }),
    why: Flags.string({
      helpValue: '[TICKER]',
      exclusive: ['step'],
      description: 'each turn that asks for something, with inputs, numbers and gates; of one market',
    }),
    set: Flags.string({
      multiple: true,
      helpValue: 'KEY=VALUE',
      exclusive: ['step', 'why', 'until', 'books'],
      description: 'what it would have made with another value of this key, with the fill model, in its three bands',
    }),
    latency: Flags.string({
      dependsOn: ['set'],
      helpValue: 'MS|FEED,ORDER,ANSWER|FILE',
      description: 'ms on each way, or a file of measured ones; default: 15,30,15',
    }),
    books: Flags.boolean({ description: 'only rebuild the books, and say what became of each market' }),
    'allow-gaps': Flags.boolean({
      dependsOn: ['books'],
      description: 'apply deltas across sequence holes, for recordings that kept one market of a shared subscription',
    }),
    turn: Flags.integer({
      default: 100,
      min: 1,
      helpValue: 'MS',
      description: 'an imported recording, and --set, get a turn per so much of the recorded time',
    }),
    ...utcFlag,
  };

  /** `--why` alone, `--until turn 500` and `--until -5m` are not what a parser expects of a flag. */
  override async init(): Promise<void> {
    this.argv = spelledOut(this.argv);
    await super.init();
  }

  async run(): Promise<object | undefined> {
    if (this.flags.set !== undefined) return this.#changed(this.flags.set);
    return this.flags.books ? this.#books() : this.#session();
  }

  async #changed(set: readonly string[]): Promise<object> {
    const { replayChanged } = await import('../lib/app/recording/replay-changed.ts');
    const { tapeNamed } = await import('../lib/app/recording/find-session.ts');
    const { fittedFillFor } = await import('../lib/app/model/fitted-fill.ts');
    const { timedCalibrations } = await import('../lib/app/model/timed-calibrations.ts');
    const { latenciesOf, USUAL_LATENCY } = await import('../lib/app/backtest/latencies.ts');
    const { changedDocument, changedRecord } = await import('../print/recording/replay-changed.ts');
    const { reportText } = await import('../print/report/report-text.ts');
    const settings = setFlags(set);
    const { home } = await this.places();
    const changed = await replayChanged({
      ...{ tape: tapeNamed(this.args.session, home), settings, turnMs: this.flags.turn },
      latency: latenciesOf(this.flags.latency ?? USUAL_LATENCY),
      fittedFor: (series) => fittedFillFor(series, home.calib),
      calibrations: () => timedCalibrations(home.calib),
      onBand: (mode) => this.note(`${mode} ...`),
    });
    for (const line of reportText(changedDocument(changed), this.layout)) this.log(line);
    return this.toRecord(changedRecord(changed));
  }

  async #books(): Promise<undefined> {
    const { replayTapeBooks } = await import('../lib/app/recording/replay-tape.ts');
    const { tapeNamed } = await import('../lib/app/recording/find-session.ts');
    const tape = tapeNamed(this.args.session, (await this.places()).home);
    const { lines, lost, malformed, firstMalformed } = await replayTapeBooks(tape, this.flags['allow-gaps']);
    for (const market of lines) {
      this.printRecord({ type: 'books', ...market });
      const { ticker, snapshots, deltas, gaps, crossed, levels, bid, ask } = market;
      const top = `${bid ?? this.glyphs.dash} / ${ask ?? this.glyphs.dash}`;
      this.log(
        `${ticker}  ${snapshots} snapshots, ${deltas} deltas, ${gaps} gaps, ${crossed} crossed; ends ${top}, ${levels} levels`,
      );
    }
    if (malformed > 0) this.note(`${malformed} frames made no sense, the first: ${firstMalformed ?? ''}`);
    if (lost > 0) this.note(`${lost} records of the tape are lost or damaged`);
  }

  async #session(): Promise<object> {
    const started = await this.#start();
    try {
      if (this.flags.step) await this.#step(started);
      else for (const turn of started.replay.turns()) this.#why(turn, started);
      const result = started.replay.result();
      const since = started.since(result);
      for (const line of replayLines(result, since, this.#style)) this.log(line);
      // Whoever stops at a moment wants to see it.
      const { engine } = started.replay;
      const markets = this.flags.until === undefined || engine === undefined ? [] : marketsAt(engine);
      for (const line of markets.flatMap((market) => marketLines(market, this.#style))) this.log(line);
      if (DISAGREES.has(result.verdict)) {
        this.log('Try: kmm explain KMM_REPLAY_DIFFERS');
        process.exitCode = EXIT.gate;
      }
      return this.toRecord(replayRecord(result, since, markets));
    } finally {
      started.close();
    }
  }

  async #start(): Promise<StartedReplay> {
    const { startReplay } = await import('../lib/app/recording/start-replay.ts');
    const { loadConfiguration } = await import('../lib/app/config/config.ts');
    const { session: name } = this.args;
    const { until, turn: turnMs, config: file } = this.flags;
    const { home } = await this.places();
    const { environment } = this;
    return startReplay({
      ...{ name, home, turnMs },
      ...(until !== undefined && { until }),
      configuration: () => loadConfiguration({ environment, ...(file !== undefined && { file }) }),
    });
  }

  async #step({ replay, session }: StartedReplay): Promise<void> {
    const input = createInterface({ input: process.stdin, terminal: false });
    const isAsking = process.stdin.isTTY === true && !this.jsonEnabled();
    if (isAsking) this.note(STEP_HELP);
    try {
      await stepThrough({
        ...{ replay, session, style: this.#style, lines: input, say: (line) => this.log(line) },
        prompt: () => {
          if (isAsking) process.stderr.write('> ');
        },
        onTurn: (turn) => this.#record(turn, { replay }),
      });
    } finally {
      input.close();
    }
  }

  /** Of a turn that asked for something in the market that is meant. */
  #why(turn: PlayedTurn, started: Pick<StartedReplay, 'replay' | 'session'>): void {
    const { why } = this.flags;
    if (why === undefined || !asks(turn)) return;
    const wanted = why === '' ? undefined : why.toUpperCase();
    const tickers = tickersIn(turn).filter((ticker) => wanted === undefined || isNamed(ticker, wanted));
    if (tickers.length === 0) return;
    const records = this.#record(turn, started, tickers);
    for (const line of turnLines(turn, this.#style)) this.log(line);
    for (const [ticker, record] of records) {
      for (const line of decisionLines(ticker, turn, record, started.session ?? 0, this.#style)) this.log(`  ${line}`);
    }
  }

  #record(turn: PlayedTurn, { replay }: Pick<StartedReplay, 'replay'>, tickers = tickersIn(turn)) {
    const decisions = new Map(
      tickers.flatMap((ticker) => {
        const record = replay.engine && decisionAt(replay.engine, ticker);
        return record === undefined ? [] : [[ticker, record] as const];
      }),
    );
    this.printRecord(turnRecord(turn, decisions));
    return decisions;
  }

  get #style() {
    return { signs: this.glyphs, zone: this.zone };
  }
}

/** Whoever pipes this into a script is to hear of these. */
const DISAGREES: ReadonlySet<Verdict> = new Set(['differs', 'tape_changed', 'cut', 'unproved']);

/** A market, or all of an event or a series. */
function isNamed(ticker: string, wanted: string): boolean {
  return ticker === wanted || ticker.startsWith(`${wanted}-`);
}

function spelledOut(words: readonly string[]): string[] {
  const spelled: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [word = '', next, after] = words.slice(index, index + 3);
    if (word === '--why') {
      const hasTicker = next !== undefined && !next.startsWith('-') && !isSession(next);
      spelled.push(hasTicker ? `--why=${next}` : '--why=');
      if (hasTicker) index += 1;
    } else if (word === '--until' && next === 'turn' && after !== undefined) {
      spelled.push(`--until=turn ${after}`);
      index += 2;
    } else if (word === '--until' && next !== undefined) {
      spelled.push(`--until=${next}`);
      index += 1;
    } else spelled.push(word);
  }
  return spelled;
}

/** A ticker is none of these. */
function isSession(word: string): boolean {
  return /^(?:last|\d+|session-\d+|kmm-[0-9a-f]+-\d+)$|[/\\]|\.tape$/.test(word);
}
