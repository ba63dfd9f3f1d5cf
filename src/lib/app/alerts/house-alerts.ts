/**
 * The alerter of `kmm run`, in the supervisor: delivers what the trader and others have queued, queues what only the
 * supervisor knows, says once a day that it lives, and lets somebody outside know each minute that all is well, so that its
 * own death is noticed. The trader never waits for any of it.
 */

import { statfsSync } from 'node:fs';
import { poster } from '../../adapters/alerts/post.ts';
import { KalshiApiKeys } from '../../adapters/kalshi/rest-api-keys.ts';
import { Alerts, TOLD_WITHIN_MS } from '../../core/alerts/alerts.ts';
import type { Alert } from '../../core/alerts/condition.ts';
import { isOf } from '../../core/alerts/tellers.ts';
import { easternTime } from '../../core/eastern.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import type { Configuration } from '../config/config.ts';
import { nextStop } from '../doctor/maintenance.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { reach } from '../run/reach.ts';
import { AlertDesk } from './alert-desk.ts';
import { openChannels, readAddress } from './channels.ts';
import { GIVEN_UP, type HouseFacts, houseConditions, isWell } from './house-conditions.ts';

const LOOK_MS = 30_000;
const PING_MS = 60_000;
/** The exchange's hours and the key's papers change seldom. */
const ASK_MS = 3_600_000;
/** Of New York's day: then it says that it lives. */
const ALIVE_HOUR = 9;
/** What is under way when the run ends is given so long. */
const CLOSE_MS = 5_000;

export class HouseAlerts {
  readonly #configuration: Configuration;
  readonly #desk: AlertDesk;
  readonly #alerts = new Alerts();
  readonly #ping: (() => void) | undefined;
  #facts: HouseFacts = {};
  #view: TraderView | undefined;
  #turn = -1;
  #turnAt: number | undefined;
  #askedAt: number | undefined;
  #isRestored = false;
  #timers: NodeJS.Timeout[] = [];

  /** Throws KMM_ALERT_CHANNEL: whoever counts on a channel is told at the start that it does not work. */
  constructor(configuration: Configuration, note: (text: string) => void) {
    const { home, alerts: settings } = configuration;
    const stopping = new AbortController();
    const post = poster(stopping.signal);
    const channels = openChannels(settings, post);
    this.#configuration = configuration;
    this.#desk = new AlertDesk({ home, settings, channels, stopping, note });
    if (settings.pingFile !== undefined) {
      const address = readAddress('ping', settings.pingFile);
      this.#ping = () => void post({ method: 'GET', address: address.reveal() });
    }
  }

  /** `link`: to ask the exchange for its hours, and for the key's papers. */
  start(link: ExchangeLink): void {
    this.#desk.start();
    this.#look();
    this.#askedAt = performance.now() - ASK_MS + LOOK_MS;
    this.#timers = [
      setInterval(() => {
        this.#look();
        this.#askSometimes(link);
      }, LOOK_MS),
      setInterval(() => this.#pingIfWell(), PING_MS),
    ];
  }

  /** A trader is up, and trades. */
  traderUp(): void {
    this.#change({ trader: undefined });
  }

  /** It has died or was ended; `isGivenUp`: nobody starts it again. */
  traderGone(text: string, isGivenUp = false): void {
    this.#turnAt = undefined;
    this.#change({ trader: { text, isGivenUp } });
  }

  /** What the cancels of the supervisor came to; a text where nothing proves that they did. */
  cancelled(unconfirmed?: string): void {
    this.#change({ unconfirmed });
  }

  seen(view: TraderView): void {
    this.#view = view;
  }

  turned(turn: number): void {
    if (turn !== this.#turn) this.#turnAt = performance.now();
    this.#turn = turn;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#desk.close(CLOSE_MS);
  }

  #change(facts: { readonly [Name in keyof HouseFacts]: HouseFacts[Name] | undefined }): void {
    const merged: Record<string, unknown> = { ...this.#facts, ...facts };
    for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
    this.#facts = merged;
    this.#look();
  }

  #look(): void {
    const now = epochMs(Date.now());
    this.#restoreOnce(now);
    const disk = diskOf(this.#configuration.home.directory);
    const facts = { ...this.#facts, ...(disk !== undefined && { disk }) };
    this.#desk.queue(this.#alerts.observe(houseConditions(facts, now), now));
    this.#sayAlive(now);
  }

  /** What an earlier supervisor has told is not told again; its own alone, and only once there is a database to say so. */
  #restoreOnce(now: EpochMs): void {
    if (this.#isRestored) return;
    const told = this.#desk.told(epochMs(now - TOLD_WITHIN_MS));
    if (told === undefined) return;
    this.#isRestored = true;
    const own = told.filter(({ key }) => isOf('house', key));
    this.#alerts.restore(own, now);
    const last = (key: string) => own.findLast((alert) => alert.key === key && alert.change !== 'digest');
    const [trader, unconfirmed] = [last('house trader'), last('house unconfirmed')];
    // These end when a trader trades, and when cancels find their proof; not with a process.
    this.#facts = {
      ...(isStanding(trader) && { trader: { text: trader.text, isGivenUp: trader.stage === GIVEN_UP } }),
      ...(isStanding(unconfirmed) && { unconfirmed: unconfirmed.text }),
      ...this.#facts,
    };
  }

  #sayAlive(now: EpochMs): void {
    const { year, month, day, hour } = easternTime(now);
    const view = this.#view;
    if (hour < ALIVE_HOUR || view === undefined) return;
    const stage = `${year}-${month}-${day}`;
    const told = this.#desk.told(now);
    if (told === undefined || told.findLast(({ key }) => key === 'alive')?.stage === stage) return;
    const quoted = view.markets.filter(({ state }) => state === 'quoting' || state === 'one-sided').length;
    const text = `kmm lives: ${view.state}, ${quoted} of ${view.markets.length} markets quoted, ${view.halts.length} halts, ${view.restingOrders} orders rest`;
    this.#desk.queue([{ key: 'alive', priority: 'low', change: 'raised', stage, text, at: now }]);
  }

  /** The embedded exchange has hours and papers of its own time, which may run faster than ours. */
  #askSometimes(link: ExchangeLink): void {
    const now = performance.now();
    if (this.#configuration.env === 'sim') return;
    if (this.#askedAt !== undefined && now - this.#askedAt < ASK_MS) return;
    this.#askedAt = now;
    void this.#ask(link);
  }

  /** What does not answer stays as it was known. */
  async #ask(link: ExchangeLink): Promise<void> {
    try {
      const { rest, wire, close } = reach(this.#configuration.env, link);
      const [schedule, keys] = await Promise.all([rest.exchangeSchedule(), new KalshiApiKeys(wire).list()]);
      close();
      const now = epochMs(Date.now());
      if (schedule.ok) this.#change({ stop: nextStop(schedule.value, now) });
      if (keys.ok) this.#change({ attestedUntil: keys.value.attestedUntil });
    } catch {
      // The trader says what is wrong with a key.
    }
  }

  #pingIfWell(): void {
    const now = performance.now();
    const { silentSince } = this.#desk;
    const isFine = isWell({
      ...(this.#turnAt !== undefined && { turnAgeMs: now - this.#turnAt }),
      halts: this.#view?.halts ?? [],
      ...(silentSince !== undefined && { untoldMs: Date.now() - silentSince }),
    });
    if (isFine) this.#ping?.();
  }
}

function isStanding(alert: Alert | undefined): alert is Alert {
  return alert !== undefined && alert.change !== 'cleared';
}

function diskOf(directory: string): HouseFacts['disk'] | undefined {
  try {
    const { bavail, blocks, bsize } = statfsSync(directory);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
