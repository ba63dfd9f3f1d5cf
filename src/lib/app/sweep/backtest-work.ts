/** The module that computes backtests, as whoever runs jobs is told of it; importing this loads no engine. */
import { isBucketUrl } from './artifacts.ts';
import type { Work } from './runner.ts';

interface WorkPlaces {
  readonly data?: string | undefined;
  readonly cache?: string;
  readonly archive?: string;
}

const MODULE = new URL(
  import.meta.url.endsWith('.ts') ? './backtest-module.ts' : './backtest-module.js',
  import.meta.url,
);

/** `data`: a folder or `s3://…` where recordings are; `cache`: where they are brought to; `archive`: this machine's own. */
export function backtestWork({ data, cache, archive }: WorkPlaces): Work {
  const place = data === undefined ? {} : isBucketUrl(data) ? { bucket: data } : { directory: data };
  return {
    module: MODULE.href,
    context: { ...place, ...(cache !== undefined && { cache }), ...(archive !== undefined && { archive }) },
  };
}
