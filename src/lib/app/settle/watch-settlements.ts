/**
 * Settlements as they come. The list is asked every few seconds on a connection that holds no lock; when it has news a sweep
 * of its own books and reconciles, and gives the lock back, so that a trader may start at any moment.
 */
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { sentenceOf } from '../../adapters/kalshi/result.ts';
import { settlementKey } from '../../core/money/bridge.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import type { SettleReport } from './settle.ts';
import type { SettleDesk } from './settle-desk.ts';
import type { SettlementLine } from './settlement-lines.ts';

export interface SettlementWatchOptions {
  /** Looks alone: no lock is held. The caller closes it. */
  readonly looking: Pick<SettleDesk, 'clock' | 'wire' | 'speed'>;
  /** A whole sweep, with whatever it opens closed again. */
  readonly sweep: () => Promise<SettleReport>;
  /** The first one, and each later one whose figures do not agree, or agree again. */
  readonly onReport: (report: SettleReport) => void;
  /** Each once, and none that the first report had. */
  readonly onSettlement: (line: SettlementLine) => void;
  /** What goes wrong meanwhile, once, and that it has passed. */
  readonly onNote: (text: string) => void;
  readonly signal: AbortSignal;
}

const LOOK_MS = 5_000;
/** A result that comes late, or anew, has the time at which it was paid: this is far more than the list lags. */
const BACK_MS = 24 * 3_600_000;
/** Positions become due, and cash moves, without a settlement. */
const SWEEP_MS = 300_000;

/** Resolves when the signal comes. Throws as the first sweep does. */
export async function watchSettlements(options: SettlementWatchOptions): Promise<void> {
  const { looking, sweep, onReport, onSettlement, onNote, signal } = options;
  const { clock, wire, speed } = looking;
  const rest = new KalshiRest(wire);
  let report = await sweep();
  const told = new Set(report.settlements.map(settlementKey));
  onReport(report);
  let sweptAt = clock.now();
  let trouble: string | undefined;
  while (!signal.aborted) {
    await pause(clock, LOOK_MS * speed, signal);
    if (signal.aborted) return;
    const listed = await rest.settlements({ since: backFrom(clock.now()) });
    const isDue = clock.now() - sweptAt >= SWEEP_MS * speed;
    const isNews = listed.ok && listed.value.some((one) => !told.has(settlementKey(one)));
    const problem = listed.ok ? undefined : `the settlements cannot be read: ${sentenceOf(listed.error)}`;
    const swept = problem === undefined && (isNews || isDue) ? await tried(sweep) : undefined;
    const now = problem ?? (typeof swept === 'string' ? swept : undefined);
    if (now !== trouble) onNote(now === undefined ? 'the settlements are read again' : `${now}; asked again`);
    trouble = now;
    if (swept === undefined || typeof swept === 'string') continue;
    sweptAt = clock.now();
    for (const line of swept.settlements) {
      if (told.has(settlementKey(line))) continue;
      told.add(settlementKey(line));
      onSettlement(line);
    }
    // One that is older than what is shown is no news a second time.
    if (listed.ok) for (const one of listed.value) told.add(settlementKey(one));
    if (swept.isReconciled !== report.isReconciled) onReport(swept);
    report = swept;
  }
}

/** A sweep that fails for a reason that may pass, in words. */
async function tried(sweep: () => Promise<SettleReport>): Promise<SettleReport | string> {
  try {
    return await sweep();
  } catch (error) {
    const mayPass = error instanceof KmmError && (error.code === 'KMM_UNREACHABLE' || error.code === 'KMM_LOCKED');
    if (!mayPass) throw error;
    return error.what;
  }
}

function backFrom(now: EpochMs): EpochMs {
  return epochMs(now - BACK_MS);
}

/** Until then, or until the signal comes. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    function leave(): void {
      stop();
      resolve();
    }
    signal.addEventListener('abort', leave, { once: true });
  });
}
