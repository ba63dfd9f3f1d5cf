/** What `kmm auth check` found out, as lines for people. */
import type { Glyphs } from '../../format.ts';
import type { KeyReport } from '../../lib/app/keys/check-key.ts';
import type { Finding } from '../../lib/app/keys/findings.ts';

export function keyReportLines(report: KeyReport, signs: Glyphs): readonly string[] {
  const { env, host, keyId, kind, fingerprint, name, scopes, subaccount, tier, limits, clock, balance } = report;
  const known = scopes === null ? 'not known' : scopes.join(', ');
  const bound = subaccount === null ? '' : `, subaccount ${subaccount}`;
  const cash = balance.shards.map(({ shard, cash: dollars }) => `shard ${shard} $${cents(dollars)}`).join(', ');
  return [
    `${env} at ${host}`,
    `key      ${keyId}${name === null ? '' : ` "${name}"`}, ${kind}, ${fingerprint}`,
    `scopes   ${known}${bound}`,
    `tier     ${tier ?? 'not known'}: reads ${bucket(limits.read)}, writes ${bucket(limits.write)}`,
    ...(clock.offsetMs === null
      ? []
      : [`clock    ${signed(clock.offsetMs)} ms ${signs.plusMinus} ${clock.uncertaintyMs} ms`]),
    `cash     $${cents(balance.total)}${cash === '' ? '' : ` (${cash})`}`,
    ...report.findings.map((finding) => `${signOf(finding, signs)} ${finding.text}`),
  ];
}

function bucket({ capacity, refillPerSecond }: KeyReport['limits']['read']): string {
  return `${refillPerSecond}/s up to ${capacity}`;
}

/** Exact text without the zeros that nobody reads: "12.300000" is 12.30. */
function cents(dollars: string): string {
  return dollars.replace(/(\.\d\d\d*?)0+$/, '$1');
}

function signed(ms: number): string {
  return ms < 0 ? String(ms) : `+${ms}`;
}

function signOf({ level }: Finding, signs: Glyphs): string {
  switch (level) {
    case 'good':
      return signs.tick;
    case 'doubtful':
      return '!';
    case 'bad':
      return signs.cross;
    default:
      return level satisfies never;
  }
}
