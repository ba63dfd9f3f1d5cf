/** All checks over what was gathered, in the order in which one would mend things. Pure. */

import type { EpochMs } from '../../core/units.ts';
import { checkAlerts } from './check-alerts.ts';
import { checkCash, checkFees, checkHours, checkMarkets, checkStatus, checkTokens } from './check-exchange.ts';
import { checkJournal } from './check-journal.ts';
import { checkClock, checkKeyFile, checkScopes, checkStamps } from './check-key.ts';
import { checkConfig, checkMachine } from './check-machine.ts';
import { bad, type DoctorFacts, type DoctorLine, doubtful, type ExchangeFacts, good } from './facts.ts';

export function diagnose(facts: DoctorFacts, now: EpochMs): readonly DoctorLine[] {
  const { env, machine, config, key, journal, exchange } = facts;
  return [
    ...checkMachine(machine, now),
    ...checkConfig(config),
    checkStamps(facts),
    ...checkJournal(journal, machine),
    ...(key.isKnown
      ? checkKeyFile(key.value, env)
      : [bad('key', key.reason, `kmm auth import FILE --key-id ID --env ${env}`)]),
    ...checkAlerts(facts.alerts, env),
    ...exchangeLines(facts, exchange),
  ];
}

export function isHealthy(lines: readonly DoctorLine[]): boolean {
  return lines.every(({ level }) => level !== 'bad');
}

function exchangeLines(facts: DoctorFacts, exchange: DoctorFacts['exchange']): readonly DoctorLine[] {
  if (exchange === 'skipped') return [];
  if (!exchange.isKnown) {
    const next = ['check the network', `kmm auth check --env ${facts.env}`];
    // Without a key that signs there is nobody to ask, which has been said.
    const isSaid = !facts.key.isKnown || facts.key.value.trouble !== undefined || facts.stamps !== 'agree';
    const text = `could not be asked: ${exchange.reason}`;
    return [isSaid ? doubtful('exchange', text) : bad('exchange', text, ...next)];
  }
  const silence = silenceOf(exchange.value);
  if (silence !== undefined) {
    return [bad('exchange', `${exchange.value.name} answers nothing: ${silence}`, 'check the network')];
  }
  return [good('exchange', `${exchange.value.name} answers`), ...answeredLines(facts, exchange.value)];
}

/** Why nothing was answered; undefined: something was. A line for each thing that is not known would hide the one cause. */
function silenceOf({ status, schedule, limits, keys, balance }: ExchangeFacts): string | undefined {
  const answers = [status, schedule, limits, keys, balance];
  return answers.some(({ isKnown }) => isKnown) || status.isKnown ? undefined : status.reason;
}

function answeredLines({ env, config }: DoctorFacts, exchange: ExchangeFacts): readonly DoctorLine[] {
  const { parameters, names } = config;
  const planned = exchange.markets.isKnown ? exchange.markets.value : [];
  return [
    ...checkClock(exchange, env),
    ...checkScopes(exchange, env),
    ...checkStatus(exchange, planned),
    ...checkHours(exchange),
    ...(names.length > 0 ? [...checkMarkets(exchange, names), ...checkFees(exchange)] : []),
    ...(parameters === undefined
      ? []
      : [...checkTokens(exchange, planned, parameters), ...checkCash(exchange, planned, parameters)]),
  ];
}
