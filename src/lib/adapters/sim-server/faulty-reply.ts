/** Carries out one call the way a fault wants it: not at all, with another answer, or with an answer that never arrives whole. */

import type { CallFault } from './mischief.ts';
import { EXPIRED_STAMP, type RestAnswer, refuse, TOO_MANY_REQUESTS } from './rest-answer.ts';

export interface Reply {
  readonly answer: RestAnswer;
  /** Real milliseconds that it waits before it is sent. */
  readonly delayMs?: number;
  /** `lost`: the connection is reset instead. `truncated`: it breaks in the middle of the body. */
  readonly cut?: 'lost' | 'truncated';
}

export function replyTo(fault: CallFault | undefined, carryOut: () => RestAnswer): Reply {
  const real = fault === undefined || fault.isApplied ? carryOut() : undefined;
  if (fault === undefined) return { answer: real as RestAnswer };
  switch (fault.fault) {
    case 'too_many_requests':
      return { answer: TOO_MANY_REQUESTS };
    case 'timestamp_expired':
      return { answer: EXPIRED_STAMP };
    case 'status':
      return { answer: refuse(fault.status, STATUS_CODE_NAMES[fault.status]) };
    case 'html_page':
      return { answer: { status: fault.status, body: PAGE, contentType: 'text/html' } };
    case 'reply_lost':
      return { answer: real as RestAnswer, cut: 'lost' };
    case 'reply_delayed':
      return { answer: real as RestAnswer, delayMs: fault.delay_ms };
    case 'reply_truncated':
      return { answer: real as RestAnswer, cut: 'truncated' };
    case 'order_id_missing':
      return { answer: withoutOrderIds(real as RestAnswer) };
    default:
      return fault satisfies never;
  }
}

const STATUS_CODE_NAMES = {
  408: 'request_timeout',
  500: 'internal_server_error',
  502: 'bad_gateway',
  503: 'service_unavailable',
  504: 'gateway_timeout',
} as const;

const PAGE = '<html><head><title>Please wait</title></head><body><h1>Checking your connection</h1></body></html>';

function withoutOrderIds(answer: RestAnswer): RestAnswer {
  if (answer.status >= 300 || answer.body === '') return answer;
  return {
    ...answer,
    body: JSON.stringify(JSON.parse(answer.body, (key, value) => (key === 'order_id' ? undefined : value))),
  };
}
