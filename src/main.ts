/**
 * Runs one command line and answers for how it ends: the command's own output, or one error in the house's form.
 * Called by bin/kmm.js, which has checked the Node version and settled colour.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flush, run, settings } from '@oclif/core';
import { reportFailure } from './error-report.ts';
import { EXIT } from './lib/app/errors/exit-codes.ts';
import { hideTyped, removeExposed } from './lib/app/keys/exposed-keys.ts';
import { guardCrash, guardOutput } from './lib/app/keys/guard-process.ts';

/** Everything kmm writes is for its owner alone (reliability.md S3). */
const OWNER_ONLY = 0o077;

/** `kmm` alone says how things stand and what to do next (operator.md 1). */
const ALONE = ['status'];

/** `commandsDir` is where the commands lie under `root`: src in a clone, dist in a package. */
export async function main(words: readonly string[], root: string, commandsDir: string): Promise<void> {
  process.umask(OWNER_ONLY);
  guardCrash((error) => {
    reportFailure(error, words, []);
    process.exit(EXIT.bug);
  });
  const exit = await answer(words, root, commandsDir);
  if (exit !== EXIT.done) process.exit(exit);
}

/** The same without ending the process: the exit code of a command line that has said all it has to say. */
export async function answer(words: readonly string[], root: string, commandsDir: string): Promise<number> {
  // oclif would look for a TypeScript runner of its own; Node runs the .ts files as they are.
  settings.enableAutoTranspile = false;
  const release = guardOutput();
  hideTyped(words);
  for (const { name, what, next } of removeExposed(process.env)) {
    process.stderr.write(`the variable ${name} holds ${what}: it is not used or passed on. ${next}\n`);
  }
  try {
    const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const pjson = { ...description, oclif: { ...description.oclif, commands: commandsDir } };
    await run(words.length === 0 ? [...ALONE] : [...words], { root, pjson, userPlugins: false, devPlugins: false });
    await flush();
    return EXIT.done;
  } catch (error) {
    const exit = reportFailure(error, words, commandNames(root));
    await flush();
    return exit;
  } finally {
    release();
  }
}

/** As the manifest lists them, for did-you-mean; a clone that has none yet has no suggestions. */
function commandNames(root: string): readonly string[] {
  try {
    const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'));
    return Object.keys(commands).map((id) => id.replaceAll(':', ' '));
  } catch {
    return [];
  }
}
