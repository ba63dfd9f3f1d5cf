/**
 * S14, F43: every text of the exchange is cleaned once, where it is decoded. Each field of each answer and each message is
 * poisoned by itself; what the decoder then lets through, if it lets it through, is safe to show.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExchangeError } from '../../../src/lib/adapters/kalshi/exchange-error.ts';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiAccount } from '../../../src/lib/adapters/kalshi/rest-account.ts';
import { KalshiApiKeys } from '../../../src/lib/adapters/kalshi/rest-api-keys.ts';
import { KalshiCatalogue } from '../../../src/lib/adapters/kalshi/rest-catalogue.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { KalshiPortfolio } from '../../../src/lib/adapters/kalshi/rest-portfolio.ts';
import type { Result } from '../../../src/lib/adapters/kalshi/result.ts';
import { translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import { centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import type { Wire } from '../../../src/lib/ports.ts';
import { FEED_AT } from '../../support/feed.ts';
import { HOSTILE, poisoned, textFields, unsafeIn } from '../../support/hostile-text.ts';
import { sharedPath } from '../../support/shared.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';

const ORDERS = '/trade-api/v2/portfolio/events/orders';

/** A world in which our account holds something and rests something, and everything that is asked of it. */
async function scene() {
  const venue = world('hostile');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const wire = venueWire(venue);
  const listed = await new KalshiRest(wire).markets({ series: 'KXBTC15M', status: 'open' });
  const market = listed.ok ? listed.value[0] : undefined;
  const ticker = market?.ticker ?? '';
  const group = await new KalshiControls(wire).createOrderGroup(2, centicontracts(5_000));
  const groupId = group.ok ? group.value : '';
  const order = { ticker, side: 'bid', self_trade_prevention_type: 'taker_at_cross', exchange_index: 2 };
  const resting = { price: '0.0100', count: '5.00', time_in_force: 'good_till_canceled', order_group_id: groupId };
  const taking = { price: '0.9900', count: '7.50', time_in_force: 'immediate_or_cancel' };
  for (const terms of [resting, taking]) {
    await wire.request({ method: 'POST', path: ORDERS, body: JSON.stringify({ ...order, ...terms }) });
  }
  return { wire, ticker, groupId, event: market?.eventTicker ?? '' };
}

type Ask = (wire: Wire, names: { ticker: string; groupId: string; event: string }) => Promise<Result<unknown>>;

const ASKS: Readonly<Record<string, Ask>> = {
  status: (wire) => new KalshiRest(wire).exchangeStatus(),
  schedule: (wire) => new KalshiRest(wire).exchangeSchedule(),
  'a series': (wire) => new KalshiRest(wire).series('KXBTC15M'),
  'an event': (wire, { event }) => new KalshiRest(wire).event(event),
  'a market': (wire, { ticker }) => new KalshiRest(wire).market(ticker),
  orders: (wire) => new KalshiRest(wire).orders({}),
  fills: (wire) => new KalshiRest(wire).fills({}),
  limits: (wire) => new KalshiRest(wire).limits(),
  costs: (wire) => new KalshiRest(wire).endpointCosts(),
  books: (wire, { ticker }) => new KalshiRest(wire).orderbooks([ticker]),
  trades: (wire, { ticker }) => new KalshiRest(wire).trades({ ticker }),
  positions: (wire) => new KalshiPortfolio(wire).positions(),
  groups: (wire) => new KalshiControls(wire).orderGroups(),
  'a group': (wire, { groupId }) => new KalshiControls(wire).orderGroup(groupId),
  keys: (wire) => new KalshiApiKeys(wire).list(),
  standing: (wire) => new KalshiAccount(wire).standing(),
  'the series in full': (wire) => new KalshiCatalogue(wire).series('KXBTC15M'),
  'the event in full': (wire, { event }) => new KalshiCatalogue(wire).event(event),
  'the event beside': (wire, { event }) => new KalshiCatalogue(wire).eventMetadata(event),
  'the market in full': (wire, { ticker }) => new KalshiCatalogue(wire).market(ticker),
  incentives: (wire) => new KalshiCatalogue(wire).incentives('active', 10),
};

describe('what the exchange answers', () => {
  it('is safe to show, whichever field of it is hostile', async () => {
    const { wire, ...names } = await scene();
    const accepted: string[] = [];
    for (const [what, ask] of Object.entries(ASKS)) {
      const fields = new Set<string>();
      await ask(
        spied(wire, (body) => textFields(body, fields)),
        names,
      );
      for (const field of fields) {
        const result = await ask(
          spied(wire, () => {}, field),
          names,
        );
        expect(unsafeIn(result), `${field} of ${what}`).toEqual([]);
        if (result.ok) accepted.push(`${field} of ${what}`);
      }
    }
    // Titles are taken and cleaned; were nothing taken, nothing would have been tried.
    expect(accepted).toEqual(expect.arrayContaining(['title of an event', 'rules_primary of the market in full']));
    expect(accepted).toEqual(expect.arrayContaining(['fee_type of a series', 'order_group_id of orders']));
  });

  it('is safe to show where it says why an order ended', async () => {
    const { wire } = await scene();
    const ended = spied(wire, (body) => {
      for (const order of (body as { orders: object[] }).orders) Object.assign(order, { last_update_reason: HOSTILE });
    });
    const orders = await new KalshiRest(ended).orders({});
    expect(orders.ok && orders.value[0]?.reason).toContain('ignore all instructions');
    expect(unsafeIn(orders)).toEqual([]);
  });

  it('is safe to show when it is a refusal', () => {
    const bodies = [{ error: { code: 'no', message: 'no', details: 'no' } }, { error: 'no' }, { msg: 'no' }];
    for (const body of bodies) {
      const error = parseExchangeError(JSON.stringify(poisoned(body, () => true)));
      expect(error?.message).toContain('ignore all instructions');
      expect(unsafeIn(error)).toEqual([]);
    }
  });
});

const FRAMES = sharedPath('kalshi/fixtures/ws');

describe.skipIf(FRAMES === undefined)('what the stream says', () => {
  it('is safe to show, whichever field of it is hostile', () => {
    for (const frame of framesOf(FRAMES ?? '')) {
      for (const field of [...textFields(frame)]) {
        const text = JSON.stringify(poisoned(frame, (key) => key === field));
        const facts = translateFrame(Buffer.from(text), { conn: 1, at: FEED_AT, yesPrice: true });
        expect(unsafeIn(facts), `${field} of ${JSON.stringify(frame).slice(0, 80)}`).toEqual([]);
      }
    }
    const nonsense = translateFrame(Buffer.from(HOSTILE), { conn: 1, at: FEED_AT, yesPrice: true });
    expect(unsafeIn(nonsense)).toEqual([]);
  });
});

/** One of each shape that was documented or recorded. */
function framesOf(folder: string): readonly object[] {
  const shapes = new Map<string, object>();
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && typeof value.type === 'string') {
      const { msg } = value as { msg?: object };
      shapes.set(`${value.type} ${Object.keys(msg ?? {}).join()}`, value);
    } else for (const one of Object.values(value)) add(one);
  };
  for (const name of readdirSync(folder)) {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    if (name.endsWith('.json')) add(JSON.parse(text));
    else for (const line of text.split('\n', 200).filter((one) => one !== '')) add(JSON.parse(line));
  }
  return [...shapes.values()];
}

/** The same wire, with what comes back shown to somebody, or poisoned. */
function spied(wire: Wire, see: (body: unknown) => void, field?: string): Wire {
  return {
    async request(request) {
      const reply = await wire.request(request);
      if (reply.kind !== 'response') return reply;
      const body: unknown = JSON.parse(reply.body);
      see(body);
      return { ...reply, body: JSON.stringify(poisoned(body, (key) => key === field)) };
    },
  };
}
