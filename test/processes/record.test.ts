/** `kmm record` as a process: its summary, its end, its death, and what verify says of what it has left. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, HAS_PROC, type Place, place, type Running, sleep } from '../support/cli.ts';

let here: Place;
let serving: Running;

beforeAll(async () => {
  here = place({}, afterAll);
  serving = here.start('sim', 'serve', '--json');
  await serving.record(() => true);
}, 60_000);

function tapes(): readonly string[] {
  const folder = here.home.tapes;
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.tape')) : [];
}

/** A recorder that has begun to write frames. */
async function recorder(...words: string[]): Promise<Running> {
  const run = here.start('record', ...words);
  const [, path = ''] = await run.said(/writing (.+\.tape)\n/);
  const name = path.replace(/.*\//, '');
  const hasFrames = async () => {
    const { records } = await here.json('record', 'list');
    return records[0].tapes.some((tape: { name: string; frames: number }) => tape.name === name && tape.frames > 0);
  };
  expect(await eventually(hasFrames, 30_000)).toBe(true);
  return run;
}

describe.runIf(HAS_PROC)('record', () => {
  it('that is killed again and again leaves nothing but marked gaps, and the next one says where', async () => {
    for (let life = 0; life < 2; life += 1) {
      const run = await recorder('KXBTC15M');
      run.signal('SIGKILL');
      await run.ended;
    }
    const last = await recorder('KXBTC15M');
    const rival = await here.json('record', 'KXBTC15M');
    expect([rival.exit, rival.records[0].error.code]).toEqual([8, 'KMM_TAPE_BUSY']);
    last.signal('SIGTERM');
    const { exit, stdout } = await last.ended;
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^recorded \d+ s of \d+ markets: \d+ frames .*\ngaps {4}1, each marked on the tape\ntape {4}/,
    );
    expect(tapes()).toHaveLength(3);
    const verified = await here.json('record', 'verify');
    expect((await here.kmm('record', 'verify')).stdout).toContain('kmm explain KMM_TAPE_NOT_WHOLE');
    expect(verified.exit).toBe(10);
    const [{ verdict, tapes: reports }] = verified.records;
    expect(verdict).toBe('marked');
    const kinds = reports.map((report: { findings: readonly { kind: string }[] }) =>
      report.findings.map(({ kind }) => kind),
    );
    expect(kinds).toEqual([['killed'], ['killed', 'gap'], ['gap']]);
    for (const { lastAt, findings } of reports.slice(1)) expect(lastAt > findings.at(-1).at).toBe(true);
    const listed = await here.json('record', 'list');
    expect(listed.records[0].tapes.map(({ state }: { state: string }) => state)).toEqual(['killed', 'killed', 'whole']);
    const info = await here.json('record', 'info', listed.records[0].tapes[2].path);
    expect(info.records[0]).toMatchObject({
      header: { source: 'recording', names: ['KXBTC15M'], config: { names: ['KXBTC15M'], indices: ['BRTI'] } },
      gaps: [{ reason: expect.stringMatching(/^the recorder before was killed, after .*record-KXBTC15M-.*\.tape$/) }],
    });
  }, 120_000);

  it('ends by itself, under another name, and says in one object what it took', async () => {
    const { exit, records } = await here.json(
      'record',
      'KXBTC15M',
      '--for',
      '2s',
      '--out',
      'mine.tape',
      '--index',
      'BRTI,ETHUSD_RTI',
    );
    expect(exit).toBe(0);
    expect(records).toMatchObject([
      {
        ...{
          type: 'recording',
          schemaVersion: 1,
          env: 'sim',
          tape: 'mine.tape',
          files: 1,
          by: '--for',
          lost: 0,
          gaps: 0,
        },
        ...{ markets: expect.any(Array), frames: expect.any(Number), references: expect.any(Number) },
      },
    ]);
    expect(records[0].references).toBeGreaterThan(1);
    expect((await here.json('record', 'verify', 'mine.tape')).records[0]).toMatchObject({ verdict: 'whole' });
    const again = await here.json('record', 'KXBTC15M', '--for', '2s', '--out', 'mine.tape');
    expect([again.exit, again.records[0].error.code]).toEqual([2, 'KMM_TAPE_EXISTS']);
  }, 60_000);

  it.each([
    [['record', 'KXNOWHERE'], 2, 'KMM_TICKER_UNKNOWN'],
    [['record', 'KXBTC15M', '--for', 'soon'], 2, 'KMM_USAGE'],
    [['record', 'info', 'nowhere.tape'], 2, 'KMM_TAPE_UNREADABLE'],
    [['record', 'prune'], 2, 'KMM_USAGE'],
    [['record', 'prune', '--keep', 'much'], 2, 'KMM_USAGE'],
    [['record', 'verify', '--yesterday', '--env', 'demo'], 2, 'KMM_NOTHING_RECORDED'],
  ])('%j is refused with %i %s', async (words, code, name) => {
    const { exit, records } = await here.json(...words);
    expect([exit, records.at(-1).error.code]).toEqual([code, name]);
  });

  it('prune says what would go, deletes nothing unasked, and keeps the newest', async () => {
    writeFileSync(join(here.directory, 'frames.jsonl'), '{"recv_ms":1778477863278,"event":{"type":"x","msg":{}}}\n');
    const old = join(here.home.tapes, 'old.tape');
    await here.kmm('record', 'import', 'frames.jsonl', '--out', old);
    const asked = await here.kmm('record', 'prune', '--older-than', '30', '--unarchived');
    expect(asked.exit).toBe(2);
    expect(asked.stdout).toContain(`goes   ${old}, `);
    expect(existsSync(old)).toBe(true);
    const kept = await here.json('record', 'prune', '--older-than', '30', '--yes');
    expect(kept.records).toMatchObject([{ type: 'prune', gone: [], kept: [{ path: old }] }]);
    const { exit, records } = await here.json('record', 'prune', '--older-than', '30', '--unarchived', '--yes');
    expect([exit, records[0].gone.length]).toEqual([0, 1]);
    expect(existsSync(old)).toBe(false);
    await sleep(0);
  });
});
