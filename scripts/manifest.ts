/**
 * Writes oclif.manifest.json, from which help and command lookup read without loading a command.
 *
 * `node scripts/manifest.ts` describes src, which a clone runs; `node scripts/manifest.ts dist` describes a package.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Plugin, settings } from '@oclif/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The manifest's text, commands in alphabetical order. */
export async function manifestText(folder: 'src' | 'dist'): Promise<string> {
  settings.enableAutoTranspile = false;
  const description = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const pjson = { ...description, oclif: { ...description.oclif, commands: `./${folder}/commands` } };
  const plugin = new Plugin({
    root: ROOT,
    pjson,
    isRoot: true,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
    type: 'core',
  });
  await plugin.load();
  const commands = Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ commands: Object.fromEntries(commands), version: plugin.manifest.version }, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] === 'dist' ? 'dist' : 'src';
  writeFileSync(join(ROOT, 'oclif.manifest.json'), await manifestText(folder));
}
