/** A halt that stands, for people and for scripts: who, when, why, and how it ends. */
import { dateTimeText, type Zone } from '../../format.ts';
import type { StandingHalt } from '../../lib/app/latches.ts';

/** "KILLED (*) since 2026-11-20 10:02:00 ET by ann: fat finger" */
export function haltText({ name, scope, since, by, reason }: StandingHalt, zone: Zone = 'ET'): string {
  return `${name} (${scope}) since ${dateTimeText(since, zone)} by ${by ?? 'the trader'}: ${reason}`;
}

export function haltEnding({ clears, notBefore, isSevere, until }: StandingHalt, zone: Zone = 'ET'): string {
  if (clears === 'self') {
    return until === undefined ? 'it passes by itself' : `it passes by itself at ${dateTimeText(until, zone)}`;
  }
  if (clears === 'restart') return 'it ends with its process: kmm stop, then kmm run';
  if (notBefore !== undefined) return `not to be cleared before ${dateTimeText(notBefore, zone)}`;
  return isSevere ? 'it is cleared with the end of the key id' : 'it is cleared with --yes';
}

/** What clears it, or what to do meanwhile. */
export function haltCommand({ name, scope, isSevere }: StandingHalt, env: string, verb = 'resume'): string {
  const of = scope === '*' ? '' : ` --scope ${scope}`;
  const answer = isSevere || verb !== 'resume' ? '--confirm SUFFIX' : '--yes';
  return `kmm ${verb} ${name}${of} ${answer}${env === 'sim' ? '' : ` --env ${env}`}`;
}

export function haltRecord({ name, scope, since, by, reason, clears, isSevere, notBefore }: StandingHalt) {
  return {
    ...{ name, scope, since: new Date(since).toISOString(), by, reason, clears, isSevere },
    notBefore: notBefore === undefined ? null : new Date(notBefore).toISOString(),
  };
}
