/** What is right and wrong about a key, its clock and its limits. Pure: the facts are arguments. */

import type { OffsetVerdict } from '../../adapters/kalshi/clock-offset.ts';
import type { AccountLimits } from '../../adapters/kalshi/rate-limit.ts';
import type { ApiKey } from '../../adapters/kalshi/rest-api-keys.ts';
import type { ErrorCode } from '../errors/errors.ts';

export interface Finding {
  readonly level: 'good' | 'doubtful' | 'bad';
  readonly text: string;
  /** Of a bad one: what a command ends with. */
  readonly code?: ErrorCode;
  readonly next?: readonly string[];
  /** The key may do more than it needs, which an operator may accept. */
  readonly isBroad?: true;
}

export interface ClockReport {
  /** Exchange minus ours; null where nothing was learnt. */
  readonly offsetMs: number | null;
  readonly uncertaintyMs: number | null;
  readonly verdict: OffsetVerdict;
}

/** Exactly these: a bot that is broken into can then trade, and take no money away (reliability.md S5). */
const WANTED = ['read', 'write::trade'];
const WEEK_MS = 7 * 86_400_000;

/** `subaccount`: the one that is configured; undefined: none is. */
export function scopeFindings(
  key: ApiKey | undefined,
  attestedUntil: number | undefined,
  now: number,
  subaccount?: number,
): readonly Finding[] {
  const about: Finding[] =
    key === undefined ? [UNLISTED] : [...tooMuch(key), ...tooLittle(key), ...whereOf(key, subaccount)];
  if (!about.some(({ level }) => level === 'bad') && key !== undefined)
    about.unshift(good('scopes are read and write::trade'));
  return [...about, ...attestation(attestedUntil, now)];
}

export function clockFindings({ offsetMs, verdict }: ClockReport): readonly Finding[] {
  const by = offsetMs === null ? '' : ` by ${Math.abs(offsetMs)} ms`;
  switch (verdict) {
    case 'good':
      return [good(offsetMs === null ? "the clock is the exchange's own" : `the clock is off${by}`)];
    case 'warn':
      return [{ level: 'doubtful', text: `the clock of this machine is off${by}: set it` }];
    case 'refuse':
      return [{ level: 'bad', code: 'KMM_CLOCK', text: `the clock of this machine is off${by}` }];
    case 'unknown':
      return [{ level: 'doubtful', text: 'the exchange did not say what time it is' }];
    default:
      return verdict satisfies never;
  }
}

export function costFindings(
  { create, cancel }: { readonly create: number; readonly cancel: number },
  { write }: Pick<AccountLimits, 'write'>,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (cancel > create)
    findings.push({ level: 'doubtful', text: `a cancel costs ${cancel} tokens, more than a create` });
  if (create > write.capacity)
    findings.push({ level: 'doubtful', text: `a create costs ${create} tokens, more than fit` });
  return findings.length === 0 ? [good(`a create costs ${create} tokens, a cancel ${cancel}`)] : findings;
}

const UNLISTED: Finding = {
  level: 'doubtful',
  text: 'the exchange does not list this key to itself: its scopes are not known',
};

function tooMuch({ scopes }: ApiKey): readonly Finding[] {
  const more = scopes.filter((scope) => !WANTED.includes(scope));
  if (more.length === 0) return [];
  const text = `the key may do more than trade: ${more.join(', ')}`;
  return [{ level: 'bad', code: 'KMM_KEY_SCOPE', text, isBroad: true }];
}

function tooLittle({ scopes }: ApiKey): readonly Finding[] {
  const missing = WANTED.filter(
    (scope) => !scopes.includes(scope) && !(scope === 'write::trade' && scopes.includes('write')),
  );
  if (missing.length === 0) return [];
  const text = `the key may not do what trading needs: ${missing.join(', ')} is missing`;
  return [{ level: 'bad', code: 'KMM_KEY_SCOPE', text, next: ['make a key with the scopes read and write::trade'] }];
}

function whereOf({ subaccount: bound }: ApiKey, configured: number | undefined): readonly Finding[] {
  if (bound === undefined) {
    const alone = configured === undefined ? '' : `; kmm names subaccount ${configured} in every call`;
    const text = `the key acts on every subaccount: bind it to the one that holds the capital${alone}`;
    return [{ level: 'doubtful', text }];
  }
  if (configured === undefined || configured === bound) return [good(`bound to subaccount ${bound}`)];
  const text = `the key is bound to subaccount ${bound}, and account.subaccount says ${configured}: nothing will be answered`;
  return [{ level: 'bad', code: 'KMM_KEY_SCOPE', text, next: [`set account.subaccount to ${bound}, or leave it out`] }];
}

function attestation(until: number | undefined, now: number): readonly Finding[] {
  if (until === undefined || until - now > WEEK_MS) return [];
  const day = new Date(until).toISOString().slice(0, 10);
  const what = until <= now ? `lapsed on ${day}` : `ends on ${day}`;
  return [
    {
      level: 'doubtful',
      text: `the location attestation ${what}: renew it on the web page, or some categories are closed to keys`,
    },
  ];
}

function good(text: string): Finding {
  return { level: 'good', text };
}
