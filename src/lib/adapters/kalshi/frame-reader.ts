/** The parts that the readers of all messages share: check the body, place the frame in its subscription, say what is wrong. */
import type * as z from 'zod';
import type { FeedPassed, FeedPosition } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import { cleanText } from './clean-text.ts';
import type { FrameContext, FrameFacts } from './frame-facts.ts';
import type { Envelope } from './ws-schema.ts';

/** Text: why the frame makes no sense. */
export type Reader = (frame: Envelope, context: FrameContext) => FrameFacts | string;

/** A reader of messages whose `msg` has this shape. */
export function reader<Schema extends z.ZodType>(
  schema: Schema,
  read: (message: z.output<Schema>, frame: Envelope, context: FrameContext) => FrameFacts | string,
): Reader {
  return (frame, context) => {
    const parsed = schema.safeParse(frame.msg);
    return parsed.success ? read(parsed.data, frame, context) : reasonOf(frame.type, parsed.error);
  };
}

/** Where the frame stood; undefined when it carries no sequence number. */
export function feedOf({ sid, seq }: Envelope, { conn }: FrameContext): FeedPosition | undefined {
  return sid === undefined || seq === undefined ? undefined : { conn, sid, seq };
}

/** For frames whose events carry no position of their own: the sequence moves on all the same. */
export function passed(frame: Envelope, context: FrameContext): FeedPassed[] {
  const feed = feedOf(frame, context);
  return feed === undefined ? [] : [{ type: 'feed_passed', at: context.at, feed }];
}

/** The event with the exchange's time, where there is one. */
export function stamped<Event extends object>(
  event: Event,
  exchangeAt: EpochMs | undefined,
): Event & { exchangeAt?: EpochMs } {
  return exchangeAt === undefined ? event : { ...event, exchangeAt };
}

/** The first thing that is wrong, without the value: that may be anything. */
export function reasonOf(type: string, { issues }: z.ZodError): string {
  const [issue] = issues;
  const path = issue === undefined ? '' : issue.path.join('.');
  return cleanText(`${type}: ${path === '' ? 'body' : path}: ${issue?.message ?? 'not as expected'}`);
}
