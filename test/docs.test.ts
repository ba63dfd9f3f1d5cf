/** Documents that are run: every command that one shows exists, and the README's are carried out. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { place } from './support/cli.ts';
import { kmmHere } from './support/kmm-here.ts';
import { sharedPath } from './support/shared.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FIXTURES = sharedPath('kalshi/fixtures');
const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'BENCHMARKS.md', ...documentsIn('docs')];

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, unknown>> }>>;
}
const manifest = JSON.parse(read('oclif.manifest.json')) as Manifest;

describe('every command in a document', () => {
  it.each(DOCUMENTS.flatMap((file) => mentioned(file).map((words) => [file, words.join(' ')])))(
    '%s: kmm %s',
    (_file, text) => {
      const words = text.split(' ');
      const id = idOf(words);
      expect(Object.keys(manifest.commands)).toContain(id);
      const flags = Object.keys(manifest.commands[id]?.flags ?? {});
      for (const word of words) if (word.startsWith('--') && word !== '--help') expect(flags).toContain(word.slice(2));
    },
  );
});

describe.concurrent('the README', () => {
  const all = [...read('README.md').matchAll(/^npx .+$/gm)].flatMap(([line]) =>
    line
      .replace(/\s+#.*/, '')
      .split(' && ')
      .map((one) => one.replace('npx kmm ', '')),
  );
  const commands = all.filter((text) => !text.includes('--env demo'));

  it('shows commands that can be run', () => {
    expect(commands.length).toBeGreaterThan(2);
  });

  it.for(commands)('npx kmm %s', async (text, { expect, onTestFinished }) => {
    const { exit, stderr } = await place({}, onTestFinished).kmm(
      ...text.replace('--for 10m', '--for 60s').split(/\s+/),
    );
    expect(stderr).not.toMatch(/KMM_/);
    expect(exit).toBe(0);
  });

  it('leads from a first key to trading with it, as here on the embedded exchange', async ({
    expect,
    onTestFinished,
  }) => {
    const here = place({}, onTestFinished);
    const serving = here.start('sim', 'serve', '--port', '0', '--speed', '10', '--json');
    const { rest, keyId, privateKeyFile } = await serving.record(({ type }) => type === 'listening');
    const config = `schema = "kmm/1"\nsim.url = "${new URL(rest).origin}"\nsim.passphrase_file = "pass"\n`;
    for (const [name, text, mode] of [
      ['key.pem', readFileSync(privateKeyFile, 'utf8'), 0o600],
      ['pass', 'a passphrase of some length\n', 0o400],
      ['config.toml', config, 0o600],
    ] as const) {
      writeFileSync(join(here.directory, name), text, { mode });
    }
    const user = here.apart();
    const steps = all.filter((text) => text.includes('--env demo'));
    expect(steps.map((text) => text.split(' --')[0])).toEqual([
      ...['auth import key.pem', 'auth check', 'auth probe', 'doctor', 'run'],
    ]);
    for (const text of steps) {
      const more = text.startsWith('auth import')
        ? ' --passphrase-file pass'
        : text.startsWith('run')
          ? ' --for 20s'
          : '';
      const words = text.replace('--env demo', '--env sim').replace(' ID ', ` ${keyId} `) + more;
      const line = words.split(' ');
      const { exit, stdout, stderr } = await (line[0] === 'run' ? user.kmm(...line) : kmmHere(user, line));
      expect([words, exit], stdout + stderr).toEqual([words, 0]);
    }
    expect(existsSync(join(here.directory, 'key.pem'))).toBe(false);
  });

  it('names the two commands that a clone is tried with', () => {
    expect(read('README.md')).toContain('npm ci && npx kmm run --env sim');
    expect(read('README.md')).toContain('npm ci && npm test');
  });

  it('links to files that are there', () => {
    for (const [, target = ''] of read('README.md').matchAll(/\]\((?!https)([^)]+)\)/g)) {
      expect(() => readdirSync(ROOT + target, { recursive: false })).not.toThrow(/ENOENT/);
    }
  });
});

describe('the page about the exchange', () => {
  const page = read('docs/kalshi.md');
  const named = (pattern: RegExp) => [...new Set([...page.matchAll(pattern)].map((match) => match[1] as string))];

  it.each(named(/`([\w./-]+\.test\.ts)`/g))('names a test that is there: %s', (file) => {
    expect(existsSync(`${ROOT}test/${file}`)).toBe(true);
  });

  it.skipIf(FIXTURES === undefined).each(named(/`((?:rest|ws)\/[\w.-]+\.jsonl?)`/g))(
    'names a recording that is there: %s',
    (file) => {
      expect(existsSync(`${FIXTURES}/${file}`)).toBe(true);
    },
  );

  it('gives a source and a test for every fact', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (field|answer|fact) /.test(line));
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row).toMatch(/^\| .+ \| .+ \| [\d., ]+ \| `.+\.test\.ts` \|/);
  });
});

/** `kmm …` in backticks or at the start of a code line; words from the first capital, dash-less placeholder on are arguments. */
function mentioned(file: string): string[][] {
  const texts = [...read(file).matchAll(/(?:`|^(?:npx )?)kmm ([a-z][^`\n#·]*)/gm)].map((match) =>
    (match[1] as string).trim(),
  );
  return texts.map((text) => text.split(/\s+/)).filter(([first]) => first !== 'is' && first !== 'with');
}

/** The longest run of words that is a command. */
function idOf(words: readonly string[]): string {
  const plain = words.filter((word) => /^[a-z]+$/.test(word));
  const longest = [3, 2].map((count) => plain.slice(0, count).join(':')).find((id) => id in manifest.commands);
  return longest ?? plain[0] ?? '';
}

function documentsIn(folder: string): string[] {
  const files = readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.md')).map((file) => `${folder}/${file}`);
}

function read(file: string): string {
  return readFileSync(ROOT + file, 'utf8');
}
