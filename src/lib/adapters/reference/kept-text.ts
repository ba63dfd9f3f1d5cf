/**
 * A text that a model needs, from a recorded file or from a page. A page is asked no more often than it changes, and what it said last is
 * kept beside the models of this environment: when it is silent, that holds, with the time at which it was read.
 */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { PAGE_BYTES_MAX, pageText } from './page.ts';

export interface KeptText {
  readonly text: string;
  /** When it was read from where it comes from. */
  readonly readAt: EpochMs;
}

/** Throws SourceProblem. */
export type ReadText = (now: EpochMs, signal: AbortSignal) => Promise<KeptText>;

/** `read` is that of the session: at once in virtual time. */
export function fileText(path: string, read: (path: string, bytesMax: number) => Promise<Buffer>): ReadText {
  return async (now) => ({ text: (await read(path, PAGE_BYTES_MAX)).toString('utf8'), readAt: now });
}

export interface PageTextOptions {
  readonly url: string;
  /** Where its last answer is kept. */
  readonly keptAt: string;
  /** It is not asked again before this. */
  readonly everyMs: number;
  /** An older answer does not stand in for one that fails. */
  readonly holdsMs: number;
  /** Throws SourceProblem: such an answer is not kept. */
  readonly check: (text: string) => void;
}

export function keptPage({ url, keptAt, everyMs, holdsMs, check }: PageTextOptions): ReadText {
  let last: KeptText | undefined;
  return async (now, signal) => {
    last ??= await kept(keptAt);
    if (last !== undefined && now - last.readAt < everyMs && last.readAt <= now) return last;
    try {
      const text = await pageText(url, signal);
      check(text);
      last = { text, readAt: now };
      await keep(keptAt, last);
      return last;
    } catch (error) {
      // Silence is bridged; an answer that cannot be read is told.
      const isSilent = error instanceof SourceProblem && error.code === 'source_silent';
      if (isSilent && last !== undefined && now - last.readAt <= holdsMs && last.readAt <= now) return last;
      throw error;
    }
  };
}

async function kept(path: string): Promise<KeptText | undefined> {
  try {
    const [{ mtimeMs, size }, text] = [await stat(path), await readFile(path, 'utf8')];
    return size > PAGE_BYTES_MAX ? undefined : { text, readAt: epochMs(Math.floor(mtimeMs)) };
  } catch {
    return undefined;
  }
}

/** Whole or not at all. That it cannot be kept is no reason not to use it. */
async function keep(path: string, { text }: KeptText): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  } catch {
    // The next answer is asked for sooner, and nothing bridges a silence after a restart.
  }
}
