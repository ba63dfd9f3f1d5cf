/**
 * `kmm auth check`: who we are to the exchange with this key, what it may do, and whether clock, limits and cash are such
 * that trading could start. Reads only. What cannot be asked is an error; what is not as it should be is a finding.
 */
import type { ClockOffset } from '../../adapters/kalshi/clock-offset.ts';
import { costOf, DEFAULT_COSTS, type EndpointCosts } from '../../adapters/kalshi/endpoint-costs.ts';
import { REST_ROOT } from '../../adapters/kalshi/environments.ts';
import { type AccountLimits, BASIC_TIER } from '../../adapters/kalshi/rate-limit.ts';
import type { Balance } from '../../adapters/kalshi/rest.ts';
import { KalshiApiKeys } from '../../adapters/kalshi/rest-api-keys.ts';
import type { CallError, Result } from '../../adapters/kalshi/result.ts';
import { sentenceOf } from '../../adapters/kalshi/result.ts';
import type { Signer } from '../../adapters/kalshi/sign.ts';
import { formatMoney } from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { type Reach, type ReachLink, reachWith } from '../run/reach.ts';
import { isNotTold } from '../session/account/account-terms.ts';
import { keeperOf } from './credentials.ts';
import { type ClockReport, clockFindings, costFindings, type Finding, scopeFindings } from './findings.ts';
import { storedKey } from './key-store.ts';
import { loadSigner } from './signer.ts';

export interface KeyReport {
  readonly type: 'auth_check';
  readonly env: EnvironmentName;
  readonly host: string;
  readonly keyId: string;
  readonly kind: string;
  readonly fingerprint: string;
  /** The name that was given to it on the web page. Null, and null scopes: the exchange does not list it to this key. */
  readonly name: string | null;
  readonly scopes: readonly string[] | null;
  /** Null: every subaccount. */
  readonly subaccount: number | null;
  readonly attestedUntil: string | null;
  /** Null: the exchange does not tell this key, and the limits are those of the smallest tier. */
  readonly tier: string | null;
  readonly limits: Pick<AccountLimits, 'read' | 'write'>;
  /** Tokens. */
  readonly costs: { readonly default: number; readonly create: number; readonly cancel: number };
  readonly clock: ClockReport;
  /** Decimal text, dollars. */
  readonly balance: {
    readonly total: string;
    readonly shards: readonly { readonly shard: number; readonly cash: string }[];
  };
  readonly findings: readonly Finding[];
}

/** Throws KMM_KEY_*, KMM_CLOCK, KMM_UNREACHABLE. */
export async function checkKey(env: EnvironmentName, link: ReachLink): Promise<KeyReport> {
  const report = await checkWith(env, link, loadSigner(env, link));
  const isKept = env === 'sim' || storedKey(link.keyFile) !== undefined || keeperOf(link.keyFile) === 'credential';
  return isKept ? report : { ...report, findings: [...report.findings, NOT_KEPT] };
}

/** The same with a key that is not stored yet. */
export async function checkWith(
  env: EnvironmentName,
  { rest, subaccount }: Pick<ReachLink, 'rest' | 'subaccount'>,
  signer: Signer,
): Promise<KeyReport> {
  const exchange = reachWith(env, { rest, subaccount, signer });
  try {
    return await reportOf(env, { rest, subaccount, keyId: signer.keyId }, exchange, () =>
      clockReport(env, exchange.offset),
    );
  } finally {
    exchange.close();
  }
}

const NOT_KEPT: Finding = {
  level: 'doubtful',
  text: 'the key is a file that kmm does not keep: kmm auth import stores it encrypted, and stamps it',
};

/** The first bad finding as an error, for the exit code. `isBroadAllowed`: a key that may do more than trade is none. */
export function verdictOf(findings: readonly Finding[], isBroadAllowed: boolean): KmmError | undefined {
  const worst = findings.find(({ level, isBroad }) => level === 'bad' && !(isBroadAllowed && isBroad === true));
  return worst?.code === undefined
    ? undefined
    : new KmmError(worst.code, worst.text, worst.next && { next: worst.next });
}

async function reportOf(
  env: EnvironmentName,
  link: Asked,
  exchange: Reach,
  clockNow: () => ClockReport,
): Promise<KeyReport> {
  const { rest, wire, signer } = exchange;
  const told = toldOr(undefined, await rest.limits(), link);
  const limits = told ?? BASIC_TIER;
  const costs = toldOr(DEFAULT_COSTS, await rest.endpointCosts(), link);
  const status = answered(await rest.exchangeStatus(), link);
  const balance = answered(await rest.balance([...new Set([0, ...status.shards.map(({ shard }) => shard)])]), link);
  const listed = await new KalshiApiKeys(wire).list();
  if (!listed.ok && listed.error.kind === 'unreachable') throw failureOf(listed.error, link);
  const keys = listed.ok ? listed.value : undefined;
  const own = keys?.keys.find((key) => key.keyId === link.keyId);
  const clock = clockNow();
  return {
    ...{ type: 'auth_check', env, host: new URL(link.rest).host },
    ...{ keyId: link.keyId, kind: signer.kind, fingerprint: signer.fingerprint },
    ...{ name: own?.name ?? null, scopes: own?.scopes ?? null, subaccount: own?.subaccount ?? null },
    attestedUntil: keys?.attestedUntil === undefined ? null : new Date(keys.attestedUntil).toISOString(),
    ...{ tier: told?.tier ?? null, limits: { read: limits.read, write: limits.write }, costs: costsOf(costs), clock },
    balance: balanceOf(balance),
    findings: [
      ...scopeFindings(own, keys?.attestedUntil, Date.now(), link.subaccount),
      ...clockFindings(clock),
      ...costFindings(costsOf(costs), limits),
      ...(told === undefined ? [LIMITS_UNTOLD] : []),
    ],
  };
}

function costsOf(costs: EndpointCosts): KeyReport['costs'] {
  const orders = `${REST_ROOT}/portfolio/events/orders`;
  return {
    default: costs.defaultCost,
    create: costOf(costs, { method: 'POST', path: orders }),
    cancel: costOf(costs, { method: 'DELETE', path: `${orders}/id` }),
  };
}

function balanceOf({ total, shards }: Balance): KeyReport['balance'] {
  return { total: formatMoney(total), shards: shards.map(({ shard, cash }) => ({ shard, cash: formatMoney(cash) })) };
}

/** What the answers so far say of our clock. */
export function clockReport(env: EnvironmentName, offset: ClockOffset): ClockReport {
  const now = Date.now();
  const estimate = offset.estimate(now);
  const round = (ms: number | undefined) => (ms === undefined ? null : Math.round(ms));
  return {
    ...{ offsetMs: round(estimate?.offsetMs), uncertaintyMs: round(estimate?.uncertaintyMs) },
    verdict: env === 'sim' ? 'good' : offset.verdict(now),
  };
}

/** Whom we asked, and as whom. */
type Asked = Pick<ReachLink, 'rest' | 'keyId' | 'subaccount'>;

const LIMITS_UNTOLD: Finding = {
  level: 'doubtful',
  text: 'this key is not told the limits of its account: kmm sends no more than the smallest tier may',
};

/** What a key that is bound to a subaccount may not ask for is no reason to refuse it. */
function toldOr<Value, Otherwise>(otherwise: Otherwise, result: Result<Value>, link: Asked): Value | Otherwise {
  return !result.ok && isNotTold(result.error) ? otherwise : answered(result, link);
}

function answered<Value>(result: Result<Value>, link: Asked): Value {
  if (result.ok) return result.value;
  throw failureOf(result.error, link);
}

/** A stamp that is refused as too old is no dead key: the clock is at fault (kalshi/api.md 2). */
function failureOf(error: CallError, { keyId, rest }: Asked): KmmError {
  const details = { position: 'nothing was changed; positions and resting orders are as they were' };
  if (error.kind !== 'refused') return new KmmError('KMM_UNREACHABLE', `${rest}: ${sentenceOf(error)}`, details);
  if (error.code === 'header_timestamp_expired') {
    return new KmmError('KMM_CLOCK', `the exchange calls our timestamps expired (${error.status})`, details);
  }
  const isKey = error.status === 401 || error.status === 403;
  return isKey
    ? new KmmError('KMM_KEY_REFUSED', `the key ${keyId} was ${sentenceOf(error)}`, {
        ...details,
        next: ['check that the key is listed on the web page of this environment', 'kmm auth rotate FILE --key-id ID'],
      })
    : new KmmError('KMM_UNREACHABLE', `${rest}: ${sentenceOf(error)}`, details);
}
