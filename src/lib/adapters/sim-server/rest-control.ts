/**
 * The operator's hand on the embedded exchange: `POST /trade-api/v2/sim/control` with `{"action": "...", ...}`. Served,
 * it is opened by the control token that `kmm sim serve` prints (`authorization: Bearer …`) and not signed, so that it
 * works while keys, clocks or buckets are at fault; web pages are kept out (S10). The real exchange has no such path. Answers 200 with `ts_ms` and, when something was made, its `id`; refuses as
 * the exchange refuses. Actions on the server itself: control-levers.ts.
 *
 *   pause             exchange_index? (all), scope? "trading" | "exchange", resume_ts?
 *   resume            exchange_index? (all); ends the weekly pause too
 *   close_early       market_ticker
 *   move_close        market_ticker, close_ts
 *   deactivate        market_ticker
 *   reactivate        market_ticker; its resting orders are gone without a word
 *   determine         market_ticker, result "yes" | "no" | "scalar" | "void", settlement_value? "0.4200", expiration_value?
 *   dispute           market_ticker
 *   amend_result      as determine; a paid market pays the difference when the settlement timer has run
 *   change_grid       market_ticker, price_ranges [{start, end, step}]
 *   describe          market_ticker, title
 *   fee_change        series_ticker or event_ticker, fee_type and fee_multiplier (both null: cleared), scheduled_ts? (now)
 *   move_cash         exchange_index, amount "-5.00", as? "deposit" | "withdrawal" | "unlisted" (told nowhere), account?
 *   waive_fees        market_ticker, until_ts
 *   misprice_fees     market_ticker, excess_dollars "0.0100": a fault, on every fill there; "0" ends it
 *   create_incentive  market_ticker, incentive_type, start_ts, end_ts, period_reward (centicents), incentive_description?,
 *                     paid_out?, discount_factor_bps?, target_size_fp?, max_reward_per_account?
 *
 * Times ending in `_ts` are Unix seconds of the exchange's clock.
 */
import { z } from 'zod';
import type { ControlCommand } from '../../sim/control.ts';
import { CONTROL_BODIES } from './control-bodies.ts';
import { LEVERS } from './control-levers.ts';
import { parseBody } from './request-schema.ts';
import { answer, type RestAnswer, refuseAsVenue } from './rest-answer.ts';
import { operatorRoute, type PublicCall, type Route } from './route.ts';

type ControlCall = PublicCall<undefined, { readonly action: string }>;

const OPERATION = 'SimControl';

/** By the name of the action. */
const ACTIONS: ReadonlyMap<string, (call: ControlCall) => RestAnswer> = new Map([
  ...Object.entries(CONTROL_BODIES).map(([name, body]) => [name, onVenue(body)] as const),
  ...Object.entries(LEVERS),
]);

const control = operatorRoute({
  method: 'POST',
  path: '/sim/control',
  operation: OPERATION,
  body: z.looseObject({ action: z.enum([...ACTIONS.keys()]) }),
  handle: (call) => (ACTIONS.get(call.body.action) as (call: ControlCall) => RestAnswer)(call),
});

export const CONTROL_ROUTES: readonly Route[] = [control];

/** An action that the venue itself carries out. */
function onVenue(shape: z.ZodType<ControlCommand>) {
  return ({ venue, body }: ControlCall): RestAnswer => {
    const command = parseBody(OPERATION, shape, JSON.stringify(body));
    if (command.kind === 'refused') return command.answer;
    const result = venue.control(command.value);
    if (result.kind === 'refused') return refuseAsVenue(result);
    return answer(200, { ts_ms: venue.now, ...(result.id === undefined ? {} : { id: result.id }) });
  };
}
