/** What must hold when a run is over: the exchange's truth beside the journals, and nothing left on the machine. */
import { existsSync } from 'node:fs';
import { microdollarsOf } from './exchange.ts';
import { createsIn, fillsIn, settlementsIn } from './journal-reader.ts';
import { type Command, type Printed, processesIn, until } from './processes.ts';
import type { Stage } from './stage.ts';

/** What a process needs to be buried, and its files to be removed. */
const BURIED_MS = 3_000;

/** @param homes data directories that have traded on the account */
export async function checkAccount(stage: Stage, homes: readonly string[] = [stage.paths.database]): Promise<void> {
  const { exchange } = stage;
  const resting = await exchange.orders('resting');
  stage.check(
    'orphans',
    resting.length === 0,
    `${resting.length} orders rest at the end: ${resting[0]?.client_order_id}`,
  );

  const orders = await exchange.orders();
  const intents = homes.flatMap((path) => createsIn(path));
  const asked = new Set(intents.map(({ id }) => id));
  const unknown = orders.filter(({ client_order_id: id }) => !asked.has(id));
  stage.check(
    'I1',
    unknown.length === 0,
    `no intent asks for ${unknown.map((order) => order.client_order_id).join(', ')}`,
  );
  const twice = [...intents.filter(({ times }) => times > 1).map(({ id }) => id), ...repeated(orders)];
  stage.check('I4', twice.length === 0, `more than once: ${twice.join(', ')}`);
  stage.facts.orders = orders.length;
}

/** The ledger as the last life summed it up, and the fills of the journal, beside the exchange's. */
export async function checkLedger(stage: Stage, life: Command, path = stage.paths.database): Promise<void> {
  const summary = life.lines('summary').at(-1);
  stage.check('I2', summary !== undefined, `the last life ended without a summary: ${saidOf(life)}`);
  if (summary === undefined) return;
  const { reconciled, restingAtEnd, cashDollars } = summary;
  stage.check('I2', reconciled === true, `reconciled: ${reconciled}`);
  stage.check('I6', restingAtEnd === 0, `the summary counts ${restingAtEnd} resting orders`);
  const settled = (await stage.exchange.settlements()).length;
  const cash = await stage.exchange.cash();
  // A market that was settled since then has paid since then.
  const isComparable = settled === settlementsIn(path);
  const ours = microdollarsOf(String(cashDollars));
  stage.check('I2', !isComparable || cash === ours, `cash ${ours} in the summary, ${cash} at the exchange (micro$)`);
  const theirs = (await stage.exchange.fills()).map((fill) => fill.fill_id).sort();
  const booked = [...fillsIn(path)].sort();
  stage.check(
    'I2',
    theirs.join() === booked.join(),
    `${booked.length} fills in the journal, ${theirs.length} at the exchange`,
  );
  stage.facts.fills = theirs.length;
}

/** No process, no lock, no socket. */
export async function checkLeftovers(stage: Stage): Promise<void> {
  const { lock, directory } = stage.paths;
  const gone = () => processesIn(stage.home).length === 0;
  await until(gone, BURIED_MS);
  const left = processesIn(stage.home);
  stage.check(
    'leftovers',
    left.length === 0,
    `still running: ${left.map(({ role, pid }) => `${role} ${pid}`).join(', ')}`,
  );
  for (const path of [lock, `${directory}/control.sock`]) {
    stage.check('leftovers', !existsSync(path), `${path} is still there`);
  }
}

/** The end of what it printed, for a violation's text. */
export function saidOf(life: Command): string {
  const isLoud = ({ type, level }: Printed) => type === 'error' || (type === 'log' && level !== 'info');
  const lines = life.printed.map(({ line }) => line).filter(isLoud);
  return `${lines
    .slice(-4)
    .map((line) => JSON.stringify(line).slice(0, 300))
    .join(' ')} ${life.stderr.slice(-500)}`;
}

function repeated(orders: readonly { readonly client_order_id: string }[]): readonly string[] {
  const seen = new Set<string>();
  return orders.flatMap(({ client_order_id: id }) => {
    if (seen.has(id)) return [id];
    seen.add(id);
    return [];
  });
}
