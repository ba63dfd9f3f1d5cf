import { runWorld } from './world.ts';
const plan = JSON.parse(process.argv[2] ?? "");
const r = await runWorld(plan, { onLog: (t) => console.log(t.slice(0, 220)) });
console.log(JSON.stringify(r.violations).slice(0, 400));
