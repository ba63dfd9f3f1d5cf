/** Every command of the stream's description, with everything that it may say, and what the rolls of a series bring. */
import { describe, expect, it } from 'vitest';
import { CHANNELS, type Channel } from '../../../src/lib/adapters/sim-server/channels.ts';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import { namedId } from '../../../src/lib/adapters/sim-server/wire-text.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { bodiesOf } from '../../support/request-samples.ts';
import { Description } from '../../support/schema-check.ts';
import { sharedPath } from '../../support/shared.ts';
import { type Frame, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { messageNameOf } from '../../support/stream-messages.ts';

const ASYNCAPI = sharedPath('kalshi/asyncapi.yaml');
const QUARTER_MS = 900_000;

function session() {
  const venue = world('stream commands');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const served = new ServedVenue(venue);
  const frames: Frame[] = [];
  const client = served.openSession('alice', (frame) => void frames.push(JSON.parse(frame) as Frame));
  served.join(client);
  served.catchUp(venue.now);
  const markets = venue.markets().map(({ market }) => market.ticker);
  const command = (cmd: string, params?: object): readonly Frame[] => {
    frames.length = 0;
    client.onCommand(JSON.stringify({ id: 7, cmd, ...(params !== undefined && { params }) }));
    return [...frames];
  };
  return { venue, served, frames, markets, command };
}

const CHANNEL_NAMES = Object.keys(CHANNELS) as Channel[];

describe.skipIf(ASYNCAPI === undefined)('a described command', () => {
  const description = new Description(ASYNCAPI);
  const paramsOf = (payload: string) =>
    description.at('components', 'schemas', payload, 'properties', 'params') ?? null;
  /** Problems of the answers, which are no errors. */
  const problemsOf = (frames: readonly Frame[]) => {
    if (frames.length === 0) return ['no answer'];
    return frames.flatMap((frame) => {
      if (frame.type === 'error') return [JSON.stringify(frame.msg)];
      return description.problems(description.at('components', 'messages', messageNameOf(frame), 'payload'), frame);
    });
  };

  it('knows the channels that there are', () => {
    const schema = description.at('components', 'schemas', 'subscribeCommandPayload', 'properties', 'params');
    const { channels } = description.fieldsOf(description.fieldsOf(schema).properties);
    const { enum: names } = description.fieldsOf(description.fieldsOf(channels).items);
    expect([...(names as string[])].sort()).toEqual([...CHANNEL_NAMES].sort());
  });

  it.each(CHANNEL_NAMES)('to subscribe to %s is taken with every parameter', (channel) => {
    const made = session();
    const [first = '', second = ''] = made.markets;
    const takesIds = channel === 'ticker';
    const values: Readonly<Record<string, readonly unknown[]>> = {
      '': [channel === 'orderbook_delta' ? { market_tickers: [first] } : {}],
      channels: [[channel]],
      market_ticker: channel === 'orderbook_delta' ? [] : [first],
      market_tickers: [[first], [first, second, 'KXNONE']],
      market_id: takesIds ? [namedId('market', first)] : [],
      market_ids: takesIds ? [[namedId('market', first), namedId('market', second)]] : [],
      shard_factor: [1, 100],
      shard_key: [],
      index_ids: [['BRTI'], ['all']],
      underlying_tickers: [['all']],
    };
    for (const { label, body } of bodiesOf(description, paramsOf('subscribeCommandPayload'), (name) => values[name])) {
      expect(problemsOf(made.command('subscribe', body)), label).toEqual([]);
    }
    expect(made.command('list_subscriptions')[0]?.msg).toEqual([{ channel, sid: 1 }]);
    expect(problemsOf(made.command('unsubscribe', { sids: [1] }))).toEqual([]);
  });

  it.each<[Channel, string, object]>([
    ['orderbook_delta', 'updateSubscriptionCommandPayload', { market_tickers: 'markets' }],
    ['ticker', 'updateSubscriptionCommandPayload', { market_tickers: 'markets' }],
    ['cfbenchmarks_value', 'cfbenchmarksUpdateSubscriptionCommandPayload', { index_ids: ['BRTI'] }],
    ['cfbenchmarks_value_5hz', 'cfbenchmarksUpdateSubscriptionCommandPayload', { index_ids: ['BRTI'] }],
    ['pyth_value', 'pythUpdateSubscriptionCommandPayload', { underlying_tickers: ['all'] }],
  ])('to change a subscription of %s is taken with every parameter', (channel, payload, needed) => {
    const made = session();
    const [first = '', second = ''] = made.markets;
    made.command('subscribe', { channels: [channel], market_tickers: [first] });
    const isBook = channel === 'orderbook_delta';
    const base = 'market_tickers' in needed ? { market_tickers: [second] } : needed;
    const values: Readonly<Record<string, readonly unknown[]>> = {
      '': [{ sid: 1, ...base }],
      sid: [1],
      sids: [],
      // Only books have a picture to ask for.
      ...('market_tickers' in needed && {
        action: ['add_markets', 'delete_markets', ...(isBook ? ['get_snapshot'] : [])],
      }),
      market_ticker: [],
      market_tickers: [[first], [first, second]],
      market_id: [],
      market_ids: [],
      index_ids: [['BRTI', 'ETHUSD_RTI'], ['all']],
      underlying_tickers: [['all']],
    };
    for (const { label, body } of bodiesOf(description, paramsOf(payload), (name) => values[name])) {
      expect(problemsOf(made.command('update_subscription', body)), label).toEqual([]);
      const { sid, ...rest } = body as { readonly sid: number };
      expect(problemsOf(made.command('update_subscription', { ...rest, sids: [sid] })), label).toEqual([]);
    }
    if (base === needed) return;
    const single = { sid: 1, action: 'add_markets', market_ticker: second };
    expect(problemsOf(made.command('update_subscription', single))).toEqual([]);
    if (isBook) return;
    for (const ids of [{ market_id: namedId('market', second) }, { market_ids: [namedId('market', second)] }]) {
      const byId = { sid: 1, action: 'add_markets', send_initial_snapshot: true, ...ids };
      expect(problemsOf(made.command('update_subscription', byId))).toEqual([]);
    }
  });
});

describe('the lifecycle channel', () => {
  it('announces the event of every quarter hour before its market, once', () => {
    const { venue, served, frames, command } = session();
    command('subscribe', { channels: ['market_lifecycle_v2'] });
    frames.length = 0;
    for (let at = venue.now; at < WORLD_STARTS_AT + 3 * QUARTER_MS; at = epochMs(at + 60_000)) served.catchUp(at);
    const news = frames.filter(({ type, msg }) => type === 'event_lifecycle' || msg.event_type === 'created');
    const told = news.filter(({ msg }) => String(msg.event_ticker ?? msg.market_ticker).startsWith('KXBTC15M'));
    expect(told.length).toBeGreaterThanOrEqual(4);
    for (let index = 0; index < told.length; index += 2) {
      const [event, market] = told.slice(index, index + 2);
      expect(event?.type).toBe('event_lifecycle');
      expect(market?.msg).toMatchObject({
        event_type: 'created',
        additional_metadata: { event_ticker: event?.msg.event_ticker },
      });
    }
    expect(new Set(told.map(({ msg }) => msg.event_ticker ?? msg.market_ticker)).size).toBe(told.length);
  });
});
