/** deploy/ and the runbooks: the units are those of operator.md, and every kmm command that they name is one. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sharedPath } from './support/shared.ts';
import { tempDir } from './support/temp-dir.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const UNITS = `${ROOT}deploy/systemd`;
const ANALYZE = '/usr/bin/systemd-analyze';
const OPERATOR = sharedPath('operator.md');

interface Flag {
  readonly type: string;
  readonly options?: readonly string[];
  readonly char?: string;
}
interface Command {
  readonly flags: Readonly<Record<string, Flag>>;
  readonly args: Readonly<Record<string, { readonly required?: boolean; readonly options?: readonly string[] }>>;
}
const { commands } = JSON.parse(read('oclif.manifest.json')) as { commands: Readonly<Record<string, Command>> };

describe('the units', () => {
  it.skipIf(OPERATOR === undefined)('of the trader are those of operator.md, line for line', () => {
    const block = readFileSync(OPERATOR ?? '', 'utf8').split('## 8. Deployment')[1] ?? '';
    const wanted = [...block.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = '']) => line);
    const unit = wanted.slice(0, wanted.findIndex((line) => line.startsWith('SystemCallFilter')) + 1);
    expect(unit.length).toBeGreaterThan(20);
    expect(read('deploy/systemd/kmm.service').split('\n').slice(0, unit.length)).toEqual(unit);
  });

  it.skipIf(!existsSync(ANALYZE))('are understood by systemd', () => {
    const folder = join(tempDir(), 'units');
    mkdirSync(folder);
    // It insists that the program is there.
    for (const name of readdirSync(UNITS)) {
      const text = readFileSync(join(UNITS, name), 'utf8').replaceAll('/usr/bin/kmm ', `${process.execPath} `);
      writeFileSync(join(folder, name), text);
    }
    copyFileSync(join(folder, 'kmm-alert@.service'), join(folder, 'kmm-alert@kmm.service'));
    const files = readdirSync(folder).filter((name) => !name.includes('@.'));
    const verify = () => execFileSync(ANALYZE, ['verify', '--man=no', ...files], { cwd: folder, stdio: 'pipe' });
    expect(verify).not.toThrow();
  });

  it('of the watchdog name nothing of the trader: neither its unit nor its user, key or folder', () => {
    const lines = read('deploy/systemd/kmm-watchdog.service').split('\n');
    const settings = lines.filter((line) => /^\w+=/.test(line) && !line.startsWith('Description='));
    expect(settings.filter((line) => /kmm\.service|=kmm$|\/kmm\/|After=|Requires=|Wants=|BindsTo=/.test(line))).toEqual(
      [],
    );
  });
});

describe('every command that', () => {
  const files = [
    ...['deploy/Dockerfile', 'deploy/compose.yaml', 'deploy/README.md'],
    ...readdirSync(UNITS).map((name) => `deploy/systemd/${name}`),
    ...readdirSync(`${ROOT}docs/runbooks`).map((name) => `docs/runbooks/${name}`),
  ];
  const named = files.flatMap((file) => commandsIn(file).map((line) => [file, line] as const));

  it('deploy/ and the runbooks name is looked at', () => expect(named.length).toBeGreaterThan(60));

  it.each(named)('%s names is one: kmm %s', (_file, line) => expect(misfit(wordsOf(line))).toBeUndefined());
});

describe('a runbook', () => {
  const HEADINGS = [
    ...['What you see', 'What it means for the position', 'First command'],
    ...['How to decide', 'How it clears', 'What to note'],
  ];

  it.each(readdirSync(`${ROOT}docs/runbooks`))('has the form of all: %s', (name) => {
    const text = read(`docs/runbooks/${name}`);
    expect([...text.matchAll(/^\*\*([^*]+)\.\*\* \S/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
    expect(text.split('\n').length).toBeLessThan(30);
  });
});

/** In backticks, after ExecStart, ExecStopPost, or as a list of JSON strings. */
function commandsIn(file: string): string[] {
  const text = read(file);
  const inTicks = [...text.matchAll(/`kmm ([^`]+)`/g)].map(([, line = '']) => line);
  const inUnits = [...text.matchAll(/^Exec\w+=\/usr\/bin\/kmm (.+)$/gm)].map(([, line = '']) => line);
  const inLists = [...text.matchAll(/(?:CMD|command:) \[(.+)\]/g)].map(([, list]) => JSON.parse(`[${list}]`).join(' '));
  return [...inTicks, ...inUnits, ...inLists.map((line) => line.replace(/^kmm /, ''))];
}

/** As a shell would, for what is written here. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** What the command line would be refused for; undefined: nothing. */
function misfit(words: readonly string[]): string | undefined {
  if (words[0] === '--version') return undefined;
  const id = [words.slice(0, 2).join(':'), words[0] ?? ''].find((one) => one in commands);
  if (id === undefined) return `there is no command ${words[0]}`;
  const { flags, args } = commands[id] as Command;
  const given: string[] = [];
  const rest = words.slice(id.split(':').length);
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (!word.startsWith('--')) {
      given.push(word);
      continue;
    }
    const [name = '', inline] = word.slice(2).split('=');
    const flag = flags[name];
    if (flag === undefined) return `${id} has no flag --${name}`;
    if (flag.type === 'boolean') continue;
    const value = inline ?? rest[++at];
    if (value === undefined || value.startsWith('--')) return `--${name} needs a value`;
    if (flag.options !== undefined && !flag.options.includes(value)) return `--${name} is none of ${flag.options}`;
  }
  const all = Object.values(args);
  if (given.length > all.length) return `${id} takes ${all.length} arguments, not ${given.length}`;
  // A command that is only spoken of (`kmm auth arm prod`) still has the arguments it names.
  return given.every((word, at) => all[at]?.options?.includes(word) ?? true) ? undefined : `${given} is not for ${id}`;
}

function read(file: string): string {
  return readFileSync(ROOT + file, 'utf8');
}
