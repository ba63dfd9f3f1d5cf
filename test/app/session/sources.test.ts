/** A session that is quoted by what somebody outside says: good words, bad words, none at all, and the same in a replay. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileSource } from '../../../src/lib/adapters/sources/file-source.ts';
import { VIRTUAL_FILES } from '../../../src/lib/adapters/sources/read-file.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import type { NamedSource } from '../../../src/lib/app/sources/source-watch.ts';
import type { ForecastSource } from '../../../src/lib/ports.ts';
import { Scene } from '../../support/virtual-session.ts';

const CONFIG = 'schema = "kmm/1"\n[fair]\nsource = "forecast:desk"\n';

function named(source: ForecastSource, refreshMs = 300_000): NamedSource {
  return { name: 'desk', kind: 'file', refreshMs, source };
}

function desk(config = CONFIG) {
  const scene = new Scene('KXBTC15M', undefined, 'sim', config);
  const path = join(scene.configuration.home.directory, '..', 'desk.json');
  const write = (probability: number, made = scene.clock.now(), more: object = {}) =>
    writeFileSync(
      path,
      JSON.stringify({
        ...{ schema: 'kmm-forecast/1', model: 'desk', version: '1', made_at: new Date(made).toISOString(), ...more },
        forecasts: [{ about: 'KXBTC15M', probability, standard_error: 0.02, reasons: ['a hunch'] }],
      }),
    );
  const open = () => scene.open({ sources: [named(fileSource(path, VIRTUAL_FILES))] });
  return { scene, path, write, open };
}

it('quotes by a file, pulls when that is none, says why everywhere, and quotes again when it is mended', async () => {
  const { scene, path, write, open } = desk();
  write(0.62);
  const opened = await open();
  const { session } = opened;
  const decision = () => [...session.engine.markets()].find(({ isSelected }) => isSelected)?.decision;
  await scene.run(4);
  expect(decision()?.fair).toMatchObject({ probability: 0.62, standardError: 0.02, source: 'desk' });
  expect(decision()?.fair?.reasons).toEqual(['desk 1', 'a hunch']);
  expect(scene.resting()).toBeGreaterThan(0);
  expect(session.view(undefined).sources).toMatchObject([{ name: 'desk', forecasts: 1, refused: 0 }]);
  expect(session.metrics.text()).toMatch(/kmm_model_age_seconds\{model="desk"\} [34]/);

  writeFileSync(path, '<html>');
  await scene.run(3);
  expect(scene.resting()).toBe(0);
  expect(decision()?.gate).toMatchObject({ name: 'source_not_json', posture: 'pull' });
  const shown = session.view(undefined);
  expect(shown.markets[0]?.why).toContain('HTML came');
  expect(shown.sources).toMatchObject([{ refused: 1, problem: { code: 'source_not_json' } }]);
  expect(scene.log.join('\n')).toContain('warn source desk: a forecast document in JSON was expected, and HTML came');
  expect(session.metrics.text()).not.toContain('kmm_model_age_seconds{');

  // Made before the refusal, and good all the same.
  write(0.58, session.engine.market(decision()?.ticker ?? '')?.market.openAt);
  await scene.run(3);
  expect(decision()?.gate).toMatchObject({ name: 'source_older' });
  write(0.58);
  await scene.run(3);
  expect(decision()?.fair?.probability).toBe(0.58);
  expect(scene.resting()).toBeGreaterThan(0);
  rmSync(path);
  await scene.run(3);
  expect([scene.resting(), decision()?.gate?.name]).toEqual([0, 'source_unreadable']);

  await scene.end();
  await opened.tape.close();
  const { parameters } = scene.configuration;
  const replayed = replaySession(opened.tape.path, { idPrefix: 'unused', parameters }, 100);
  expect(replayed).toMatchObject({ matches: true, firstDifference: null, lost: 0 });
  expect(replayed.intents).toBeGreaterThan(4);
});

it('a document that is too old prices nothing, and the market is not left quoted by it', async () => {
  const { scene, write, open } = desk(`${CONFIG}forecast_age_seconds_max = 10\n`);
  write(0.62);
  const { session } = await open();
  await scene.run(8);
  expect(scene.resting()).toBeGreaterThan(0);
  await scene.run(4);
  const [stale] = [...session.engine.markets()].filter(({ isSelected }) => isSelected);
  expect(stale?.decision?.gate?.name).toBe('forecast_stale');
  expect(scene.resting()).toBe(0);
  await scene.end();
});

it('a source that hangs costs no turn: the loop goes on, and the market says that nobody answers', async () => {
  const scene = new Scene('KXBTC15M', undefined, 'sim', CONFIG);
  let asked = 0;
  const hanging: ForecastSource = {
    read() {
      asked += 1;
      return new Promise(() => {});
    },
  };
  const { session } = await scene.open({ sources: [named(hanging, 1_000)] });
  const before = session.progress.turns;
  await scene.run(30);
  expect(session.progress.turns - before).toBeGreaterThan(29);
  expect(asked).toBe(1);
  expect(session.view(undefined).markets[0]?.why).toContain('it has not answered for 10 s');
  expect(scene.faults).toEqual([]);
  await scene.end();
});
