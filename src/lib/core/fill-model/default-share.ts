/**
 * The share that calibrated fills use where nothing was fitted on this machine, with where it is from (docs/models.md has
 * the runs). Both are close to nothing: whoever cancels is mostly whoever came last.
 */
export interface DefaultShare {
  /** Absent: of any other series. */
  readonly series?: string;
  /** Part of the pro-rata guess that is taken from ahead (core/book/queue.ts). */
  readonly share: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
  readonly source: string;
}

const BY_SERIES: readonly DefaultShare[] = [
  {
    series: 'KXBTC15M',
    ...{ share: 0.01, low: 0, high: 0.03 },
    source:
      'built in, from 86,203 known cancels in 16 markets of 11 and 13 May 2026 (kmm model fit fills on kxbtc15m_l2)',
  },
  {
    series: 'KXGOLD15M',
    ...{ share: 0.03, low: 0, high: 0.07 },
    source:
      'built in, from 29,872 known cancels in 6 markets of 5 and 6 August 2026 (kmm model fit fills on kxgold15m_l2)',
  },
];

const ELSEWHERE: DefaultShare = {
  ...{ share: 0.02, low: 0, high: 0.07 },
  source: 'built in, between what KXBTC15M and KXGOLD15M gave: nothing of this series was seen',
};

export function defaultShare(series: string): DefaultShare {
  return BY_SERIES.find((one) => one.series === series) ?? ELSEWHERE;
}
