/** What the exchange has done wrong on request, counted by fault, and the plan that it follows. */
import { answer } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';

export const FAULT_ROUTES: readonly Route[] = [
  publicRoute({
    method: 'GET',
    path: '/sim/faults',
    operation: 'SimFaults',
    handle: ({ office: { mischief } }) => answer(200, { faults: mischief.counts, plan: mischief.plan ?? null }),
  }),
];
