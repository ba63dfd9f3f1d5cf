/**
 * What `[sources.NAME]` may hold: a table a source, with a kind and the keys of that kind.
 *
 * Refuses an address that carries a password, and one that a stranger on the way could answer for.
 */
import { z } from 'zod';
import { choice, decimal, text, tickers } from './config-leaves.ts';

const KINDS = ['file', 'http', 'onnx', 'tsa', 'weather', 'cpi'] as const;
const REFRESH_SECONDS = 300;
/** Each costs a look a second. */
const SOURCES_MAX = 32;
/** A year each. */
const FILES_MAX = 40;

/** As `forecast:NAME` has it. */
const sourceName = () =>
  z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'must be a name in lower case, such as weather or desk-2' });

const file = (what: string) =>
  z.custom<string>((value) => typeof value === 'string' && value.trim() !== '', {
    error: `must be the path of ${what}`,
  });

/** A list, or one. */
const files = () =>
  z
    .union([file('a file').transform((one) => [one]), z.array(file('a file')).max(FILES_MAX)])
    .transform((list): readonly string[] => list);

const common = () => ({
  refresh_seconds: decimal({ unit: 'seconds', decimals: 0, min: 1, max: 86_400 }).default(REFRESH_SECONDS),
  about: tickers().optional(),
});

export function sourcesSchema() {
  const kinds = z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('file'), path: file('a forecast document'), ...common() }),
      z.strictObject({
        ...{ kind: z.literal('http'), url: address(), token_file: file('a file that holds a token').optional() },
        ...common(),
      }),
      z.strictObject({
        kind: z.literal('onnx'),
        model_file: file('a model in ONNX form'),
        manifest_file: file('its manifest'),
        ...common(),
      }),
      z
        .strictObject({ kind: z.literal('tsa'), files: files().default([]), url: address().optional(), ...common() })
        .refine(({ files: some, url }) => some.length > 0 || url !== undefined, { error: 'must have files, or url' }),
      z.strictObject({
        kind: z.literal('weather'),
        extreme: choice(['high', 'low']),
        utc_offset_hours: decimal({ unit: 'hours', decimals: 0, min: -12, max: 0 }),
        history_file: file('the daily figures of a station'),
        history_unit: choice(['fahrenheit', 'tenths_celsius']).default('fahrenheit'),
        station: text('must be an id of a station, or the name that the file has for it').optional(),
        ...{ forecast_file: file('a forecast of a gridpoint').optional(), forecast_url: address().optional() },
        ...{ observations_file: file('observations').optional(), observations_url: address().optional() },
        ...common(),
      }),
      z
        .strictObject({
          ...{ kind: z.literal('cpi'), measure: choice(['cpi', 'core']) },
          ...{ file: file('charts of nowcasts').optional(), url: address().optional() },
          ...{ bls_file: file('an answer of the BLS').optional(), bls_url: address().optional() },
          bls_series: text('must be a series of the BLS, such as CUSR0000SA0').default('CUSR0000SA0'),
          over_months: choice(['1', '12']).default('1'),
          ...common(),
        })
        .refine(({ file: path, url }) => (path === undefined) !== (url === undefined), {
          error: 'must have a file or an url, not both',
        }),
    ],
    { error: `must be one of ${KINDS.join(', ')}` },
  );
  return z
    .record(sourceName(), kinds)
    .refine((all) => Object.keys(all).length <= SOURCES_MAX, { error: `must be at most ${SOURCES_MAX} sources` });
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

function address() {
  const error = 'must be an https address without a password in it, or http on this machine';
  return z.custom<string>((value) => typeof value === 'string' && isAddress(value), { error });
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}
