/** What a report asks its reader to do, the most pressing first. Nothing else of the report is an instruction. */
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import { counted } from './report-document.ts';

export function todoOf({
  proof,
  incidents,
  upTime,
  fees,
  use,
  reliability,
  period,
  isOver,
}: MoneyReport): readonly string[] {
  const open = incidents.filter(({ to }) => to === null);
  const halts = open.filter(({ isHalt, priority }) => isHalt && priority === 'critical');
  return [
    ...(proof.kind === 'differs' ? ['Explain the difference: kmm risk reconcile, then kmm settle.'] : []),
    ...(proof.kind === 'behind' || proof.kind === 'never'
      ? ['Compare ledger and exchange: kmm settle, or kmm run.']
      : []),
    ...halts.map(({ key }) => `${key} still held at the end: kmm risk halts, then kmm resume.`),
    ...(use.unknown > 0
      ? [`Up to ${counted(use.unknown, 'order was', 'orders were')} of unknown fate: kmm alert list.`]
      : []),
    ...(fees.differing > 0
      ? [
          `${counted(fees.differing, 'fee', 'fees')} differed from the prediction: see Reconciliation, then kmm alert list.`,
        ]
      : []),
    ...(fees.unpredicted > 0
      ? [`${counted(fees.unpredicted, 'fee', 'fees')} could not be predicted: look at the fees in kmm markets show.`]
      : []),
    ...(upTime.died > 0 ? [`${counted(upTime.died, 'session')} died without an end: look at their log.`] : []),
    ...(upTime.gaps.length > 0 && isOver && upTime.sessions > 0
      ? [
          `kmm did not run for ${upTime.gaps.length === 1 ? 'a stretch' : `${upTime.gaps.length} stretches`} of the ${period.kind}: see Time up.`,
        ]
      : []),
    ...(reliability.isVerdict && reliability.bins.some(({ isOff }) => isOff)
      ? ['Fair values were off in at least one bin: see Calibration.']
      : []),
  ];
}
