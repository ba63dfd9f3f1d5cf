/**
 * A whole trading session in virtual time against the embedded exchange, with everything that users run: engine, gateway,
 * journal, tape. Between session and exchange a test may put its own hands: on what is asked, and on what is heard.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { subaccountWire } from '../../src/lib/adapters/kalshi/subaccount-wire.ts';
import { virtualLink } from '../../src/lib/adapters/sim-server/link.ts';
import { ServedVenue } from '../../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../src/lib/adapters/sim-server/virtual-clock.ts';
import { type Configuration, loadConfiguration } from '../../src/lib/app/config/config.ts';
import type { EnvironmentName } from '../../src/lib/app/config/home.ts';
import { LogFilter } from '../../src/lib/app/log-filter.ts';
import { isIndexSimulated, virtualReferences } from '../../src/lib/app/references/simulated.ts';
import { endSession } from '../../src/lib/app/session/end-session.ts';
import type { ClockSync } from '../../src/lib/app/session/halts/clock-watch.ts';
import { type OpenedSession, openSession } from '../../src/lib/app/session/open-session.ts';
import type { Summary } from '../../src/lib/app/session/summary.ts';
import { seriesAskedFor } from '../../src/lib/app/sim/asked-series.ts';
import { SIM_CASH } from '../../src/lib/app/sim/sim-world.ts';
import type { NamedSource } from '../../src/lib/app/sources/source-watch.ts';
import type { EpochMs } from '../../src/lib/core/units.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import type { LogLine } from '../../src/lib/core/view.ts';
import type { Stream, StreamHandlers, Wire } from '../../src/lib/ports.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import type { SimWorld } from '../../src/lib/sim/sim-world.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';
import type { Process } from '../world/process.ts';
import { type Desk, restDesk } from './rest-desk.ts';
import { tempDir } from './temp-dir.ts';

/** A Friday morning in New York, two minutes into a quarter hour. */
export const MORNING = epochMs(Date.UTC(2026, 10, 20, 15, 2, 0));
export const ACCOUNT = 'us';

export interface Hands {
  /** Stands before the exchange: may answer itself, or change the answer. */
  readonly wire?: (wire: Wire) => Wire;
  /** Stands before the session: may keep a frame to itself, or change it. Undefined: nothing is heard. */
  readonly frame?: (frame: Buffer) => Buffer | undefined;
  /** The exchange does not take our key on the stream. */
  readonly isKeyRefused?: boolean;
  /** Can be frozen: then nothing comes to the session until it is thawed. */
  readonly process?: Process;
  /** What the session believes of the exchange's clock. */
  readonly clockSync?: ClockSync;
  /** Instead of those of the configuration. */
  readonly sources?: readonly NamedSource[];
  /** Takes what the session says on its channel of last resort. */
  readonly lastResort?: (text: string) => void;
}

/** The exchange, its time, and a data directory; sessions come and go. */
export class Scene {
  readonly venue: SimWorld;
  readonly served: ServedVenue;
  clock: VirtualClock;
  readonly configuration: Configuration;
  /** Our account's own REST view of the exchange: its truth. */
  readonly desk: Desk;
  readonly log: string[] = [];
  /** Which lines are said. */
  readonly logFilter = new LogFilter('info');
  readonly faults: Error[] = [];
  /** Who asked to stop, through the database. */
  readonly stops: string[] = [];
  /** What was said on the channel of last resort. */
  readonly lastResort: string[] = [];
  #handlers: StreamHandlers | undefined;
  #opened: OpenedSession | undefined;
  #startedAt: EpochMs;

  /** `config`: the text of a config file, for an environment that has no limits of its own. */
  constructor(markets: string, startAt: EpochMs = MORNING, environment: EnvironmentName = 'sim', config?: string) {
    const directory = tempDir();
    const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
    const flags = [{ flag: '--markets', key: 'markets.tickers', value: markets }];
    if (config !== undefined) writeFileSync(join(directory, 'config.toml'), config);
    this.configuration = loadConfiguration({ environment, flags, host });
    // A world of an index has nothing else in it, which would only cost time.
    const series = seriesAskedFor(this.configuration.markets).series?.filter((name) => markets.includes(name));
    this.venue = generatedWorld({
      ...{ seed: 'a scene', startAt: epochMs(startAt - 60_000), ...(series !== undefined && { series }) },
    });
    this.venue.advanceTo(startAt);
    this.venue.drain();
    this.venue.openAccount(ACCOUNT, SIM_CASH);
    this.served = new ServedVenue(this.venue);
    this.clock = new VirtualClock(startAt);
    this.desk = restDesk(this.venue, ACCOUNT);
    this.#startedAt = startAt;
  }

  /** Throws as the session's start does. */
  async open(hands: Hands = {}): Promise<OpenedSession> {
    const { clock, served, configuration } = this;
    const { wire, stream } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const { subaccount } = configuration;
    const random = seededStream('a link');
    const opened = openSession({
      ...{
        configuration,
        clock: hands.process?.clock ?? clock,
        link: { rest: 'virtual', ws: 'virtual', keyId: ACCOUNT, keyFile: '', subaccount },
      },
      wire: subaccountWire(hands.wire?.(wire) ?? wire, subaccount),
      stream: hands.isKeyRefused
        ? REFUSING
        : this.#heardThrough(stream, hands.frame ?? ((frame) => frame), hands.process),
      random: () => random.next(),
      clockUncertaintyMs: () => 0,
      ...(isIndexSimulated(configuration, configuration.markets) && {
        references: virtualReferences(configuration, { served, clock, latencyMs: 4 }),
      }),
      ...(hands.clockSync !== undefined && { clockSync: hands.clockSync }),
      ...(hands.sources !== undefined && { sources: hands.sources }),
      logFilter: this.logFilter,
      onLog: ({ level, text }: LogLine) => this.log.push(`${level} ${text}`),
      lastResort: hands.lastResort ?? ((text) => this.lastResort.push(text)),
      onFatal: (error) => this.faults.push(error),
      onStop: (by) => this.stops.push(by),
    });
    this.#opened = opened;
    this.#startedAt = clock.now();
    onTestFinished(() => opened.tape.close());
    await clock.runUntilSettled(opened.session.start(), served);
    return opened;
  }

  /** Lets time pass. */
  async run(seconds: number): Promise<void> {
    await this.clock.run(epochMs(this.clock.now() + seconds * 1_000), this.served);
  }

  async end(by = 'the test'): Promise<Summary> {
    const opened = this.#opened;
    if (opened === undefined) throw new Error('no session is open');
    const ended = endSession({
      opened,
      clock: this.clock,
      env: this.configuration.env,
      startedAt: this.#startedAt,
      by,
    });
    return this.clock.runUntilSettled(ended, this.served);
  }

  /** The session's process is dead: nothing of it happens any more, while the exchange goes on. */
  async crash(seconds: number): Promise<void> {
    this.clock = new VirtualClock(this.clock.now());
    await this.run(seconds);
  }

  /** The session hears this frame as if the exchange had sent it. */
  hear(frame: string): void {
    this.#handlers?.onFrame(1, Buffer.from(frame));
  }

  /** The exchange does not take the key any more. */
  refuse(): void {
    this.#handlers?.onDown(1, 'handshake refused: 401 authentication_error');
    this.#handlers?.onRefused?.('handshake refused: 401 authentication_error');
  }

  /** The link goes down, and up again when the returned function is called. */
  cut(): () => void {
    this.#handlers?.onDown(1, 'cut by the test');
    return () => this.#handlers?.onUp(1);
  }

  /** Our orders on the exchange. */
  orders(status?: 'resting'): { order_id: string; client_order_id: string; ticker: string; status: string }[] {
    const query = status === undefined ? '' : `&status=${status}`;
    return this.desk('GET', `/portfolio/orders?limit=1000${query}`).json.orders;
  }

  resting(): number {
    return this.orders('resting').length;
  }

  #heardThrough(stream: Stream, frameOf: (frame: Buffer) => Buffer | undefined, process?: Process): Stream {
    const deliver = (action: () => void) => (process === undefined ? action() : process.deliver(action));
    return {
      send: (command) => stream.send(command),
      close: () => stream.close(),
      open: (handlers) => {
        this.#handlers = handlers;
        let isMuted = false;
        stream.open({
          onUp: (conn) => handlers.onUp(conn),
          onDown: (conn, reason) => handlers.onDown(conn, reason),
          onHeard: () => {
            if (!isMuted) deliver(() => handlers.onHeard());
          },
          onFrame: (conn, frame) => {
            const heard = frameOf(frame);
            isMuted = heard === undefined;
            if (heard !== undefined) deliver(() => handlers.onFrame(conn, heard));
          },
        });
      },
    };
  }
}

const REFUSING: Stream = { close: async () => {}, send: () => false, open: (handlers) => handlers.onRefused?.('401') };
