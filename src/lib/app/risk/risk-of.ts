/**
 * How the limits of an environment stand: of the trader that runs there, which knows most; else of the exchange together with
 * the journal; else of the journal alone. Whatever is taken, it says which, and why not the better one. Sends nothing.
 */
import { readLock } from '../../adapters/system/lock.ts';
import type { RiskView } from '../../core/risk/risk-view.ts';
import type { Configuration } from '../config/config.ts';
import { askWithin, VERB_MS } from '../control/ask-trader.ts';
import { KmmError } from '../errors/errors.ts';
import { exchangeRisk } from './exchange-risk.ts';
import { journalRisk } from './journal-risk.ts';

export type RiskSource = 'trader' | 'exchange' | 'journal';

export interface RiskReport {
  readonly source: RiskSource;
  readonly view: RiskView;
  /** Why nothing better was asked, or what of it is not known; for people. */
  readonly notes: readonly string[];
}

/** What an exchange that is not there, or does not know us, throws. */
const NO_EXCHANGE: ReadonlySet<string> = new Set([
  'KMM_SIM_NOT_RUNNING',
  'KMM_UNREACHABLE',
  'KMM_CLOCK',
  'KMM_KEY_MISSING',
  'KMM_KEY_REFUSED',
  'KMM_KEY_PASSPHRASE',
]);

const UNCOUNTED = 'losses of the day and the week, and what was sent, are counted by a running trader alone';

/** `isOffline`: nobody but the trader of this machine is asked. Throws KMM_DB_*, KMM_USAGE where nothing has run and nobody answers. */
export async function riskOf(configuration: Configuration, { isOffline }: { isOffline: boolean }): Promise<RiskReport> {
  const notes: string[] = [];
  const held = readLock(configuration.home.lock);
  if (held?.control !== undefined) {
    const answer = await askedTrader(held.control);
    if (typeof answer !== 'string') return { source: 'trader', view: answer, notes };
    notes.push(`process ${held.pid} runs here and does not say how its limits stand: ${answer}`);
  }
  // A trader that is there and silent has orders that the exchange knows; what it has in flight nobody else does.
  if (!isOffline) {
    try {
      return told('exchange', await exchangeRisk(configuration, notes));
    } catch (error) {
      if (!(error instanceof KmmError) || !NO_EXCHANGE.has(error.code)) throw error;
      notes.push(`the exchange was not asked: ${error.what}`);
    }
  }
  return told('journal', journalRisk(configuration, notes));
}

function told(source: RiskSource, { view, notes }: Omit<RiskReport, 'source'>): RiskReport {
  return { source, view, notes: [...notes, UNCOUNTED] };
}

async function askedTrader(control: string): Promise<RiskView | string> {
  try {
    const answer = await askWithin(control, { verb: 'risk' }, VERB_MS);
    if (answer.kind === 'risk') return answer.view;
    return answer.kind === 'unreachable' ? answer.reason : `it answered ${answer.kind}`;
  } catch (error) {
    if (error instanceof KmmError) return error.what;
    throw error;
  }
}
