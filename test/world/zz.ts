import { runWorld } from './world.ts';
import { drawPlan } from './plan.ts';
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 3);
for (let seed = from; seed < from + n; seed++) {
  const t = performance.now();
  const plan = process.argv[4] === 'none' ? { seed, faults: [] } : process.argv[4] ? { seed, faults: JSON.parse(process.argv[4]) } : drawPlan(seed);
  const r = await runWorld(plan);
  console.log(seed, Math.round(performance.now() - t), 'ms', plan.faults.map((f: any) => f.kind === 'exchange' ? f.rule.fault : f.kind).join(','), JSON.stringify(r.violations).slice(0, 1500));
  if (process.argv[5]) console.log(r.trace, JSON.stringify(r.counts));
}
