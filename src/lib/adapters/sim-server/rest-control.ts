/**
 * Levers of the embedded exchange that the real one does not have: one POST with an action, by anyone on this machine. It
 * is not signed, so that it works while keys, clocks or buckets are at fault; web pages are kept out (S10).
 */
import { z } from 'zod';
import { LEVERS } from './control-levers.ts';
import { publicRoute, type Route } from './route.ts';

const NAMES = Object.keys(LEVERS) as (keyof typeof LEVERS)[];

const control = publicRoute({
  method: 'POST',
  path: '/sim/control',
  operation: 'SimControl',
  body: z.looseObject({ action: z.enum(NAMES) }),
  handle: (call) => LEVERS[call.body.action](call),
});

export const CONTROL_ROUTES: readonly Route[] = [control];
