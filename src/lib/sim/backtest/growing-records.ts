/** Records that are still coming: added at the end, and given up from the front once nobody needs them any more. */
import { type Heard, RECORD, type Records } from './data.ts';
import type { Row } from './rows.ts';

const ROOM_FIRST = 1_024;

export class GrowingRecords implements Records {
  length = 0;
  kind = new Uint8Array(ROOM_FIRST);
  at = new Float64Array(ROOM_FIRST);
  market = new Uint16Array(ROOM_FIRST);
  side = new Uint8Array(ROOM_FIRST);
  price = new Uint16Array(ROOM_FIRST);
  size = new Int32Array(ROOM_FIRST);
  traded = new Int32Array(ROOM_FIRST);
  readonly snapshots: Records['snapshots'][number][] = [];
  /** None: what is heard of an index is an event of its own. */
  readonly references: Records['references'] = [];
  readonly heard: Heard[] = [];

  add(row: Row): void {
    const index = this.length;
    if (index === this.at.length) this.#resize(2 * index);
    this.length += 1;
    this.kind[index] = row.kind;
    this.at[index] = row.at;
    this.market[index] = row.market;
    this.side[index] = row.side;
    this.price[index] = row.price;
    this.traded[index] = row.traded;
    if (row.snapshot !== undefined) this.size[index] = this.snapshots.push(row.snapshot) - 1;
    else if (row.heard !== undefined) this.size[index] = this.heard.push(row.heard) - 1;
    else this.size[index] = row.size;
  }

  /** The first so many go; what is left has places from 0 on. */
  drop(count: number): void {
    const [snapshots, heard] = this.#listedIn(count);
    this.snapshots.splice(0, snapshots);
    this.heard.splice(0, heard);
    for (const column of [this.kind, this.at, this.market, this.side, this.price, this.size, this.traded]) {
      column.copyWithin(0, count, this.length);
    }
    this.length -= count;
    for (let index = 0; index < this.length; index += 1) {
      if (this.kind[index] === RECORD.snapshot) this.size[index] = (this.size[index] as number) - snapshots;
      else if (this.kind[index] === RECORD.heard) this.size[index] = (this.size[index] as number) - heard;
    }
  }

  #listedIn(count: number): readonly [snapshots: number, heard: number] {
    const kinds = this.kind.subarray(0, count);
    const of = (kind: number) => kinds.reduce((sum, one) => sum + (one === kind ? 1 : 0), 0);
    return [of(RECORD.snapshot), of(RECORD.heard)];
  }

  #resize(room: number): void {
    const grown = <Column extends { set(from: Column): void }>(from: Column, to: Column): Column => {
      to.set(from);
      return to;
    };
    this.kind = grown(this.kind, new Uint8Array(room));
    this.at = grown(this.at, new Float64Array(room));
    this.market = grown(this.market, new Uint16Array(room));
    this.side = grown(this.side, new Uint8Array(room));
    this.price = grown(this.price, new Uint16Array(room));
    this.size = grown(this.size, new Int32Array(room));
    this.traded = grown(this.traded, new Int32Array(room));
  }
}
