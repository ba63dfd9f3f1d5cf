/**
 * What a session hears beside the exchange, heard for a shadow run: forecasts of the configured sources, indices from elsewhere,
 * fitted parameters of indices. All of it goes on the tape and from there to every variant. What sources look at is the base's.
 */
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { FairSource, Parameters } from '../../core/parameters.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import type { Configuration } from '../config/config.ts';
import { referenceKeys } from '../references/keys.ts';
import { ReferenceFeeds } from '../references/reference-feeds.ts';
import { CalibrationWatch } from '../session/markets/calibration-watch.ts';
import { configuredSources } from '../sources/configured-sources.ts';
import { SourceLoop } from '../sources/source-loop.ts';
import type { NamedSource } from '../sources/source-watch.ts';

export interface Outside {
  readonly sources: readonly NamedSource[];
  /** Absent in virtual time: nobody outside lives in it. */
  readonly references?: Configuration['references'];
  readonly calib: string;
  /** Of every variant, whatever series it is for. */
  readonly fairs: Readonly<Record<string, FairSource>>;
}

export interface VoicesOptions {
  readonly outside: Outside;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  readonly note: (text: string) => void;
}

/** @param all of every variant. Throws KMM_SOURCE_UNKNOWN, KMM_SOURCE_PACKAGE. */
export function outsideOf(configuration: Configuration, all: readonly Parameters[], isVirtual: boolean): Outside {
  const { sources, references, home } = configuration;
  for (const parameters of all) configuredSources({ sources, parameters }, isVirtual);
  return {
    ...{ sources: configuredSources(configuration, isVirtual), calib: home.calib },
    fairs: Object.fromEntries(all.flatMap(fairsOf).map((fair, index) => [`${index}`, fair])),
    ...(!isVirtual && references.indices.length > 0 && { references }),
  };
}

function fairsOf({ fair, fairBySeries = {} }: Parameters): readonly FairSource[] {
  return [fair, ...Object.values(fairBySeries)];
}

/** Ticked about once a second. */
export class OutsideVoices {
  readonly #clock: Clock;
  readonly #parts: readonly { tick(now: EpochMs): void; stop?(): void }[];

  constructor({ outside, engine, clock, emit, note }: VoicesOptions) {
    const { sources, references: settings, calib, fairs } = outside;
    const { parameters } = engine.config;
    const asked = { config: { ...engine.config, parameters: { ...parameters, fairBySeries: fairs } } };
    const say = (_level: string, text: string) => note(text);
    this.#clock = clock;
    this.#parts = [
      new SourceLoop({ sources, engine, clock, speed: 1, emit, say }),
      new CalibrationWatch({ calib, engine: asked, log: { say }, emit }),
      ...(settings === undefined
        ? []
        : [
            new ReferenceFeeds({
              ...{ settings, readKey: referenceKeys(settings), clock, random: Math.random, log: { say }, emit },
            }),
          ]),
    ];
  }

  tick(): void {
    for (const part of this.#parts) part.tick(this.#clock.now());
  }

  stop(): void {
    for (const part of this.#parts) part.stop?.();
  }
}
