/** `kmm quote` believes a model as far as the journal of its environment does, as a session that began now would (E-4). */
import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { place } from '../support/cli.ts';
import { compose } from '../support/composed-account.ts';
import { jsonHere } from '../support/kmm-here.ts';

const ACCOUNT = 'an account';
const NOW = epochMs(Date.UTC(2026, 10, 20, 15, 1));

describe('a quote by a model that was wrong in forty markets', () => {
  it('says that it is benched, and shows what it would have shown', async () => {
    const here = place({}, afterAll);
    const world = { seed: 'a standing', background: [], startAt: NOW };
    const served = await serveSim({ ...world, port: 0, speed: 1, keyKind: 'ed25519', keyDirectory: here.home.keys });
    afterAll(() => served.close());
    const { listening } = served;
    const keyed = ['--sim-url', listening.rest, '--key-id', listening.keyId, '--key-file', listening.privateKeyFile];
    const quote = async () => (await jsonHere(here, ['quote', 'KXBTC15M', ...keyed])).records[0].markets[0];
    expect((await quote()).gate?.name).not.toBe('benched');

    mkdirSync(here.home.directory, { recursive: true, mode: 0o700 });
    const settled = Array.from({ length: 40 }, (_, n) => ({
      ...{ account: ACCOUNT, ticker: `KXBTC15M-${n}`, event_ticker: `KXBTC15M-${n}`, series_ticker: 'KXBTC15M' },
      ...{ close_at: NOW - (n + 1) * 900_000, result: 'no', value: 0, settled_at: NOW - n * 900_000 },
    }));
    compose(here.home.database, {
      sessions: [{ account: ACCOUNT, started_at: NOW - 3_600_000 }],
      estimated_markets: settled,
      estimates: settled.map(({ ticker, close_at }) => ({
        ...{ account: ACCOUNT, ticker, horizon_s: 60, at: close_at - 60_000, probability: 0.55 },
      })),
    });
    const { gate, fair } = await quote();
    expect(gate).toMatchObject({ name: 'benched', posture: 'reduce', reason: expect.stringMatching(/micro/) });
    expect(fair.source).toBe('micro');
  });
});
