/** At the start of every session: the ledger brought to where the account is, and compared with the exchange's own figures. */
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { HALT_EVERYTHING } from '../../core/halts.ts';
import type { Clock, Wire } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import { unreachable } from '../exchange/unreachable.ts';
import { differencesOf, readExchange } from './compare.ts';
import { openLedger } from './open-ledger.ts';

export interface StartLedgerOptions {
  readonly engine: Engine;
  /** Paced. */
  readonly wire: Wire;
  readonly journal: JournalFile;
  readonly account: string;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
}

/** A difference is a halt. Throws KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function startLedger({ engine, wire, journal, account, clock, emit }: StartLedgerOptions): Promise<void> {
  const restored = await openLedger(wire, journal.restore(account), clock.now());
  if (!restored.ok) throw unreachable('the account history cannot be read', restored.error);
  emit(restored.value);
  const exchange = await readExchange(new KalshiRest(wire));
  if (exchange === undefined) throw new KmmError('KMM_UNREACHABLE', 'cash and positions cannot be read');
  const differences = differencesOf(engine.ledger, exchange);
  if (differences.length === 0) return;
  const at = clock.now();
  const reason = `at the start, ${differences.join('; ')}`;
  const halt = { name: 'RECONCILE', scope: HALT_EVERYTHING, since: at, reason } as const;
  emit({ type: 'halt_changed', at, halt, isOn: true });
}
