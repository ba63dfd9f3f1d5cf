/** Puts one mistake into kmm's own source, as it is loaded. A text that is not there exactly once fails the load. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Mistake } from './mistakes.ts';

const SOURCE = new URL('../../../src/', import.meta.url);

/** Call before anything of kmm's has been loaded. */
export function make({ file, right, wrong }: Mistake): void {
  const url = new URL(file, SOURCE).href;
  const source = sabotaged(readFileSync(fileURLToPath(url), 'utf8'), { file, right, wrong });
  registerHooks({
    load: (asked, context, next) => {
      const loaded = next(asked, context);
      return asked === url ? { ...loaded, source } : loaded;
    },
  });
}

export function sabotaged(text: string, { file, right, wrong }: Pick<Mistake, 'file' | 'right' | 'wrong'>): string {
  const parts = text.split(right);
  if (parts.length !== 2) throw new Error(`src/${file} has ${parts.length - 1} times, and not once:\n${right}`);
  return parts.join(wrong);
}
