/**
 * What `[sources.NAME]` may hold: a table a source, with a kind and the keys of that kind.
 *
 * Refuses an address that carries a password, and one that a stranger on the way could answer for.
 */
import { z } from 'zod';
import { decimal, tickers } from './config-leaves.ts';

const KINDS = ['file', 'http', 'onnx'] as const;
const REFRESH_SECONDS = 300;
/** Each costs a look a second. */
const SOURCES_MAX = 32;

/** As `forecast:NAME` has it. */
const sourceName = () =>
  z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'must be a name in lower case, such as weather or desk-2' });

const file = (what: string) =>
  z.custom<string>((value) => typeof value === 'string' && value.trim() !== '', {
    error: `must be the path of ${what}`,
  });

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
