import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { manifestText } from '../scripts/manifest.ts';
import { BIN, ended, kmm } from './support/kmm.ts';
import { tempDir } from './support/temp-dir.ts';

const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'));
const ESCAPE = '\u001b';

/** Makes Node say that it is of that version before anything else runs. */
function pretending(nodeVersion: string, hasTypes: boolean): readonly string[] {
  const path = join(tempDir(), 'pretend.cjs');
  writeFileSync(
    path,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${nodeVersion}' } });
     Object.defineProperty(process, 'version', { value: 'v${nodeVersion}' });
     Object.defineProperty(process.features, 'typescript', { value: ${hasTypes ? "'strip'" : 'false'} });
     Object.defineProperty(process, 'execPath', { value: require('node:fs').realpathSync(process.execPath) });`,
  );
  return ['--require', path];
}

describe('--version', () => {
  test('is one line with platform and Node', async () => {
    const { exit, stdout, stderr } = await kmm(['--version']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`kmm/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
  });
});

describe('an old Node', () => {
  test.each(['18.20.0', '20.20.2', '22.14.0'])('%s is told what to install, in three lines, exit 3', async (old) => {
    const { exit, stdout, stderr } = await kmm(['explain'], { node: pretending(old, true) });
    expect([exit, stdout]).toEqual([3, '']);
    const [first, second, third] = stderr.split('\n');
    expect(first).toBe(`x KMM_NODE_VERSION  kmm needs Node 22.15 or newer, and this is v${old}`);
    expect(second).toContain('Try: npm ci');
    expect(third).toBe('  docs/errors#KMM_NODE_VERSION   exit 3');
  });

  test('that cannot run TypeScript is told so in a clone', async () => {
    const { exit, stderr } = await kmm(['explain'], { node: pretending('22.15.0', false) });
    expect(exit).toBe(3);
    expect(stderr).toContain('a clone of kmm needs Node 22.18 or newer');
  });

  test.each(['22.15.0', '23.0.0', '24.0.0'])('%s is new enough', async (young) => {
    const { exit } = await kmm(['--version'], { node: pretending(young, true) });
    expect(exit).toBe(0);
  });
});

describe('starting over under another Node', () => {
  const OTHER_NODE = pathToFileURL(join(BIN, '../other-node.js')).href;

  /** A starter of `child`, whose code may call followStarter(). */
  function starter(child: string): { readonly script: string; readonly directory: string } {
    const directory = tempDir();
    const script = join(directory, 'starter.mjs');
    const inner = join(directory, 'inner.mjs');
    writeFileSync(inner, `import { followStarter } from '${OTHER_NODE}';\nfollowStarter();\n${child}`);
    writeFileSync(
      script,
      `import { runUnder } from '${OTHER_NODE}';\nrunUnder(process.execPath, ['${inner}', 'a b', '--c']);`,
    );
    return { script, directory };
  }

  test('hands over words, output and exit code', async () => {
    const { script } = starter(`console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 9;`);
    const { exit, stdout } = await ended([script]);
    expect([exit, stdout]).toEqual([9, '["a b","--c"]\n']);
  });

  test('a signal to its process group reaches the child once', async () => {
    const { script } = starter(`
      let count = 0;
      process.on('SIGINT', () => count++);
      console.log('ready');
      setTimeout(() => { console.log('count', count); process.exit(0); }, 600);`);
    const program = spawn(process.execPath, [script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    program.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text === 'ready\n') process.kill(-(program.pid ?? 0), 'SIGINT');
    });
    const exit = await new Promise((resolve) => program.once('close', resolve));
    expect([exit, text]).toEqual([0, 'ready\ncount 1\n']);
  });

  test('a child that dies of a signal is reported with its number', async () => {
    const { script } = starter(`process.kill(process.pid, 'SIGTERM');`);
    expect((await ended([script])).exit).toBe(143);
  });

  test('a child whose starter is killed outright ends as when its terminal closes', async () => {
    const { script, directory } = starter(`
      import { writeFileSync } from 'node:fs';
      process.on('SIGHUP', () => { writeFileSync('hung-up', ''); process.exit(0); });
      setTimeout(() => process.exit(1), 5000);
      console.log('ready');`);
    const program = spawn(process.execPath, [script], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
    program.stdout.once('data', () => program.kill('SIGKILL'));
    await new Promise((resolve) => program.once('exit', resolve));
    const isThere = () => readFileSync(join(directory, 'hung-up'), 'utf8') === '';
    for (let tries = 0; tries < 80; tries++) {
      try {
        if (isThere()) return;
      } catch {
        await wait(25);
      }
    }
    throw new Error('the child lives on');
  });

  test('a Node that does not start is said so', async () => {
    const directory = tempDir();
    const script = join(directory, 'starter.mjs');
    writeFileSync(script, `import { runUnder } from '${OTHER_NODE}';\nrunUnder('${directory}/no-node', []);`);
    const { exit, stderr } = await ended([script]);
    expect(exit).toBe(3);
    expect(stderr).toContain('no-node does not start');
  });
});

describe('colour', () => {
  const failing = ['explain', 'KMM_NONE'];

  test('is absent where nobody looks', async () => {
    const { stdout, stderr } = await kmm(failing);
    expect(stdout + stderr).not.toContain(ESCAPE);
  });

  test('comes with FORCE_COLOR, and goes with NO_COLOR or --no-color all the same', async () => {
    const forced = { FORCE_COLOR: '1' };
    expect((await kmm(failing, { variables: forced })).stderr).toContain(ESCAPE);
    expect((await kmm([...failing, '--no-color'], { variables: forced })).stderr).not.toContain(ESCAPE);
    const { stderr } = await kmm(failing, { variables: { ...forced, NO_COLOR: '1' } });
    expect(stderr).not.toContain(ESCAPE);
    expect(stderr).not.toContain('Warning');
  });
});

describe('the manifest', () => {
  test('describes the commands as they are (npm run manifest)', async () => {
    const committed = readFileSync(fileURLToPath(new URL('../oclif.manifest.json', import.meta.url)), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(await manifestText('src')));
  });
});
