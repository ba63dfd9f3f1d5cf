/**
 * `kmm config reload` inside the trader: reads the configuration as its start did, from the same flags, variables and files,
 * and tells the engine what may change while it runs. That is an event like any other, on the tape before the engine hears
 * it, so that a replay decides by the new values from the same turn on (docs/adr/0030).
 */

import type { Arming } from '../../adapters/store/arming.ts';
import type { Clock } from '../../ports.ts';
import {
  type Configuration,
  type ConfigurationEntry,
  dated,
  loadConfiguration,
  parametersFrom,
} from '../config/config.ts';
import type { LogLevel } from '../config/config-schema.ts';
import { quotable } from '../config/fitted-weight.ts';
import { type ReloadChange, type ReloadDiff, reloadDiff, withChanges } from '../config/reload-diff.ts';
import { KmmError } from '../errors/errors.ts';
import { cappedBy } from '../session/open-records.ts';
import type { Session } from '../session/session.ts';

/** As much of a configuration as a reload changes. */
export type InForce = Pick<Configuration, 'entries' | 'parameters'>;

export interface ReloadReport {
  readonly diff: ReloadDiff;
  readonly applied: readonly ReloadChange[];
}

/** `look`: change nothing. `all`: the riskier ones too, if they are those of the digest. */
export interface ReloadWish {
  readonly step: 'look' | 'safer' | 'all';
  readonly digest?: string;
  readonly by: string;
}

export interface ReloaderOptions {
  readonly configuration: Configuration;
  /** Of production: its exposure stays a limit. */
  readonly arming?: Arming;
  readonly session: Pick<Session, 'emit'>;
  readonly clock: Pick<Clock, 'now'>;
  /** A line of the log. */
  readonly say: (text: string) => void;
  /** What is in force from now on: a trader that is started after this one is to begin with it. */
  readonly onReloaded: (inForce: InForce) => void;
  readonly onLogLevel: (level: LogLevel, by: string) => void;
}

export class Reloader {
  readonly #options: ReloaderOptions;
  #inForce: readonly ConfigurationEntry[];
  #fittedAt: number | undefined;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#inForce = options.configuration.entries;
    this.#fittedAt = options.configuration.parameters.fittedAt;
  }

  /** Throws KMM_CONFIG_*, KMM_MODEL_MISSING, and KMM_NOT_CONFIRMED when the riskier ones are no longer those that were confirmed. */
  reload({ step, digest, by }: ReloadWish): ReloadReport {
    const { configuration, say } = this.#options;
    const read = quotable(loadConfiguration(configuration.request));
    const diff = reloadDiff(this.#inForce, read.entries);
    if (step === 'look') return { diff, applied: [] };
    if (step === 'all' && digest !== diff.digest) {
      throw new KmmError('KMM_NOT_CONFIRMED', 'the configuration has changed since it was shown', {
        position: 'nothing was applied; the trader goes on as before',
        next: ['kmm config reload'],
      });
    }
    const applied = step === 'all' ? [...diff.safer, ...diff.riskier] : diff.safer;
    if (applied.length === 0) return { diff, applied };
    // Where some changes wait, numbers of both fits may be in force.
    const fits = [read.parameters.fittedAt, ...(step === 'all' ? [] : [this.#fittedAt])];
    this.#apply(withChanges(this.#inForce, read.entries, applied), fits, applied, read, by);
    for (const { key, from, to } of applied) {
      say(`configuration: ${key} is ${JSON.stringify(to)}, was ${JSON.stringify(from)} (${by})`);
    }
    return { diff, applied };
  }

  #apply(
    entries: readonly ConfigurationEntry[],
    fits: readonly (number | undefined)[],
    applied: readonly ReloadChange[],
    read: Configuration,
    by: string,
  ): void {
    const { arming, session, clock, onReloaded, onLogLevel } = this.#options;
    // Throws where the part that is applied does not fit what stays.
    const parameters = dated(parametersFrom(entries), fits);
    this.#inForce = entries;
    this.#fittedAt = parameters.fittedAt;
    onReloaded({ entries, parameters });
    if (applied.some(({ key }) => key !== 'log.level')) {
      const capped = cappedBy(arming, parameters);
      session.emit({ type: 'parameters_changed', at: clock.now(), parameters: capped, by });
    }
    if (applied.some(({ key }) => key === 'log.level')) onLogLevel(read.logLevel, by);
  }
}
