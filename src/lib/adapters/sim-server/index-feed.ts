/**
 * The index that the embedded exchange simulates, said as a vendor says the real one: the real exchange streams no index of
 * shares, so this is no part of it, and whoever hears it does so on the way of a live feed (reference/polygon.ts). Any key is
 * taken, for there is nothing to sell.
 */
import type { VenueFact } from '../../sim/venue.ts';

export type IndexLevel = Extract<VenueFact, { type: 'index_level' }>;

/** Below the exchange's own paths. */
export const INDEX_FEED_PATH = '/sim/indices';

/** As the vendor calls an index. */
const symbolOf = (index: string): string => `I:${index}`;
const VALUES = 'V.';

export class IndexFeedSession {
  readonly #send: (text: string) => void;
  #isKnown = false;
  readonly #symbols = new Set<string>();

  constructor(send: (text: string) => void) {
    this.#send = send;
    this.#status('connected', 'Connected Successfully');
  }

  onCommand(text: string): void {
    const { action, params } = commandIn(text);
    if (action === 'auth') {
      this.#isKnown = true;
      this.#status('auth_success', 'authenticated');
    } else if (action === 'subscribe' && this.#isKnown) {
      const wanted = params.split(',').filter((one) => one.startsWith(VALUES));
      for (const one of wanted) this.#symbols.add(one.slice(VALUES.length));
      this.#status('success', `subscribed to: ${wanted.join(',')}`);
    } else {
      this.#status(this.#isKnown ? 'error' : 'auth_failed', 'not understood');
    }
  }

  onLevels(levels: readonly IndexLevel[]): void {
    const wanted = levels.filter(({ index }) => this.#symbols.has(symbolOf(index)));
    if (wanted.length === 0) return;
    this.#send(
      JSON.stringify(wanted.map(({ index, value, at }) => ({ ev: 'V', T: symbolOf(index), val: value, t: at }))),
    );
  }

  #status(status: string, message: string): void {
    this.#send(JSON.stringify([{ ev: 'status', status, message }]));
  }
}

function commandIn(text: string): { readonly action: string; readonly params: string } {
  try {
    const { action, params } = JSON.parse(text) as { action?: unknown; params?: unknown };
    return { action: String(action), params: String(params) };
  } catch {
    return { action: '', params: '' };
  }
}
