/** Readers of the index messages (kalshi/api.md 7.4, Index values). Values are real numbers: they are no money of ours. */
import type * as z from 'zod';
import type { ReferencePrice } from '../../core/events.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { FrameContext, FrameFacts } from './frame-facts.ts';
import { feedOf, reader } from './frame-reader.ts';
import { present } from './present.ts';
import { type Envelope, indexTick, indexTick5Hz, pythTick } from './ws-schema.ts';

export const readIndexTick = reader(indexTick, (message, frame, context) => {
  const average = message.last_60s_windowed_average_15min;
  const event: ReferencePrice = present({
    type: 'reference_price' as const,
    at: context.at,
    feed: feedOf(frame, context),
    index: message.index_id,
    value: message.data.value,
    exchangeAt: message.data.time ?? frame.sending_ts_ms,
    window: average && {
      value: average.value,
      count: average.window_size,
      endsAt: quarterHourOf(average.window_start_ts_ms + SETTLEMENT_WINDOW_MS),
    },
  });
  return { events: [event], notices: [] };
});

export const readIndexTick5Hz = reader(indexTick5Hz, (message, frame, context) =>
  plainTick(message.index_id, message, frame, context),
);

export const readPythTick = reader(pythTick, (message, frame, context) =>
  plainTick(message.underlying_ticker, message, frame, context),
);

/** A value without an average. */
function plainTick(
  index: string,
  { value_usd: value, source_ts_ms: sourceAt }: Pick<z.output<typeof pythTick>, 'value_usd' | 'source_ts_ms'>,
  frame: Envelope,
  context: FrameContext,
): FrameFacts {
  const event: ReferencePrice = present({
    type: 'reference_price' as const,
    at: context.at,
    feed: feedOf(frame, context),
    index,
    value,
    exchangeAt: sourceAt ?? frame.sending_ts_ms,
  });
  return { events: [event], notices: [] };
}

const SETTLEMENT_WINDOW_MS = 60_000;
const QUARTER_HOUR_MS = 900_000;

/** The window is (close − 60 s, close]; its stated end is that of the last tick, so the close is told by the start. */
function quarterHourOf(near: number): EpochMs {
  return epochMs(Math.round(near / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
}
