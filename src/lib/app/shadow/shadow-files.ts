/** What is kept of shadow runs beside their results: which of them ran side by side, on which tape, with which settings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import type { Home } from '../config/home.ts';
import { FileDraft } from '../report/write-file.ts';

const whole = z.int().min(0);

const shadowSchema = z.looseObject({
  ...{ type: z.literal('shadow'), schemaVersion: z.literal(1), env: z.string(), account: z.string() },
  ...{ startedAt: whole, endedAt: whole, by: z.string(), tape: z.string() },
  /** The tape took every record that the variants were told of. */
  isTapeWhole: z.boolean(),
  /** The first is what the others are held against. */
  variants: z
    .array(
      z.looseObject({
        name: z.string(),
        /** `key=value`, over the configuration of that moment. */
        settings: z.array(z.string()),
        runId: z.string().regex(/^[0-9a-f]+$/),
        /** Its ledger was the cash of its paper exchange, to the last digit. */
        isReconciled: z.boolean(),
        failure: z.string().optional(),
      }),
    )
    .min(1),
});

export type ShadowRecord = z.infer<typeof shadowSchema>;

/** Throws KMM_OUT. */
export function writeShadow(home: Pick<Home, 'directory'>, record: ShadowRecord): void {
  const folder = shadowsOf(home);
  makeFolders(folder);
  const draft = new FileDraft(join(folder, `${basename(record.tape, '.tape')}.json`));
  draft.write(`${JSON.stringify(record)}\n`);
  draft.finish();
}

/** In the order of their names, which say when they began; and files that are none. */
export function readShadows(home: Pick<Home, 'directory'>): {
  readonly records: readonly ShadowRecord[];
  readonly unreadable: readonly string[];
} {
  const folder = shadowsOf(home);
  const paths = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(folder, name))
    : [];
  const read = paths.map((path) => ({ path, record: recordAt(path) }));
  return {
    records: read.flatMap(({ record }) => (record === undefined ? [] : [record])),
    unreadable: read.flatMap(({ path, record }) => (record === undefined ? [path] : [])),
  };
}

function recordAt(path: string): ShadowRecord | undefined {
  try {
    return shadowSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function shadowsOf({ directory }: Pick<Home, 'directory'>): string {
  return join(directory, 'shadows');
}
