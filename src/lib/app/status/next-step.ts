/** What to do next by a status: what is wrong first, then the step that a newcomer takes. Pure. */
import type { StatusProblem } from './problems.ts';
import type { StatusFacts } from './status.ts';

export function nextSteps(facts: StatusFacts, problems: readonly StatusProblem[]): readonly string[] {
  const { env, lock, trader, journal } = facts;
  const [first] = problems;
  if (first !== undefined) return first.next;
  if (journal !== undefined && !('trouble' in journal) && journal.alerts.length > 0)
    return [`kmm alert list --env ${env}`];
  const flag = env === 'sim' ? '' : ` --env ${env}`;
  if (lock === undefined) return [`kmm run --env ${env}`, 'kmm why TICKER'];
  const silent =
    trader !== undefined && 'view' in trader ? trader.view.markets.find(({ why }) => why !== undefined) : undefined;
  return silent === undefined
    ? [`kmm why TICKER${flag}`, `kmm kill --env ${env}`]
    : [`kmm why ${silent.ticker}${flag}`];
}

/** Where kmm has never run. */
export const FIRST_STEPS = ['kmm run --env sim', 'kmm doctor', 'kmm --help'] as const;
