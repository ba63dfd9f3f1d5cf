/** Every scenario by name; the name begins with the row of reliability.md section 6 that it serves. */
import type { FaultKind } from '../soak/fault-proxy.ts';
import { CALL_FAULTS } from './call-faults.ts';
import type { Plan } from './plan.ts';
import { POINTS } from './points.ts';
import * as death from './scenarios-death.ts';
import * as disk from './scenarios-disk.ts';
import * as faults from './scenarios-faults.ts';
import { killed } from './scenarios-kill.ts';
import * as machine from './scenarios-machine.ts';
import type { Stage } from './stage.ts';

export type Scenario = (stage: Stage, plan: Plan) => Promise<void>;

const LINK_FAULTS: readonly (readonly [string, FaultKind])[] = [
  ['F12-links-drop', 'drop_links'],
  ['F12-links-half-open', 'silence_links'],
  ['F13-frame-lost', 'lose_frame'],
  ['F13-frame-doubled', 'double_frame'],
  ['F13-buffer-overflow', 'end_subscription'],
  ['F18-frames-late', 'delay_frames'],
  ['F20-too-many-requests', 'too_many_requests'],
  ['F01-all-answers-lost', 'lose_answers'],
];

const ON_THE_WIRE = [
  ['F28-create-bytes-out', 'bytes-out', 'create'],
  ['F28-create-answer-out', 'answer-out', 'create'],
  ['F28-amend-bytes-out', 'bytes-out', 'amend'],
  ['F28-amend-answer-out', 'answer-out', 'amend'],
  ['F28-cancel-bytes-out', 'bytes-out', 'cancel'],
  ['F28-cancel-answer-out', 'answer-out', 'cancel'],
] as const;

export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map<string, Scenario>([
  ...POINTS.map(({ name }) => [`F28-at-${name}`, death.atPoint] as const),
  ...ON_THE_WIRE.map(([name, when, kind]) => [name, wired(when, kind)] as const),
  ['F28-trader-killed', death.traderDies],
  ['F28-both-killed', death.everythingDies],
  ['F28-supervisor-killed', death.supervisorDies],
  ['F29-host-gone', death.hostIsGone],
  ['F30-told-once', death.isTold],
  ['F30-terminal-closed', (stage, plan) => death.isTold(stage, { ...plan, signal: 'SIGHUP' })],
  ['F30-reader-gone', death.losesReader],
  ['F30-told-twice', death.isToldTwice],
  ['F34-trader-frozen', (stage, plan) => death.freezes(stage, plan, 'trader')],
  ['F34-trader-stalled', (stage, plan) => death.freezes(stage, { ...plan, lastsMs: 26_000 }, 'trader')],
  ['F34-supervisor-frozen', (stage, plan) => death.freezes(stage, plan, 'command')],
  ['F02-exchange-killed', death.exchangeDies],
  ...CALL_FAULTS.map((named): [string, Scenario] => [named.name, (stage, plan) => faults.badCall(stage, plan, named)]),
  ...LINK_FAULTS.map(([name, kind]): [string, Scenario] => [name, (stage, plan) => faults.badLink(stage, plan, kind)]),
  ['F02-connections-refused', faults.refused],
  ['F02-connections-refused-in-death', faults.refusedInDeath],
  ['F31-disk-full', disk.diskFull],
  ['F31-disk-read-only', disk.diskFails],
  ['F31-no-descriptors', disk.noDescriptors],
  ['F21-clock-steps', machine.clockSteps],
  ['F33-second-here', machine.secondHere],
  ['F33-second-elsewhere', machine.secondElsewhere],
  ['I5-killed-from-elsewhere', killed],
]);

export const SCENARIO_NAMES: readonly string[] = [...SCENARIOS.keys()];

function wired(when: 'bytes-out' | 'answer-out', kind: 'create' | 'amend' | 'cancel'): Scenario {
  return (stage, plan) => death.onTheWire(stage, plan, when, kind);
}
