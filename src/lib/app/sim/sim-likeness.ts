/** What `--like` names: the answers of a probe, as settings of the embedded exchange beside the faults that were asked for. */
import { type MischiefPlan, readPlan } from '../../adapters/sim-server/mischief-plan.ts';
import { likenessIn } from '../probe/probe-file.ts';
import type { SimServeOptions } from './sim-serve.ts';

type Settings = Pick<SimServeOptions, 'mischief' | 'rules' | 'staleMsMax' | 'stampsFrames'>;

/** Throws KMM_PROBE_FILE. */
export function likeOf(file: string | undefined, mischief: MischiefPlan | undefined): Settings {
  if (file === undefined) return mischief === undefined ? {} : { mischief };
  const { postOnlyCross, staleMsMax, readLagMs, stampsFrames } = likenessIn(file);
  const plan = readLagMs === undefined ? mischief : withLag(mischief, readLagMs);
  return {
    ...(plan !== undefined && { mischief: plan }),
    ...(postOnlyCross !== undefined && { rules: { postOnlyCross } }),
    ...(staleMsMax !== undefined && { staleMsMax }),
    ...(stampsFrames !== undefined && { stampsFrames }),
  };
}

/** A rule of the plan that names the same reads comes first, and the longer lag counts. */
function withLag(mischief: MischiefPlan | undefined, readLagMs: number): MischiefPlan {
  const lag = { fault: 'read_lag', path: '/portfolio', lag_ms: readLagMs };
  const read = readPlan({ ...mischief, rules: [...(mischief?.rules ?? []), lag] });
  if (read.kind === 'refused') throw new Error(`a lag makes no plan: ${read.problem}`);
  return read.plan;
}
