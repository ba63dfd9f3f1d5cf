/** What a session's orders came to, counted from the outcomes. */
import type { EngineEvent } from '../../../core/events.ts';

export interface OrderCounts {
  readonly placed: number;
  readonly cancelled: number;
  readonly amended: number;
  readonly refused: number;
  readonly unknown: number;
}

export class OrderCounters {
  #counts = { placed: 0, cancelled: 0, amended: 0, refused: 0, unknown: 0 };

  note(event: EngineEvent): void {
    if (event.type !== 'create_outcome' && event.type !== 'change_outcome') return;
    switch (event.outcome.kind) {
      case 'accepted':
        this.#counts.placed += 1;
        break;
      case 'cancelled':
        this.#counts.cancelled += 1;
        break;
      case 'amended':
        this.#counts.amended += 1;
        break;
      case 'refused':
        this.#counts.refused += 1;
        break;
      case 'unknown':
        this.#counts.unknown += 1;
        break;
      case 'decreased':
      case 'not_found':
      case 'dropped':
        break;
      default:
        event.outcome satisfies never;
    }
  }

  get counts(): OrderCounts {
    return { ...this.#counts };
  }
}
