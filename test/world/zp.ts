import { drawPlan } from './plan.ts';
console.log(JSON.stringify(drawPlan(Number(process.argv[2])).faults));
