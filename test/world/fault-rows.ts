/**
 * Where each row of the fault table (reliability.md section 6) is exercised: the names under which worlds count it, and
 * tests by file and title. What `npm run chaos` adds is told by its own counts, whose names begin with the row.
 */
export interface FaultRow {
  readonly id: string;
  readonly fault: string;
  /** As expected.ts has them. */
  readonly counts: readonly string[];
  /** `file: words of a title`, below test/. */
  readonly tests: readonly string[];
  /** What of the row nothing here shows. */
  readonly open?: string;
}

const row = (id: string, fault: string, counts: readonly string[], tests: readonly string[] = [], open?: string) =>
  ({ id, fault, counts, tests, ...(open !== undefined && { open }) }) satisfies FaultRow;

const GATEWAY = 'adapters/kalshi/gateway.test.ts: ';
const CLASSIFY = 'adapters/kalshi/classify.test.ts: ';
const WIRE = 'adapters/kalshi/wire.test.ts: ';
const JOURNAL = 'adapters/store/journal.test.ts: ';
const CONFIG = 'app/config/config.test.ts: ';
const HALTS = 'core/engine-halts.test.ts: ';
const SIGNALS = 'processes/run-signals.test.ts: ';
const LOCK = 'adapters/system/lock.test.ts: ';
const SECRET = 'app/keys/secret.test.ts: ';

export const FAULT_ROWS: readonly FaultRow[] = [
  row(
    'F01',
    'create accepted, reply lost',
    ['exchange reply_lost', 'sending → unknown', 'unknown → working'],
    [`${GATEWAY}never sends a create twice`],
  ),
  row(
    'F02',
    'outage with orders resting',
    ['fault link_cut', 'expired while the link was down'],
    [],
    'worlds are cut for 50 s, not for 30 minutes',
  ),
  row(
    'F03',
    '408 and 5xx, before or after the commit',
    ['exchange status', 'unknown → absent'],
    [`${CLASSIFY}is unknown after`],
  ),
  row('F04', '409; an id that is used again', ['wire request_doubled'], [`${JOURNAL}cannot use an id a second time`]),
  row('F05', 'reads that lag', ['exchange read_lag'], []),
  row('F06', 'fill or cancel before the reply', ['exchange reply_delayed', 'sending → filled'], []),
  row(
    'F07',
    'answers without order, truncated, of another order',
    ['exchange order_id_missing', 'exchange reply_truncated', 'wire body_of_another'],
    [`${CLASSIFY}is unknown when the answer has no id`],
  ),
  row(
    'F08',
    'fill while a cancel flies',
    ['working+cancel → filled', 'working+cancel → working'],
    [`${CLASSIFY}is a question when the order is not found`],
  ),
  row(
    'F09',
    'reply of a cancel lost',
    ['exchange reply_lost', 'working+cancel → unknown+cancel', 'unknown+cancel → working+cancel'],
    [],
  ),
  row(
    'F10',
    'amend lost, unknown, or against a fill',
    ['working+amend → unknown+amend', 'working+amend → filled', 'unknown+amend → working'],
    [],
  ),
  row(
    'F11',
    'batches',
    ['batch of cancels'],
    ['adapters/kalshi/rest.test.ts: cancel by id in batches', `${CLASSIFY}that fails whole leaves every order unknown`],
  ),
  row('F12', 'drop, half-open socket', ['fault link_cut', 'fault link_silent'], []),
  row(
    'F13',
    'gap, duplicate, reorder, overflow',
    [
      'exchange frame_dropped',
      'exchange frame_duplicated',
      'exchange frame_reordered',
      'exchange overflow',
      'exchange channel_error',
    ],
    [],
  ),
  row(
    'F14',
    'snapshot behind deltas, or in mid-stream',
    ['wire snapshot_late', 'wire snapshot_twice'],
    ['core/book/books.test.ts: do not believe a delta that comes before a snapshot'],
  ),
  row(
    'F15',
    'a level drifts',
    ['exchange level_drift'],
    ['core/book/book-audit.test.ts: differs when two answers in a row'],
  ),
  row(
    'F16',
    'odd books, grid changes',
    ['fault grid_changed'],
    [
      'core/book/book.test.ts: is crossed when best bid',
      'core/units.test.ts: refuses a price outside [0, 1]',
      'core/grid.test.ts: stays on the grid',
    ],
  ),
  row(
    'F17',
    'message storm, too little processor',
    ['fault starved'],
    ['adapters/kalshi/stream-probe.test.ts: says how late the link is'],
  ),
  row(
    'F18',
    'stale feed',
    ['exchange frame_delayed'],
    ['core/book/books.test.ts: do not take a frame that comes a second time for news'],
  ),
  row('F19', 'fills missing, doubled', ['exchange frame_dropped', 'exchange frame_duplicated', 'unknown → filled'], []),
  row(
    'F20',
    '429, smaller bucket',
    ['exchange too_many_requests', 'fault tier_lowered', 'sending → dropped'],
    [`${GATEWAY}lets cancels use every token`],
  ),
  row(
    'F21',
    'clock off, steps',
    ['fault clock_off', 'exchange timestamp_expired', 'scene midnight'],
    [
      'adapters/kalshi/clock-offset.test.ts: believes at once',
      'adapters/system/steady-wall.test.ts: goes on from where it was',
    ],
  ),
  row('F22', '401/403 in mid-session', ['fault key_revoked', 'fault scope_cut', 'halt AUTH'], []),
  row(
    'F23',
    'HTML, portal, redirect',
    ['exchange html_page'],
    [`${WIRE}refuses a redirect`, `${WIRE}gives a page of HTML`],
  ),
  row(
    'F24',
    'pauses, the weekly window',
    ['fault trading_pause', 'fault exchange_pause', 'scene thursday', 'scene thursday_end'],
    [],
  ),
  row(
    'F25',
    'silent cancels, moved and early close',
    ['fault deactivated', 'order ended in silence', 'fault close_moved', 'fault closed_early', 'scene roll'],
    [],
  ),
  row(
    'F26',
    'settlement: void, disputed, amended, paid twice, before the last fill',
    ['fault result_amended', 'paid before the last fill was known', 'fault closed_early'],
    [
      'core/money/ledger.test.ts: pays the difference of a result that was amended',
      'adapters/kalshi/settlement-value.test.ts: has the value that its market states',
    ],
    'three days late; a fee on the settlement',
  ),
  row('F27', 'group tripped, deleted', ['fault group_tripped', 'halt GROUP'], []),
  row(
    'F28',
    'death at each point',
    [
      'crash at before_commit',
      'crash at after_commit',
      'crash at before_send',
      'crash at after_send',
      'crash at reply',
      'crash at frame',
      'died with an unknown order',
    ],
    [`${JOURNAL}is on disk when commitTurn returns`, `${SIGNALS}the trader: the supervisor cancels by id`],
  ),
  row('F29', 'host gone for good', ['fault gone', 'working → expired'], []),
  row('F30', 'signals', [], [`${SIGNALS}whose reader has gone away`]),
  row('F31', 'disk full, read-only', ['fault disk_full'], [`${JOURNAL}on a full disk fails`]),
  row('F32', 'power loss, torn log, old database', ['power lost'], [`${JOURNAL}is on disk when commitTurn returns`]),
  row('F33', 'two instances', ['fault second_writer'], [`${LOCK}goes to one of many`]),
  row(
    'F34',
    'loop blocked, SIGSTOP',
    ['fault frozen', 'fault starved'],
    ['app/run/progress.test.ts: is missed 20 s after the last turn'],
  ),
  row(
    'F35',
    'upgrade, downgrade, unknown key',
    [],
    ['adapters/store/migrations.test.ts: carries the rows over', `${CONFIG}a config.toml of another program`],
  ),
  row(
    'F36',
    'fair value NaN or out of range',
    [],
    [
      'core/fair-value/fair-value.test.ts: is refused when fixed at',
      'core/quoter/cara.test.ts: is refused for a fair value of',
    ],
    'there is no fair value from outside yet',
  ),
  row('F37', 'all levels of related markets taken', ['fault all_markets_taken', 'fault all_taken'], []),
  row(
    'F38',
    'limits out of range or missing',
    [],
    [`${CONFIG}one missing limit is enough`, 'processes/run-refusals.test.ts: a value out of its range is refused'],
  ),
  row(
    'F39',
    'loss of the day, midnight, restart',
    ['halt LOSS_DAY', 'scene midnight'],
    [`${HALTS}is counted anew from midnight in New York`, 'core/eastern.test.ts: begins a new trading day at midnight'],
  ),
  row(
    'F40',
    'runaway',
    ['halt RUNAWAY'],
    [`${HALTS}that reaches the cap without a fill is a runaway`, 'core/orders/pace.test.ts: is a runaway when'],
  ),
  row(
    'F41',
    'web page: trade, cancel, cash',
    [
      'fault foreign_order',
      'fault foreign_cancel',
      'fault foreign_sweep',
      'fault foreign_trade',
      'fault foreign_transfer',
      'fault deposit',
      'fault withdrawal',
      'fault reward',
      'halt RECONCILE',
    ],
    [],
  ),
  row(
    'F42',
    'keys and databases of another environment',
    [],
    [
      'app/config/environment-stamps.test.ts: for %s, stamped %s',
      `${WIRE}is not made to a host outside its environment`,
    ],
  ),
  row(
    'F43',
    'hostile text, alerts down',
    [],
    [
      'adapters/kalshi/clean-text.test.ts: is one short visible line',
      'commands/hostile-output.test.ts: prints nothing that is obeyed',
      'adapters/alerts/post.test.ts: is not repeated after %s',
      'app/alerts/deliverer.test.ts: each condition is told once by another process, while a webhook that hangs costs the session nothing',
      'adapters/alerts/encoders.test.ts: holds no sign that hides, turns or obeys, and no link to click, in any channel (F43)',
    ],
  ),
  row(
    'F44',
    'marked secrets',
    [],
    [`${SECRET}leaves everything else as it was`, 'commands/canary.test.ts: are in nothing that was printed'],
    'the run with marked secrets (npm run canary) is not over every row',
  ),
];
