/** `kmm replay --set`: what the session made, and what the fill model makes of it as it was and as changed, band by band. */
import type { ChangedBand, ChangedReplay, Lived } from '../../lib/app/recording/replay-changed.ts';
import type { Comparison } from '../../lib/core/backtest/comparison.ts';
import { formatMoney, formatSize } from '../../lib/core/units.ts';
import { estimated } from '../backtest/backtest-money.ts';
import {
  amount,
  count,
  counted,
  type DocumentCell,
  money,
  NOT_KNOWN,
  type ReportDocument,
  size,
  text,
} from '../report/report-document.ts';

export function changedDocument(changed: ChangedReplay): ReportDocument {
  const { session, env, keys, bands, lived, assumptions, notes, tape } = changed;
  const name = session === null ? tape : `session ${session} of ${env}`;
  return {
    ...{ name: 'replay_changed', period: `${session ?? ''}` },
    title: `What ${name} would have made with ${keys.map(({ key, value }) => `${key} = ${value}`).join(', ')}`,
    subtitle: `It ran with ${keys.map(({ key, recorded }) => `${key} = ${said(recorded)}`).join(', ')}. Both are traded against its recorded books with the same fills.`,
    warnings: [...verdictWarning(changed), ...bands.map(({ mode, comparison }) => `${mode}: ${verdict(comparison)}`)],
    lead: [],
    sections: [
      {
        id: 'difference',
        title: 'Changed less as it was',
        tables: [
          {
            nothing: '',
            columns: [
              { title: 'Fills', measure: 'band', unit: '', isText: true },
              { title: 'changed $', measure: 'changed', unit: 'dollars' },
              { title: 'as it was $', measure: 'was', unit: 'dollars' },
              { title: 'difference $', measure: 'difference', unit: 'dollars' },
              { title: '95 % from', measure: 'low', unit: 'dollars', leaves: 1 },
              { title: 'to', measure: 'high', unit: 'dollars', leaves: 1 },
            ],
            rows: bands.map(differenceRow),
          },
        ],
      },
      {
        id: 'traded',
        title: 'What was traded',
        notes: [
          'The session is what really happened; its distance from "as it was" is the error of the fill model, which the difference above has as well.',
        ],
        tables: [
          {
            nothing: '',
            columns: [
              { title: 'Run', measure: 'run', unit: '', isText: true },
              { title: 'net $', measure: 'net', unit: 'dollars' },
              { title: 'fees $', measure: 'fees', unit: 'dollars' },
              { title: 'fills', measure: 'fills', unit: 'count' },
              { title: 'contracts', measure: 'contracts', unit: 'contracts' },
              { title: 'intents', measure: 'intents', unit: 'count', leaves: 2 },
              { title: 'drawdown $', measure: 'drawdown', unit: 'dollars', leaves: 1 },
            ],
            rows: [
              tradedRow('the session', lived),
              ...bands.flatMap(({ mode, was, changed: now }) => [
                tradedRow(`${mode}, as it was`, was),
                tradedRow(`${mode}, changed`, now),
              ]),
            ],
          },
        ],
      },
      { id: 'assumptions', title: 'What is believed and not known', notes: [...assumptions, ...notes] },
    ],
  };
}

export function changedRecord({ lived, bands, ...rest }: ChangedReplay) {
  return {
    ...{ type: 'replay_changed' as const, ...rest },
    lived: totalsRecord(lived),
    bands: bands.map(({ mode, was, changed, comparison }) => ({
      ...{ mode, verdict: comparison.verdict, events: comparison.total.events },
      ...{ was: totalsRecord(was), changed: totalsRecord(changed) },
      differenceDollars: formatMoney(comparison.difference),
      ...{ error: comparison.total.error ?? null, low: comparison.total.interval?.low ?? null },
      high: comparison.total.interval?.high ?? null,
      markets: comparison.pairs.map(({ ticker, a, b, difference }) => ({
        ...{ ticker, changedDollars: formatMoney(a), wasDollars: formatMoney(b) },
        differenceDollars: formatMoney(difference),
      })),
    })),
  };
}

type Traded = Pick<Lived, 'net' | 'fees' | 'fills' | 'contracts' | 'intents'> & Partial<ChangedBand['was']>;

function totalsRecord({ net, fees, contracts, fills, intents, drawdown, intentsHash }: Traded) {
  return {
    ...{
      netDollars: formatMoney(net),
      feesDollars: formatMoney(fees),
      fills,
      contracts: formatSize(contracts),
      intents,
    },
    ...(drawdown !== undefined && { drawdownDollars: formatMoney(drawdown) }),
    ...(intentsHash !== undefined && { intentsHash }),
  };
}

function tradedRow(name: string, { net, fees, fills, contracts, intents, drawdown }: Traded): readonly DocumentCell[] {
  const fall = drawdown === undefined ? NOT_KNOWN : amount(drawdown);
  return [text(name), money(net), amount(fees), count(fills), size(contracts), count(intents), fall];
}

function differenceRow({ mode, comparison }: ChangedBand): readonly DocumentCell[] {
  const { a, b, difference, total } = comparison;
  const { low, high } = total.interval ?? {};
  return [text(mode), money(a), money(b), money(difference), estimated(low), estimated(high)];
}

function verdict({ verdict: found, total }: Comparison): string {
  const events = counted(total.events, 'event');
  switch (found) {
    case 'a':
      return `the change made more, beyond what chance explains (${events}, 95 %).`;
    case 'b':
      return `the change made less, beyond what chance explains (${events}, 95 %).`;
    case 'not_told_apart':
      return `the two are not told apart (${events}, 95 %).`;
    case 'too_few':
      return `no verdict: ${events}, and below 30 nothing is concluded.`;
    default:
      return found satisfies never;
  }
}

function verdictWarning({ verdict: found }: ChangedReplay): readonly string[] {
  if (found === 'differs')
    return ['this code does not decide as the session did: "as it was" is not what ran (kmm replay)'];
  if (found === 'tape_changed') return ['the tape is not what the session wrote (kmm replay says where)'];
  return found === 'unproved' ? ['records are lost on the tape: nothing is known of them'] : [];
}

function said(value: unknown): string {
  if (value === null) return 'not set';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
