/** From tapes of sessions: what the exchange answered when it was asked where our orders stood, by market. */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape, type TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { ToldPlace } from '../../core/fill-model/own-queue.ts';
import type { Side } from '../../core/units.ts';
import type { TurnRecord } from '../session/tape/session-tape.ts';

/** In order of time. Files that are no tape of a session say nothing of it. */
export function readToldPlaces(files: readonly string[]): ReadonlyMap<string, readonly ToldPlace[]> {
  const told = new Map<string, ToldPlace[]>();
  for (const file of files) {
    const tape = readTape(file);
    if (tape instanceof StoreProblem || tape.header.source !== 'session') continue;
    const reader = new PlaceReader(told);
    for (const record of tape.records()) reader.take(record);
  }
  for (const places of told.values()) places.sort((a, b) => a.at - b.at);
  return told;
}

interface Where {
  readonly ticker: string;
  readonly side: Side;
  readonly price: number;
}

class PlaceReader {
  readonly #told: Map<string, ToldPlace[]>;
  /** What was last asked for, by client order id, and what stands, by the exchange's. */
  readonly #asked = new Map<string, Where>();
  readonly #orders = new Map<string, Where>();
  readonly #names = new Map<string, string>();

  constructor(told: Map<string, ToldPlace[]>) {
    this.#told = told;
  }

  take(record: TapeRecord): void {
    const { kind, at, conn, data, yesPrice } = record;
    if (kind === 'event') this.#event(JSON.parse(data.toString()) as EngineEvent);
    else if (kind === 'frame')
      for (const event of translateFrame(data, { at, conn, yesPrice }).events) this.#event(event);
    else if (kind === 'turn') this.#turn(JSON.parse(data.toString()) as TurnRecord);
  }

  #turn({ intents = [] }: TurnRecord): void {
    for (const { kind, clientOrderId, ticker, side, price } of intents) {
      if (kind === 'create' || kind === 'amend') this.#asked.set(clientOrderId, { ticker, side, price });
    }
  }

  #event(event: EngineEvent): void {
    switch (event.type) {
      case 'create_outcome': {
        const asked = this.#asked.get(event.clientOrderId);
        if (event.outcome.kind !== 'accepted' || asked === undefined) return;
        this.#orders.set(event.outcome.orderId, asked);
        this.#names.set(event.clientOrderId, event.outcome.orderId);
        return;
      }
      case 'change_outcome': {
        const asked = this.#asked.get(event.clientOrderId);
        const orderId = this.#names.get(event.clientOrderId);
        if (event.outcome.kind === 'amended' && asked !== undefined && orderId !== undefined)
          this.#orders.set(orderId, asked);
        return;
      }
      case 'own_order': {
        const { orderId, clientOrderId, ticker, side, price } = event.order;
        this.#orders.set(orderId, { ticker, side, price });
        this.#names.set(clientOrderId, orderId);
        return;
      }
      case 'queue_places':
        // The exchange looked some time between our question and its answer.
        for (const { orderId, ahead } of event.places) this.#place(orderId, ahead, (event.askedAt + event.at) / 2);
        return;
      default:
        return;
    }
  }

  #place(orderId: string, ahead: number, at: number): void {
    const where = this.#orders.get(orderId);
    if (where === undefined) return;
    const { ticker, side, price } = where;
    const places = this.#told.get(ticker) ?? [];
    this.#told.set(ticker, places);
    places.push({ at, orderId, side, price, ahead });
  }
}
