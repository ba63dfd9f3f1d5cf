import { drawPlan } from './plan.ts';
import { shrink } from './shrink.ts';
import { runWorld } from './world.ts';
for (const arg of process.argv.slice(2)) {
  const [seed, inv] = arg.split(':');
  const plan = await shrink(drawPlan(Number(seed)), inv as never);
  const r = await runWorld(plan);
  console.log(JSON.stringify(plan), '\n   ', JSON.stringify(r.violations).slice(0, 1800));
}
