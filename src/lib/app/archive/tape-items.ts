/** The records of a tape as the items of an archive: frames by what they mean to the engine, the rest as it is. */
import type { ArchiveItem } from '../../adapters/archive/item.ts';
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { EngineEvent } from '../../core/events.ts';
import { KmmError } from '../errors/errors.ts';
import { referenceOf } from '../recording/reference-record.ts';

/** Hands over each item of the record, in order. Throws KMM_TAPE_DAMAGED for an event that is not JSON. */
export function eachItem(record: TapeRecord, take: (item: ArchiveItem) => void): void {
  const { kind, at, conn, data } = record;
  switch (kind) {
    case 'frame':
      eachOfFrame(record, take);
      return;
    case 'event':
      take({ kind, event: eventIn(data) });
      return;
    case 'turn':
    case 'lost':
      take({ kind, at, json: data.toString() });
      return;
    case 'session':
    case 'rest':
    case 'note':
    case 'end':
    case 'sent':
    case 'gap':
      take({ kind, at, conn, data });
      return;
    case 'reference':
      eachOfReference(record, take);
      return;
    default:
      kind satisfies never;
  }
}

/** A frame that says more than its events do, or nothing that we understand, is kept itself as well. */
function eachOfFrame({ at, conn, data, yesPrice }: TapeRecord, take: (item: ArchiveItem) => void): void {
  const meaning = translateFrame(data, { conn, at, yesPrice });
  const { events, notices } = meaning;
  if (events.length === 0 || notices.length > 0 || 'malformed' in meaning) take({ kind: 'frame', at, conn, data });
  for (const event of events) take({ kind: 'event', event });
}

/** The trade behind a value is not told to the engine: the record is kept for it. */
function eachOfReference(record: TapeRecord, take: (item: ArchiveItem) => void): void {
  const { at, conn, data } = record;
  if (/"id":/.test(data.toString())) take({ kind: 'reference', at, conn, data });
  take({ kind: 'event', event: referenceIn(record) });
}

function referenceIn(record: TapeRecord): EngineEvent {
  try {
    return referenceOf(record);
  } catch {
    throw new KmmError('KMM_TAPE_DAMAGED', 'the tape holds a reference price that is not JSON, so it is not archived');
  }
}

function eventIn(data: Buffer): EngineEvent {
  try {
    const event = JSON.parse(data.toString()) as Partial<EngineEvent> | null;
    if (typeof event === 'object' && typeof event?.type === 'string') return event as EngineEvent;
  } catch {
    // Said below.
  }
  throw new KmmError('KMM_TAPE_DAMAGED', 'the tape holds an event that is not JSON, so it is not archived');
}
