/** The gates of promotion as a document and as an object (E-13). */
import { dateTimeText, isoText } from '../../format.ts';
import type { GatesReport } from '../../lib/app/report/gates-report.ts';
import { warningsOf } from './reconciliation-section.ts';
import { count, counted, NOT_KNOWN, type ReportDocument, real, type Section, text } from './report-document.ts';

type StepGates = GatesReport['steps'][number];
type Verdict = StepGates['gates'][number];

const STEP_NAMES: Readonly<Record<StepGates['step'], string>> = {
  sim_to_shadow: 'Sim to shadow',
  shadow_to_one_lot: 'Shadow to one lot',
  one_lot_to_scale: 'One lot to scale',
};

const OUTCOMES: Readonly<Record<Verdict['outcome'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  too_few: 'too few',
  not_measured: 'not measured',
};

/** Of figures that are no counts. */
const UNITS: Partial<Readonly<Record<Verdict['gate']['measure'], string>>> = {
  ...{ net: '¢', honest: 'of promised', fresh: '%', young: 'days', killed: 's', tail: '%' },
};

export function gatesDocument(report: GatesReport): ReportDocument {
  const { env, account, from, until, proof, own, steps, openEvents, isPassed } = report;
  const ofOwn = steps.find(({ step }) => step === own)?.gates ?? [];
  const passed = ofOwn.filter(({ outcome }) => outcome === 'passed').length;
  const open = openEvents === 0 ? '' : ` ${counted(openEvents, 'event')} still open: no observation yet.`;
  return {
    name: 'gates',
    period: new Date(until).toISOString().slice(0, 10),
    title: `Gates, ${env}`,
    subtitle: `${account === '' ? 'Shadow runs' : `Account ${account}`}, ${dateTimeText(from)} to ${dateTimeText(until)}; it feeds: ${STEP_NAMES[own]}.${open}`,
    warnings: account === '' ? [] : warningsOf({ proof }),
    lead: [
      {
        ...{ name: 'next step', value: text(isPassed ? 'open' : 'closed'), unit: '' },
        note: `${passed} of ${counted(ofOwn.length, 'gate')} passed; what is too few or not measured is not passed`,
      },
    ],
    sections: steps.map(sectionOf),
  };
}

function sectionOf({ step, gates }: StepGates): Section {
  return {
    id: step,
    title: STEP_NAMES[step],
    tables: [
      {
        nothing: '',
        columns: [
          { title: 'Gate', measure: 'gate', unit: '', isText: true },
          { title: 'Outcome', measure: 'outcome', unit: '', isText: true },
          { title: 'n needed', measure: 'needed', unit: 'count' },
          { title: 'n had', measure: 'had', unit: 'count' },
          { title: 'Figure', measure: 'figure', unit: '' },
          { title: '95 %', measure: 'interval', unit: '', isText: true },
          { title: 'Asked', measure: 'asks', unit: '', isText: true, isLong: true },
          { title: 'Fixed by', measure: 'source', unit: '', isText: true, isLong: true },
          { title: 'Why', measure: 'reason', unit: '', isText: true, isLong: true },
        ],
        rows: gates.map(({ gate, outcome, needed, had, figure, interval, reason }) => [
          ...[text(gate.id.replaceAll('_', ' '), gate.id), text(OUTCOMES[outcome], outcome), count(needed), count(had)],
          figure === null || UNITS[gate.measure] === undefined
            ? count(figure)
            : { ...real(figure, 2), text: `${figure.toFixed(2)} ${UNITS[gate.measure]}` },
          interval === null
            ? NOT_KNOWN
            : text(`${interval.low.toFixed(2)} to ${interval.high.toFixed(2)} ${UNITS[gate.measure] ?? ''}`),
          ...[text(gate.asks), text(gate.source), text(reason)],
        ]),
      },
    ],
  };
}

export function gatesRecord({ env, account, from, until, proof, own, steps, openEvents, isPassed }: GatesReport) {
  return {
    ...{ type: 'report_gates', env, account, from: isoText(from), until: isoText(until), proof: proof.kind },
    ...{ ownStep: own, isPassed, openEvents },
    steps: steps.map(({ step, gates }) => ({
      step,
      gates: gates.map(({ gate: { id, measure, asks, threshold, source }, ...verdict }) => ({
        ...{ id, measure, asks, threshold, source },
        ...verdict,
      })),
    })),
  };
}
