/**
 * A bare connection to an exchange for stopping things: no engine, no journal, no configuration beyond address and key.
 * What the supervisor uses when its trader is dead, and `kmm kill` at any time.
 */

import { armedWire } from '../../adapters/kalshi/armed-wire.ts';
import { ClockOffset } from '../../adapters/kalshi/clock-offset.ts';
import { DEFAULT_COSTS } from '../../adapters/kalshi/endpoint-costs.ts';
import type { Environment } from '../../adapters/kalshi/environments.ts';
import { PacedWire } from '../../adapters/kalshi/paced-wire.ts';
import { BASIC_TIER, RateLimiter } from '../../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiControls } from '../../adapters/kalshi/rest-controls.ts';
import type { Signer } from '../../adapters/kalshi/sign.ts';
import { subaccountWire } from '../../adapters/kalshi/subaccount-wire.ts';
import { gotWire } from '../../adapters/kalshi/wire.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Clock, Wire } from '../../ports.ts';
import type { Access } from '../config/access.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { type KeyOfLink, loadSigner } from '../keys/signer.ts';
import { ownPrefixOf } from '../own-prefix.ts';
import { type CancelOursResult, cancelOurs } from '../session/orders/cancel-ours.ts';

export interface Reach {
  readonly rest: KalshiRest;
  readonly controls: KalshiControls;
  readonly clock: Clock;
  /** Signed and paced; production takes nothing over it that could trade. */
  readonly wire: Wire;
  readonly signer: Signer;
  /** What the answers have said of the exchange's clock; nothing in sim, whose signatures go by this machine's. */
  readonly offset: ClockOffset;
  close(): void;
}

export type ReachLink = Pick<ExchangeLink, 'rest' | 'subaccount'> & KeyOfLink;

/** Throws KMM_KEY_*. Connects to nothing yet. */
export function reach(environment: Environment, link: ReachLink): Reach {
  return reachWith(environment, { ...link, signer: loadSigner(environment, link) });
}

/** The same with a key that is in memory. */
export function reachWith(
  environment: Environment,
  { rest, subaccount, signer }: Pick<ReachLink, 'rest' | 'subaccount'> & { readonly signer: Signer },
): Reach {
  const clock = systemClock({ offsetMs: () => 0, wallNow: Date.now });
  const offset = new ClockOffset();
  const wire = gotWire({
    baseUrl: rest,
    environment,
    signer,
    // Whoever must cancel must not fail for the clock of this machine. The embedded exchange checks by the wall's time.
    timestampMs: () => Math.round(Date.now() + (offset.estimate(Date.now())?.offsetMs ?? 0)),
    wallNow: Date.now,
    ...(environment === 'sim' ? {} : { observeOffset: offset.observe.bind(offset) }),
    timeouts: { connect: 1_500, request: 3_000 },
  });
  // Nobody has time to ask for the real limits now; a 429 costs nothing (kalshi/api.md 5).
  const limiter = new RateLimiter(BASIC_TIER);
  const disarmed = armedWire(subaccountWire(wire, subaccount), () => environment !== 'prod');
  const paced = new PacedWire({ wire: disarmed, limiter, costs: () => DEFAULT_COSTS, clock, random: Math.random });
  const [kalshi, controls] = [new KalshiRest(paced), new KalshiControls(paced)];
  return { rest: kalshi, controls, clock, wire: paced, signer, offset, close: () => wire.close() };
}

/**
 * Orders of this instance of kmm, by id: what the supervisor does for a trader that cannot. `say`: what a person is to know
 * beside the result. Throws KMM_KEY_*.
 */
export async function cancelForTrader(
  place: Pick<Access, 'env' | 'home'>,
  link: ExchangeLink,
  say: (text: string) => void,
): Promise<CancelOursResult> {
  const { env } = place;
  const { prefix, problem } = ownPrefixOf(place);
  if (problem !== undefined) say(problem);
  const exchange = reach(env, link);
  try {
    return await cancelOurs({
      ...exchange,
      isOurs: ({ clientOrderId }) => clientOrderId.startsWith(prefix),
      spacingMs: LIST_AGAIN_MS[env],
      boundMs: CANCEL_MS,
    });
  } finally {
    exchange.close();
  }
}

/** Between two listings that must both be empty: above the age of what the exchange reads back (reliability.md V4). */
export const LIST_AGAIN_MS = { sim: 100, demo: 5_000, prod: 5_000 } as const;

const CANCEL_MS = 10_000;
