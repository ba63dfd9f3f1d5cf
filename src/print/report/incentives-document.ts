/** Incentive programmes as a document and as an object (D-8). */
import { dateTimeText } from '../../format.ts';
import type { IncentiveRow } from '../../lib/app/report/incentive-report.ts';
import { formatMoney, formatSize, type Microdollars } from '../../lib/core/units.ts';
import {
  amount,
  type DocumentCell,
  NOT_KNOWN,
  type ReportDocument,
  real,
  share,
  size,
  text,
} from './report-document.ts';

export function incentivesDocument(
  env: string,
  at: number,
  rows: readonly IncentiveRow[],
  isCut: boolean,
): ReportDocument {
  const boolean = (value: boolean | undefined): DocumentCell =>
    value === undefined ? NOT_KNOWN : text(value ? 'yes' : 'no');
  return {
    name: 'incentives',
    period: new Date(at).toISOString(),
    title: `Incentive programmes, ${env}`,
    subtitle: `As of ${dateTimeText(at as IncentiveRow['startsAt'])}.${isCut ? ' There are more than were read.' : ''}`,
    warnings: [],
    lead: [],
    sections: [
      {
        id: 'incentives',
        title: 'Active',
        notes: [
          'No programme states an uptime or a spread: each second of trading is a snapshot, both sides must reach the target size, and nearer the best price counts more. Share: of the book as it is now, with our resting orders. Expected: share × time we quoted both sides × reward, as if every snapshot looked so; the exchange alone counts.',
        ],
        tables: [
          {
            nothing: 'No programme is active.',
            columns: [
              { title: 'Market', measure: 'ticker', unit: '', isText: true },
              { title: 'Kind', measure: 'type', unit: '', isText: true },
              { title: 'Until', measure: 'ends', unit: '', isText: true },
              { title: 'Reward $', measure: 'reward', unit: 'dollars' },
              { title: 'Target', measure: 'target_size', unit: 'contracts' },
              { title: 'Factor', measure: 'discount_factor', unit: 'ratio' },
              { title: 'Both sides', measure: 'two_sided', unit: 'share' },
              { title: 'Our spread ¢', measure: 'spread', unit: 'cents' },
              { title: 'Counts now', measure: 'counts', unit: '', isText: true },
              { title: 'Share', measure: 'share', unit: 'share' },
              { title: 'Expected $', measure: 'expected', unit: 'dollars' },
              { title: '+1 contract $', measure: 'marginal', unit: 'dollars' },
            ],
            rows: rows.map((row) => [
              text(row.ticker),
              text(row.type),
              text(dateTimeText(row.endsAt), new Date(row.endsAt).toISOString()),
              amount(row.reward),
              size(row.targetSize),
              real(row.discountBasisPoints === null ? null : row.discountBasisPoints / 10_000, 2),
              share(row.quoted === null || row.quoted.samples === 0 ? null : row.quoted.twoSided),
              real(row.quoted?.spread == null ? null : row.quoted.spread / 100, 2),
              boolean(row.score?.counts),
              share(row.score?.share),
              amount(row.expected),
              amount(row.marginal),
            ]),
          },
        ],
      },
    ],
  };
}

export function incentivesRecord(env: string, at: number, rows: readonly IncentiveRow[], isCut: boolean) {
  const dollars = (value: Microdollars | null) => (value === null ? null : formatMoney(value));
  return {
    ...{ type: 'report_incentives', env, at: new Date(at).toISOString(), isCut },
    programs: rows.map(({ id, ticker, type, description, startsAt, endsAt, quoted, score, ...row }) => ({
      ...{ id, ticker, kind: type, description },
      ...{ startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() },
      ...{ rewardDollars: dollars(row.reward), discountBasisPoints: row.discountBasisPoints },
      targetSize: row.targetSize === null ? null : formatSize(row.targetSize),
      twoSided: quoted?.twoSided ?? null,
      spreadCents: quoted?.spread == null ? null : quoted.spread / 100,
      ...{ counts: score?.counts ?? null, share: score?.share ?? null },
      ...{ expectedDollars: dollars(row.expected), marginalDollars: dollars(row.marginal) },
    })),
  };
}
