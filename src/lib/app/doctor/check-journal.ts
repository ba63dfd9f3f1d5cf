/** The database: whole, of this version, and what it says is still to be done. */

import type { Latch } from '../../adapters/store/latches.ts';
import { differenceText } from '../../core/money/fee-watch.ts';
import { clearsOf } from '../../core/risk/halts.ts';
import { formatMoney } from '../../core/units.ts';
import { bad, badTrouble, type DoctorLine, doubtful, good, type JournalFacts, type MachineFacts } from './facts.ts';
import { bytesText, easternText } from './words.ts';

export function checkJournal(
  journal: JournalFacts | undefined,
  { lock, latches }: Pick<MachineFacts, 'lock' | 'latches'>,
): readonly DoctorLine[] {
  if (journal === undefined) {
    const none = good('database', 'there is none yet: kmm run makes it');
    return latches.length === 0 ? [none] : [none, ...checkHalts(latches)];
  }
  return [
    ...checkFile(journal),
    ...checkHalts([...journal.latches, ...latches]),
    ...checkOpen(journal, lock),
    ...checkDrift(journal),
  ];
}

function checkFile({
  trouble,
  version,
  newest,
  bytes,
  quickCheck,
  turnsVerified,
}: JournalFacts): readonly DoctorLine[] {
  if (quickCheck !== undefined && quickCheck !== 'ok')
    return [bad('database', `it is damaged: ${quickCheck}`, 'restore it from a backup')];
  if (version < newest && version > 0)
    return [doubtful('database', `version ${version}; this kmm brings it to ${newest}`, 'kmm run')];
  if (trouble !== undefined) return [badTrouble('database', trouble)];
  const checked = quickCheck === undefined ? 'too large to be checked here' : 'passes its check';
  return [
    good(
      'database',
      `version ${version}, ${bytesText(bytes)}, ${checked}; the chain of ${turnsVerified} turns is whole`,
    ),
  ];
}

function checkHalts(latches: readonly Latch[]): readonly DoctorLine[] {
  if (latches.length === 0) return [good('halts', 'nothing is latched')];
  return latches.map(({ name, scope, reason, by }) => {
    const where = scope === '*' ? '' : ` of ${scope}`;
    const text = `${name}${where} is latched by ${by}: ${reason}`;
    const command = `kmm resume ${name}${scope === '*' ? '' : ` --scope ${scope}`}`;
    return clearsOf({ name, scope }) === 'self' ? doubtful('halts', text) : bad('halts', text, command);
  });
}

/** With a trader they are its own affair. */
function checkOpen({ openOrders }: JournalFacts, lock: MachineFacts['lock']): readonly DoctorLine[] {
  const unproved = openOrders.filter(({ orderId }) => orderId === undefined).length;
  const text = `${openOrders.length} orders may rest by the journal${unproved > 0 ? `, ${unproved} of them without proof` : ''}`;
  const isRunning = typeof lock === 'object';
  if (openOrders.length === 0 || (isRunning && unproved === 0)) return [good('orders', text)];
  return [doubtful('orders', isRunning ? text : `${text}, and no kmm runs here`, 'kmm trade orders', 'kmm kill')];
}

/** Of the newest day that had a difference: old ones are told of as well, for nobody may have looked. */
function checkDrift({ fees }: JournalFacts): readonly DoctorLine[] {
  if (fees === undefined) return [];
  const last = fees.differences.at(-1);
  if (last === undefined) return [good('fee drift', 'every fee that could be predicted was charged so')];
  const text = `charged less predicted is $${formatMoney(fees.drift)}; last in ${last.ticker}, ${differenceText(last)}`;
  return [
    doubtful(
      'fee drift',
      `${easternText(last.at)}: ${text}`,
      `kmm why ${last.ticker}`,
      `kmm markets show ${last.ticker}`,
    ),
  ];
}
