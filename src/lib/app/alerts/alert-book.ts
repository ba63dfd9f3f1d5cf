/** What `kmm alert list` and `kmm alert ack` do: look at what was told, and note that a person has seen it. */
import { existsSync } from 'node:fs';
import {
  type AlertChoice,
  type AlertList,
  type ListedAlert,
  type ListedDelivery,
  openAlertList,
} from '../../adapters/store/alert-list.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';

export interface AlertRow extends ListedAlert {
  readonly deliveries: readonly ListedDelivery[];
}

/** Open ones loudest first, or the newest `limit` of all. Throws KMM_DB_*. */
export function listAlerts(home: Home, { isOpen, limit }: { readonly isOpen: boolean; readonly limit: number }) {
  return inBook(home, [], (list) => {
    const alerts = isOpen ? list.open().slice(0, limit) : list.newest(limit);
    const deliveries = list.deliveries(alerts.map(({ id }) => id));
    return alerts.map(
      (alert): AlertRow => ({ ...alert, deliveries: deliveries.filter((one) => one.alert === alert.id) }),
    );
  });
}

/** Those that were open. Throws KMM_ALERT_UNKNOWN, KMM_DB_*, KMM_JOURNAL. */
export function acknowledge(home: Home, which: string | 'all', now: EpochMs): readonly ListedAlert[] {
  if (which !== 'all' && !existsSync(home.database)) throw unknownAlert(which);
  return inBook(home, [], (list) => {
    const choice = choiceOf(which, list);
    const acknowledged = list.acknowledge(choice, now);
    if (acknowledged instanceof StoreProblem) throw kmmError(acknowledged);
    return acknowledged;
  });
}

/** Alerts that were given up on some channel and that nobody has seen here. */
export function parkedCount(home: Home): number {
  return inBook(home, 0, (list) => list.parkedCount());
}

function choiceOf(which: string, list: AlertList): AlertChoice {
  if (which === 'all') return 'all';
  const known = list.newest(ALL);
  const isId = ID.test(which);
  const id = Number(which.replace('#', ''));
  if (isId && known.some((alert) => alert.id === id)) return { id };
  if (known.some(({ key }) => key === which)) return { key: which };
  throw unknownAlert(which);
}

function unknownAlert(which: string): KmmError {
  return new KmmError('KMM_ALERT_UNKNOWN', `no alert has the ${ID.test(which) ? 'id' : 'key'} ${which}`);
}

const ID = /^#?\d+$/;
/** More than the queue holds. */
const ALL = 10_000;

function inBook<Answer>({ database: path, env }: Home, empty: Answer, ask: (list: AlertList) => Answer): Answer {
  if (!existsSync(path)) return empty;
  const list = openAlertList({ path, env });
  if (list instanceof StoreProblem) throw kmmError(list);
  try {
    return ask(list);
  } finally {
    list.close();
  }
}
