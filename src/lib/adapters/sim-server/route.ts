/**
 * One REST endpoint as data: method, path, who may call it, what it costs, the shapes it takes, and what it answers.
 *
 * A call whose query or body has the wrong shape never reaches `handle`; nor does one that the token bucket cannot pay.
 */
import type { z } from 'zod';
import type { Venue } from '../../sim/venue.ts';
import { type Grant, refusalOf } from './access.ts';
import type { BackOffice } from './back-office.ts';
import { parseBody, parseQuery } from './request-schema.ts';
import { type RestAnswer, refuse, TOO_MANY_REQUESTS } from './rest-answer.ts';

export interface Charge {
  readonly bucket: 'read' | 'write';
  /** Tokens. */
  readonly cost: number;
  /** Billed to this shard's own write bucket; absent: the unscoped one (kalshi/api.md 5). */
  readonly shard?: number;
}

export interface RestRequest {
  readonly method: string;
  /** From the root: `/trade-api/v2/...`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** JSON text, or empty. */
  readonly body: string;
  /** Whether it carried the control token. Absent: it comes from this process. */
  readonly isOperator?: boolean;
}

export interface RestContext {
  readonly venue: Venue;
  readonly office: BackOffice;
  /** Absent: the call was not signed. */
  readonly accountId?: string;
  /** What the key may do. Absent: everything. */
  readonly grant?: Grant;
  /** Takes tokens of the account; false when there are too few. Absent: nothing is limited. */
  readonly spend?: (charge: Charge) => boolean;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  /** Tokens per call, or per item of a batch. */
  readonly cost: number;
  /** `ids` are the decoded values of the path's parameters, in their order. */
  respond(context: RestContext, ids: readonly string[], request: RestRequest): RestAnswer;
}

export interface PublicCall<Query, Body> {
  readonly venue: Venue;
  readonly office: BackOffice;
  /** The path's last parameter; empty when it has none. */
  readonly id: string;
  /** All of them. */
  readonly ids: readonly string[];
  readonly query: Query;
  readonly body: Body;
}
export interface PrivateCall<Query, Body> extends PublicCall<Query, Body> {
  readonly accountId: string;
  /** The one subaccount that the key is bound to. */
  readonly boundTo?: number;
}

interface RouteShape<Query, Body, Call> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Name of the operation in the exchange's description; appears in refusals. */
  readonly operation: string;
  readonly cost?: number;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Number of items a batch is charged for. */
  readonly itemsOf?: (body: Body) => number;
  /** The shard whose own bucket pays. */
  readonly shardOf?: (query: Query, body: Body) => number | undefined;
  handle(call: Call): RestAnswer;
}

const DEFAULT_COST = 10;
const NO_OPERATOR = refuse(401, 'unauthorized', 'the control token is missing or another');

/** Market data: answers unsigned calls as well, which no bucket limits. */
export function publicRoute<Query = undefined, Body = undefined>(
  shape: RouteShape<Query, Body, PublicCall<Query, Body>>,
): Route {
  return build(shape, ({ venue, office }, call) => shape.handle({ ...call, venue, office }));
}

/** Levers of the embedded exchange: needs the control token, and no signature. */
export function operatorRoute<Body = undefined>(
  shape: RouteShape<undefined, Body, PublicCall<undefined, Body>>,
): Route {
  const route = publicRoute(shape);
  return {
    ...route,
    respond: (context, ids, request) =>
      request.isOperator === false ? NO_OPERATOR : route.respond(context, ids, request),
  };
}

/** Portfolio, orders and account: needs a signature. */
export function privateRoute<Query = undefined, Body = undefined>(
  shape: RouteShape<Query, Body, PrivateCall<Query, Body>>,
): Route {
  return build(
    shape,
    (context, call) => {
      const { venue, office, accountId, grant } = context;
      if (accountId === undefined) throw new Error(`${shape.operation} was reached without an account`);
      const boundTo = grant?.subaccount;
      return shape.handle({ ...call, venue, office, accountId, ...(boundTo === undefined ? {} : { boundTo }) });
    },
    true,
  );
}

function build<Query, Body, Call>(
  shape: RouteShape<Query, Body, Call>,
  run: (context: RestContext, call: Omit<PublicCall<Query, Body>, 'venue' | 'office'>) => RestAnswer,
  isPrivate = false,
): Route {
  const cost = shape.cost ?? DEFAULT_COST;
  return {
    method: shape.method,
    path: shape.path,
    cost,
    respond(context, ids, request) {
      if (isPrivate && context.accountId === undefined) return refuse(401, 'signature_is_missing_from_headers');
      const closed = isPrivate && context.grant && refusalOf(context.grant, shape.method, shape.path);
      if (closed) return refuse(403, 'forbidden', closed);
      const query = parseQuery(shape.operation, shape.query, request.query);
      if (query.kind === 'refused') return query.answer;
      const body = parseBody(shape.operation, shape.body, request.body);
      if (body.kind === 'refused') return body.answer;
      const shard = shape.shardOf?.(query.value, body.value);
      const charge: Charge = {
        bucket: shape.method === 'GET' ? 'read' : 'write',
        cost: cost * (shape.itemsOf?.(body.value) ?? 1),
        ...(shard === undefined || shard < 1 ? {} : { shard }),
      };
      if (context.accountId !== undefined && context.spend?.(charge) === false) return TOO_MANY_REQUESTS;
      return run(context, { id: ids.at(-1) ?? '', ids, query: query.value, body: body.value });
    },
  };
}
