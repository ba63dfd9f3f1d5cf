/**
 * `kmm run --shadow` on its terminal: always without a screen. A line a minute, and at the end how the variants stand against
 * each other. ^C ends it in good order; a second one leaves at once, and what was heard is on the tape.
 */
import type { Configuration } from './lib/app/config/config.ts';
import { KmmError } from './lib/app/errors/errors.ts';
import { EXIT } from './lib/app/errors/exit-codes.ts';
import type { UsedExchange } from './lib/app/exchange/use-exchange.ts';
import type { Outside } from './lib/app/shadow/outside-voices.ts';
import type { ShadowEnd, ShadowOptions } from './lib/app/shadow/shadow-live.ts';
import { marketsIn, type SimWorldOptions } from './lib/app/sim/sim-world.ts';
import { minuteRecord, minuteText, shadowLines, shadowRecord } from './print/operator/shadow-text.ts';
import { recordingLines } from './print/recording/recording-text.ts';

export interface ShadowTerminalOptions {
  readonly configuration: Configuration;
  readonly variants: ShadowOptions['variants'];
  readonly outside: Outside;
  readonly forSeconds?: number;
  /** Virtual time in this world; absent: `exchange`. */
  readonly world?: {
    readonly seed: string;
    readonly background: readonly string[];
    readonly outcomes: string | undefined;
  };
  readonly exchange: () => Promise<UsedExchange>;
  readonly isJson: boolean;
  readonly printRecord: (record: { readonly type: string } & Readonly<Record<string, unknown>>) => void;
  readonly log: (text: string) => void;
  readonly note: (text: string) => void;
}

/** What is under way to people is given so long when it ends. */
const LAST_WORD_MS = 5_000;

export interface ShadowTerminal {
  /** Answers the exit code. Throws what ends a recording. */
  run(): Promise<number>;
  stop(by: string): void;
}

export function shadowInTerminal(options: ShadowTerminalOptions): ShadowTerminal {
  const abort = new AbortController();
  let stop: (by: string) => void = () => {};
  const asked = new Promise<string>((resolve) => {
    stop = (by) => {
      abort.abort();
      resolve(by);
    };
  });
  return {
    stop,
    async run() {
      const { printRecord, log, note, isJson } = options;
      const onSignal = (signal: NodeJS.Signals) => {
        if (abort.signal.aborted) process.exit(EXIT.interrupted);
        note('stopping; ^C again leaves at once, and what was heard is on the tape');
        stop(signal);
      };
      for (const signal of SIGNALS) process.on(signal, onSignal);
      try {
        const { end, fault } = await played(options, asked, abort.signal);
        printRecord(shadowRecord(end));
        for (const line of [...recordingLines(end.recording), ...shadowLines(end)]) log(line);
        if (end.record !== undefined && !isJson) sayNext(end, options);
        if (fault !== undefined) throw fault;
        const isBad = end.recording.lost > 0 || end.results.some(([, { failure }]) => failure !== undefined);
        return isBad ? EXIT.gate : EXIT.done;
      } finally {
        for (const signal of SIGNALS) process.off(signal, onSignal);
      }
    },
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Played {
  readonly end: ShadowEnd;
  /** What ended it, where nobody asked for that. */
  readonly fault?: KmmError;
}

async function played(options: ShadowTerminalOptions, asked: Promise<string>, signal: AbortSignal): Promise<Played> {
  const { configuration, variants, outside, world, exchange, forSeconds, isJson, printRecord, note } = options;
  const { home, markets } = configuration;
  const { rules, auto: seats } = configuration.selection;
  const hooks: Pick<ShadowOptions, 'onNote' | 'onMinute'> = {
    onNote: note,
    onMinute: (minute) => (isJson ? printRecord(minuteRecord(minute)) : note(minuteText(minute))),
  };
  const auto = seats && { rules, seats };
  const common = { home, variants, outside, wallNow: Date.now(), ...(auto !== undefined && { auto }), ...hooks };
  if (world !== undefined) {
    if (forSeconds === undefined && world.background.length === 0) {
      throw new KmmError('KMM_USAGE', '--speed max needs --for: virtual time has no end');
    }
    const { shadowVirtual } = await import('./lib/app/shadow/shadow-virtual.ts');
    const { seed, background, outcomes } = world;
    const options: SimWorldOptions = { seed, background, ...(outcomes !== undefined && { outcomes }) };
    const limit = forSeconds === undefined ? {} : { forSeconds };
    return {
      end: await shadowVirtual({
        ...common,
        names: (series) => marketsIn(series, configuration),
        world: options,
        signal,
        ...limit,
        onAlerts: () => {},
      }),
    };
  }
  const { deskOf } = await import('./lib/app/alerts/tell.ts');
  const { startShadow } = await import('./lib/app/shadow/shadow-live.ts');
  const { link, close } = await exchange();
  const desk = deskOf({ home, settings: configuration.alerts, note });
  try {
    const shadow = await startShadow({ ...common, link, names: markets, onAlerts: (alerts) => desk.queue(alerts) });
    desk.start();
    note(`sends nothing; writing ${shadow.tape}`);
    const elapsed = new Promise<string>((resolve) => {
      if (forSeconds !== undefined) shadow.after(forSeconds, () => resolve('--for'));
    });
    const by = await Promise.race([asked, elapsed, shadow.over]);
    if (!(by instanceof KmmError)) return { end: await shadow.stop(by) };
    return { end: await shadow.stop(by.code), fault: by };
  } finally {
    await desk.close(LAST_WORD_MS);
    await close();
  }
}

/** How the same is found again, and looked at. */
function sayNext({ record, recording, results }: ShadowEnd, { note, configuration }: ShadowTerminalOptions): void {
  const env = configuration.env === 'sim' ? '' : ` --env ${configuration.env}`;
  const [base, other] = results.map(([, { runId }]) => runId.slice(0, 8));
  note(`Try: kmm backtest report ${base}${env}`);
  if (other !== undefined) note(`     kmm backtest compare ${other} ${base}${env}`);
  const settings = (record?.variants.at(-1)?.settings ?? []).map((text) => ` --set ${text}`).join('');
  note(`     kmm backtest run --data ${recording.tape} --clock receipt --fill pessimistic${settings}${env}`);
}
