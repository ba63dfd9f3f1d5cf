/**
 * A session in virtual time whose link misbehaves: cut, silent, a frame lost here and there, calls that fail. All drawn from a
 * seed. It leaves a tape as any session does: what `kmm replay` must derive again.
 */
import { virtualLink } from '../../src/lib/adapters/sim-server/link.ts';
import { ServedVenue } from '../../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../src/lib/adapters/sim-server/virtual-clock.ts';
import { loadConfiguration } from '../../src/lib/app/config/config.ts';
import { endSession } from '../../src/lib/app/session/end-session.ts';
import { openSession } from '../../src/lib/app/session/open-session.ts';
import type { Summary } from '../../src/lib/app/session/summary.ts';
import { SIM_CASH } from '../../src/lib/app/sim/sim-world.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import type { Stream, StreamHandlers, Wire, WireRequest } from '../../src/lib/ports.ts';
import { chance, type RandomStream, seededStream } from '../../src/lib/sim/random.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';

export interface LiveSessionOptions {
  /** Of its data: database and tape. */
  readonly directory: string;
  readonly seed: string;
  readonly seconds: number;
  readonly markets?: string;
  /** Somebody pauses it, resumes it, and changes its parameters on the way. */
  readonly isOperated?: boolean;
}

export interface LiveSession {
  readonly tape: string;
  readonly summary: Summary;
  readonly cuts: number;
  readonly lostFrames: number;
  readonly failedCalls: number;
}

/** A Friday morning in New York, shortly before a quarter hour ends. */
const START = epochMs(Date.UTC(2026, 10, 20, 15, 2, 0));
const ACCOUNT = 'us';

export async function liveSession(options: LiveSessionOptions): Promise<LiveSession> {
  const { directory, seed, seconds, markets = 'KXBTC15M', isOperated = false } = options;
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  const flags = [{ flag: '--markets', key: 'markets.tickers', value: markets }];
  const configuration = loadConfiguration({ environment: 'sim', flags, host });
  const venue = generatedWorld({ seed: `world ${seed}`, startAt: epochMs(START - 60_000) });
  venue.advanceTo(START);
  venue.drain();
  venue.openAccount(ACCOUNT, SIM_CASH);
  const served = new ServedVenue(venue);
  const clock = new VirtualClock(START);
  const link = new BadLink(seededStream(`link ${seed}`), clock, () =>
    virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 }),
  );
  const random = seededStream(`trader ${seed}`);
  let fatal: Error | undefined;
  const opened = openSession({
    ...{ configuration, clock, wire: link, stream: link },
    link: { rest: 'virtual', ws: 'virtual', keyId: ACCOUNT, keyFile: '' },
    random: () => random.next(),
    clockUncertaintyMs: () => 0,
    commits: 'written',
    onLog: () => {},
    lastResort: () => {},
    onFatal: (error) => {
      fatal = error;
    },
  });
  await clock.runUntilSettled(opened.session.start(), served);
  const startedAt = clock.now();
  for (let second = 1; second <= seconds; second += 1) {
    await clock.run(epochMs(clock.now() + 1_000), served);
    link.second();
    if (isOperated) operate(second / seconds, opened.session, configuration.parameters, clock.now());
  }
  link.heal();
  const ended = endSession({ opened, clock, env: 'sim', startedAt, by: '--for' });
  const summary = await clock.runUntilSettled(ended, served);
  if (fatal !== undefined) throw fatal;
  const { cuts, lostFrames, failedCalls } = link;
  return { tape: summary.tape, summary, cuts, lostFrames, failedCalls };
}

type Operated = ReturnType<typeof openSession>['session'];
type InForce = ReturnType<typeof loadConfiguration>['parameters'];

/** At a third, a half and so on of its time. */
function operate(share: number, session: Operated, parameters: InForce, at: EpochMs): void {
  const isMoment = (moment: number) => Math.abs(share - moment) < 1e-9;
  if (isMoment(0.5)) session.emit({ type: 'control', at, verb: 'pause', by: 'the script' });
  if (isMoment(0.6)) session.emit({ type: 'control', at, verb: 'resume', by: 'the script' });
  if (!isMoment(0.75)) return;
  const quoting = {
    ...parameters.quoting,
    orderSize: (parameters.quoting.orderSize * 2) as typeof parameters.quoting.orderSize,
  };
  session.emit({ type: 'parameters_changed', at, parameters: { ...parameters, quoting }, by: 'the script' });
}

const CUT_CHANCE = 1 / 25;
const CUT_SECONDS_MAX = 8;
const FRAME_LOST_CHANCE = 1 / 1_500;
const CALL_FAILED_CHANCE = 1 / 60;
const FAILED_MS = 300;

/** Goes down and comes up again, as a new connection; loses a frame now and then; fails some calls before, others after they are carried out. */
class BadLink implements Wire, Stream {
  cuts = 0;
  lostFrames = 0;
  failedCalls = 0;
  readonly #random: RandomStream;
  readonly #clock: VirtualClock;
  readonly #open: () => ReturnType<typeof virtualLink>;
  readonly #wire: Wire;
  #handlers: StreamHandlers | undefined;
  #stream: Stream | undefined;
  #conn = 0;
  #downSeconds = 0;
  #isBad = true;

  constructor(random: RandomStream, clock: VirtualClock, open: () => ReturnType<typeof virtualLink>) {
    this.#random = random;
    this.#clock = clock;
    this.#open = open;
    this.#wire = open().wire;
  }

  async request(request: WireRequest): ReturnType<Wire['request']> {
    const isLost = this.#isBad && chance(this.#random, CALL_FAILED_CHANCE);
    if (isLost) this.failedCalls += 1;
    const isBefore = isLost && chance(this.#random, 0.5);
    const failure = { kind: 'failure', reason: 'the connection was reset' } as const;
    if (isBefore) return new Promise((resolve) => this.#clock.after(FAILED_MS, () => resolve(failure)));
    const reply = await this.#wire.request(request);
    return isLost ? failure : reply;
  }

  open(handlers: StreamHandlers): void {
    this.#handlers = handlers;
    this.#connect();
  }

  send(command: string): boolean {
    return this.#stream?.send(command) ?? false;
  }

  async close(): Promise<void> {
    this.#handlers = undefined;
    await this.#hangUp();
  }

  /** Call once a second. */
  second(): void {
    if (this.#downSeconds > 0) {
      this.#downSeconds -= 1;
      if (this.#downSeconds === 0) this.#connect();
    } else if (this.#isBad && chance(this.#random, CUT_CHANCE)) {
      this.cuts += 1;
      this.#downSeconds = 1 + Math.floor(this.#random.next() * CUT_SECONDS_MAX);
      void this.#hangUp();
      this.#handlers?.onDown(this.#conn, 'cut');
    }
  }

  heal(): void {
    this.#isBad = false;
    if (this.#downSeconds === 0) return;
    this.#downSeconds = 0;
    this.#connect();
  }

  async #hangUp(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.close();
  }

  #connect(): void {
    const { stream } = this.#open();
    this.#stream = stream;
    this.#conn += 1;
    const conn = this.#conn;
    const whileOpen = (action: (handlers: StreamHandlers) => void) => {
      if (this.#stream === stream && this.#handlers !== undefined) action(this.#handlers);
    };
    stream.open({
      onUp: () => whileOpen((handlers) => handlers.onUp(conn)),
      onHeard: () => whileOpen((handlers) => handlers.onHeard()),
      onFrame: (_conn, frame) =>
        whileOpen((handlers) => {
          if (this.#isBad && chance(this.#random, FRAME_LOST_CHANCE)) this.lostFrames += 1;
          else handlers.onFrame(conn, frame);
        }),
      onDown: () => {},
    });
  }
}
