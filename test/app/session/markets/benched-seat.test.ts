/** `--auto` and a model that is not believed: its market goes to the bench, is heard there, and comes back; a replay does the same. */
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { replaySession } from '../../../../src/lib/app/recording/replay-session.ts';
import type { Standing } from '../../../../src/lib/core/honesty/standing.ts';
import { standing } from '../../../support/standings.ts';
import { MORNING, Scene } from '../../../support/virtual-session.ts';

const CONFIG = `schema = "kmm/1"
[selection]
auto_markets_max = 1
stay_seconds = 40
`;
const OF = { model: 'micro', series: 'KXBTC15M' };
const BTC = 'KXBTC15M-26NOV201015-15';
const DRIFTS = 'it has begun to drift';

it('a benched market gives its seat up, is heard unquoted, and is seated again when it is believed', async () => {
  const scene = new Scene('KXBTC15M,KXHIGHNY', MORNING, 'sim', CONFIG);
  const opened = await scene.open();
  const { engine } = opened.session;
  const tell = (told: Standing) => opened.session.emit({ type: 'standing', at: scene.clock.now(), standings: [told] });
  const quoted = () => [...new Set([...engine.orders.live()].map(({ ticker }) => ticker.split('-')[0]))];
  await scene.run(8);
  expect(quoted()).toEqual(['KXBTC15M']);
  tell(standing({ ...OF, benched: DRIFTS }));
  await scene.run(180);
  expect(quoted()).toEqual(['KXHIGHNY']);
  expect(engine.market(BTC)?.decision).toMatchObject({
    gate: { name: 'benched', reason: `micro in KXBTC15M: ${DRIFTS}` },
    fair: { source: 'micro' },
  });
  tell(standing(OF));
  await scene.run(150);
  expect(quoted()).toEqual(['KXBTC15M']);
  const changes = scene.log.filter((line) => line.startsWith(`info auto: ${BTC} `));
  const words = changes.map((line) => line.slice(`info auto: ${BTC} `.length));
  expect(words.at(-1)).toMatch(/^is quoted: instead of KXHIGHNY-/);
  expect(words.slice(0, 3)).toEqual([
    'is quoted: a free seat',
    `is given up: not believed, micro in KXBTC15M: ${DRIFTS}, for 1 min`,
    `is heard and not quoted: not believed, micro in KXBTC15M: ${DRIFTS}`,
  ]);
  // What it says ten minutes before its close is said from the bench.
  const database = new Database(scene.configuration.home.database, { readonly: true });
  const said = database.prepare('SELECT horizon_s FROM estimates WHERE ticker = ? ORDER BY at').pluck().all(BTC);
  database.close();
  expect(said).toContain(600);

  await scene.end();
  await opened.tape.close();
  const fallback = { idPrefix: 'unused', parameters: scene.configuration.parameters };
  const replayed = replaySession(opened.tape.path, fallback, 100);
  expect(replayed).toMatchObject({ verdict: 'same', matches: true, firstDifference: null, lost: 0 });
});
