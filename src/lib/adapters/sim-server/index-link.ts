/** The index feed in virtual time: the same messages as over a socket, read by the same protocol, with a latency. */
import type { Clock } from '../../ports.ts';
import { IndexFeedSession } from './index-feed.ts';
import type { ServedVenue } from './served-venue.ts';

export interface IndexLinkOptions {
  readonly served: ServedVenue;
  readonly clock: Clock;
  /** One way, whole milliseconds ≥ 0. */
  readonly latencyMs: number;
}

export interface IndexLinkHandlers {
  onUp(send: (text: string) => void): void;
  onText(text: string): void;
}

/** Never goes down by itself; the returned function closes it. */
export function openIndexLink({ served, clock, latencyMs }: IndexLinkOptions, handlers: IndexLinkHandlers): () => void {
  let isClosed = false;
  const later = (action: () => void) =>
    void clock.after(latencyMs, () => {
      if (!isClosed) action();
    });
  let leave = () => {};
  later(() => {
    const session = new IndexFeedSession((text) => later(() => handlers.onText(text)));
    leave = served.joinFeed(session);
    handlers.onUp((text) => later(() => session.onCommand(text)));
  });
  return () => {
    isClosed = true;
    leave();
  };
}
