/** What the exchange has done wrong on request, counted by fault, and the plan that it follows. Served: by the control token. */
import { answer } from './rest-answer.ts';
import { operatorRoute, type Route } from './route.ts';

export const FAULT_ROUTES: readonly Route[] = [
  operatorRoute({
    method: 'GET',
    path: '/sim/faults',
    operation: 'SimFaults',
    handle: ({ office: { mischief } }) => answer(200, { faults: mischief.counts, plan: mischief.plan ?? null }),
  }),
];
