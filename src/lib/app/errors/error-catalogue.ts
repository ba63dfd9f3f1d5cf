/**
 * Every way in which kmm says no, in one table: what the code stands for, what it means for the position, what to do
 * next, and the exit code. `kmm explain CODE` and docs/errors.md are printed from it. A code is never given a new meaning.
 */

import { ARCHIVE_ERRORS } from './archive-errors.ts';
import { BACKTEST_ERRORS } from './backtest-errors.ts';
import { DB_ERRORS } from './db-errors.ts';
import { type CatalogueEntry, NOTHING_SENT, SHOW_CONFIG } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';
import { KEY_ERRORS } from './key-errors.ts';
import { MODEL_ERRORS } from './model-errors.ts';
import { REPORT_ERRORS } from './report-errors.ts';
import { SWEEP_ERRORS } from './sweep-errors.ts';
import { TAPE_ERRORS } from './tape-errors.ts';
import { TRADE_ERRORS } from './trade-errors.ts';

export type { CatalogueEntry } from './error-entry.ts';

const ENDED = 'trading has stopped; cancels were sent to every order of this session, leases end what they missed';

export const CATALOGUE = {
  // 1: kmm is wrong, or the machine failed under it
  KMM_BUG: {
    exit: EXIT.bug,
    title: 'kmm met a case its authors did not foresee',
    position: 'unknown to this command; a running trader is another process and goes on, leases end what rests',
    next: ['kmm kill', 'report the trace above with the command line'],
  },
  KMM_INVARIANT: {
    exit: EXIT.bug,
    title: 'an assertion that must always hold was broken, so the trader cancelled everything and stopped',
    position: ENDED,
    next: ['kmm kill', 'replay the tape named above and report it', 'kmm resume INVARIANT'],
  },
  KMM_JOURNAL: {
    exit: EXIT.bug,
    title: 'the journal could not be written to disk, and what cannot be journaled is not sent',
    position: ENDED,
    next: ['free the disk or mend the file system', 'kmm db check', 'kmm resume JOURNAL', 'kmm run'],
  },
  KMM_TRADER_LOST: {
    exit: EXIT.bug,
    title: 'the trader process died or stalled and could not be started again',
    position: 'the supervisor cancelled our orders by id; what it could not reach ends with its lease',
    next: ['look at the last lines of the log above', 'kmm kill', 'kmm resume INVARIANT'],
  },

  // 2: the command line, or a file named on it
  KMM_USAGE: {
    exit: EXIT.usage,
    title: 'the command line was not understood',
    position: NOTHING_SENT,
    next: ['kmm --help'],
  },
  KMM_NOT_CONFIRMED: {
    exit: EXIT.usage,
    title: 'a step that is not easily taken back was not confirmed',
    position: NOTHING_SENT,
    next: [
      'run it on a terminal and answer',
      '--yes where it is offered',
      '--confirm with the last four signs of the key id',
    ],
  },
  KMM_NOTHING_RECORDED: {
    exit: EXIT.usage,
    title: 'no session has run here yet, so there is nothing to tell of one',
    position: NOTHING_SENT,
    next: ['kmm run', 'name another environment with --env'],
  },
  KMM_ALERT_UNKNOWN: {
    exit: EXIT.usage,
    title: 'there is no alert of that id or key',
    position: NOTHING_SENT,
    next: ['kmm alert list'],
  },
  KMM_TICKER_UNKNOWN: {
    exit: EXIT.usage,
    title: 'the exchange knows no such market, event or series in this environment',
    position: NOTHING_SENT,
    next: ['kmm markets search WORDS', 'kmm markets list', 'name the series alone, e.g. kmm book KXBTC15M'],
  },
  KMM_TICKER_CLOSED: {
    exit: EXIT.usage,
    title: 'the market is closed or settled, so there is nothing to quote or to watch',
    position: NOTHING_SENT,
    next: ['name the series alone to follow the market that is open'],
  },
  ...TAPE_ERRORS,
  KMM_OUTCOMES_BAD: {
    exit: EXIT.usage,
    title: 'the file of outcomes cannot be read or lacks a column',
    position: NOTHING_SENT,
    next: ['its first line names the columns; ticker, strike and result must be among them'],
  },
  KMM_MISCHIEF_BAD: {
    exit: EXIT.usage,
    title: 'the plan of faults for the embedded exchange cannot be read or names something that is not there',
    position: NOTHING_SENT,
    next: [
      'kmm sim serve --mischief SEED draws a plan',
      'GET /trade-api/v2/sim/faults, with the control token, shows the plan that runs',
    ],
  },

  ...REPORT_ERRORS,
  ...MODEL_ERRORS,
  ...SWEEP_ERRORS,
  ...DB_ERRORS,
  ...ARCHIVE_ERRORS,
  KMM_PROBE_FILE: {
    exit: EXIT.usage,
    title: 'the file named with --like holds no answers of a probe',
    position: NOTHING_SENT,
    next: ['kmm auth probe --env demo writes one', 'ls the folder probe in the data directory'],
  },

  // 3: configuration and the machine kmm stands on
  KMM_NODE_VERSION: {
    exit: EXIT.config,
    title: 'this Node is too old: kmm needs 22.15, and 22.18 when it runs from a clone',
    position: NOTHING_SENT,
    next: ['npm ci', 'npx kmm', 'install Node 24 from nodejs.org'],
  },
  KMM_CONFIG_UNREADABLE: {
    exit: EXIT.config,
    title: 'the config file is missing or may not be read',
    position: NOTHING_SENT,
    next: ['cp config.example.toml config.toml', SHOW_CONFIG],
  },
  KMM_CONFIG_SYNTAX: {
    exit: EXIT.config,
    title: 'the config file is not valid TOML',
    position: NOTHING_SENT,
    next: ['mend the line named above', SHOW_CONFIG],
  },
  KMM_CONFIG_SCHEMA: {
    exit: EXIT.config,
    title: 'the config file does not say schema = "kmm/1", so it is a stranger\'s or of another version',
    position: NOTHING_SENT,
    next: ['write schema = "kmm/1" as its first line', 'compare with config.example.toml'],
  },
  KMM_CONFIG_UNKNOWN_KEY: {
    exit: EXIT.config,
    title: 'a key, table or variable of the configuration that kmm does not know',
    position: NOTHING_SENT,
    next: ['compare with config.example.toml', SHOW_CONFIG],
  },
  KMM_CONFIG_VALUE: {
    exit: EXIT.config,
    title: 'a value of the configuration is of the wrong kind or outside its range',
    position: NOTHING_SENT,
    next: ['compare with config.example.toml', SHOW_CONFIG],
  },
  KMM_CONFIG_MISSING: {
    exit: EXIT.config,
    title: 'a limit has no value; only sim has a built-in preset, a limit is never guessed for real money',
    position: NOTHING_SENT,
    next: ['cp config.example.toml config.toml', 'set the key named above', SHOW_CONFIG],
  },
  KMM_ALERT_CHANNEL: {
    exit: EXIT.config,
    title: 'the file with the address or the token of an alert channel cannot be used, or no channel is configured',
    position: NOTHING_SENT,
    next: [
      'chmod 600 the file named above',
      'set url_file in the table of the channel, e.g. [alerts.ntfy]',
      SHOW_CONFIG,
    ],
  },
  KMM_REFERENCE_KEY: {
    exit: EXIT.config,
    title: 'the file with the key of a reference source cannot be used',
    position: NOTHING_SENT,
    next: ['chmod 600 the file named above', 'set references.polygon.key_file', SHOW_CONFIG],
  },
  KMM_HOME: {
    exit: EXIT.config,
    title: 'the data directory cannot be made or written, or other users may write to it',
    position: NOTHING_SENT,
    next: ['set KMM_HOME to a directory of yours', 'chmod 700 the directory named above'],
  },
  KMM_DB_NEWER: {
    exit: EXIT.config,
    title: 'the database was written by a newer kmm, and going back would lose what it knows',
    position: NOTHING_SENT,
    next: ['upgrade kmm', 'set KMM_HOME to another directory'],
  },
  KMM_DB_ENV: {
    exit: EXIT.config,
    title: 'the database is stamped with another environment than the one asked for',
    position: NOTHING_SENT,
    next: ['check --env and KMM_ENV', 'set KMM_HOME to another directory'],
  },
  KMM_DB_UNREADABLE: {
    exit: EXIT.config,
    title: 'the database cannot be opened or does not pass its check',
    position: NOTHING_SENT,
    next: ['kmm db check', 'kmm db restore FILE', 'set KMM_HOME to another directory'],
  },
  KMM_CONFIG_ENV: {
    exit: EXIT.config,
    title: 'the config file says that it is for another environment, or, for production, does not say that it is',
    position: NOTHING_SENT,
    next: ['check --env and KMM_ENV', 'name the right file with --config', SHOW_CONFIG],
  },
  KMM_LOCK_ENV: {
    exit: EXIT.config,
    title: 'the lock in this data directory was taken for another environment, so the directory was moved or mixed up',
    position: NOTHING_SENT,
    next: ['check --env and KMM_ENV', 'set KMM_HOME to another directory'],
  },
  KMM_HOST_ENV: {
    exit: EXIT.config,
    title: 'the address is not on the list of hosts of this environment, and no other is ever spoken to',
    position: NOTHING_SENT,
    next: ['check --env and KMM_ENV', SHOW_CONFIG],
  },
  KMM_TLS: {
    exit: EXIT.config,
    title: 'a variable of this shell lets anybody vouch for the exchange',
    position: NOTHING_SENT,
    next: ['unset NODE_TLS_REJECT_UNAUTHORIZED'],
  },
  KMM_PORT_IN_USE: {
    exit: EXIT.config,
    title: 'another program listens on that port',
    position: NOTHING_SENT,
    next: ['--port 0 takes a free one', 'stop the other program'],
  },
  KMM_SIM_URL: {
    exit: EXIT.config,
    title: 'the embedded exchange is only ever spoken to on loopback, and that address is not',
    position: NOTHING_SENT,
    next: ['give http://127.0.0.1:PORT', 'for the real exchange use --env demo or --env prod'],
  },

  // 4: key, scope, clock
  ...KEY_ERRORS,

  // 5: the exchange
  KMM_UNREACHABLE: {
    exit: EXIT.unreachable,
    title: 'the exchange does not answer',
    position: 'nothing more can be cancelled from here until it does; what rests ends with its lease',
    next: ['check the network', 'kmm kill', 'cancel on the web page'],
  },
  KMM_EXCHANGE_PAUSED: {
    exit: EXIT.unreachable,
    title: 'the exchange is paused or closed for maintenance; creates and cancels are refused alike',
    position: 'positions stay; orders marked cancel-on-pause are gone, the others end with their lease',
    next: ['wait for the resume time of the exchange', 'kmm run'],
  },

  // 6: refused by risk
  KMM_RISK_REFUSED: {
    exit: EXIT.risk,
    title: 'the risk gate refused: with it, the worst loss would pass a limit',
    position: 'positions are unchanged, resting orders stay',
    next: [SHOW_CONFIG, 'kmm quote TICKER'],
  },
  KMM_HALTED: {
    exit: EXIT.risk,
    title: 'a halt that only the operator clears is latched, and a restart does not clear it',
    position: 'nothing is quoted; positions stay',
    next: ['read the reason named above', 'kmm resume', 'kmm run'],
  },
  KMM_HALT_STAYS: {
    exit: EXIT.risk,
    title: 'this halt is not one that the operator can clear now',
    position: 'nothing was cleared; what is halted stays so',
    next: ['kmm resume'],
  },
  KMM_PROD_NOT_ARMED: {
    exit: EXIT.risk,
    title: 'production is not armed, so nothing that could trade is sent to it',
    position: NOTHING_SENT,
    next: ['kmm auth arm prod --for 8h --exposure-dollars-max 500', 'kmm run --env demo'],
  },

  // 7, 8, 9, 10
  KMM_RECONCILE: {
    exit: EXIT.reconcile,
    title: "our cash or positions differ from the exchange's own, so no total is printed",
    position: 'quoting is halted; our orders were cancelled, positions stay',
    next: ['kmm settle', 'kmm risk reconcile', 'compare with the web page', 'kmm kill'],
  },
  KMM_LOCKED: {
    exit: EXIT.locked,
    title: 'another kmm holds the lock of this environment',
    position: 'the other one goes on; this one has sent nothing',
    next: ['kmm kill', 'set KMM_HOME to another directory for a second sim'],
  },
  KMM_CANCEL_UNCONFIRMED: {
    exit: EXIT.unconfirmed,
    title: 'not every order is proved gone',
    position: 'orders may rest and fill until their leases end',
    next: ['kmm kill', 'cancel on the web page', 'wait for the lease named above'],
  },
  KMM_REPLAY_DIFFERS: {
    exit: EXIT.gate,
    title: 'the replay asks for other intents than the session did, or the tape is not the one that it wrote',
    position: NOTHING_SENT,
    next: [
      'look at the first difference named above, and whether it says that the tape has changed',
      'replay with the version that recorded the tape',
    ],
  },

  // recorded data, 10
  ...BACKTEST_ERRORS,

  // by hand, 2 to 9
  ...TRADE_ERRORS,

  // by signal
  KMM_INTERRUPTED: {
    exit: EXIT.interrupted,
    title: 'a second interrupt ended the command before the cancels were proved',
    position: 'the orders listed above may rest until their leases end',
    next: ['kmm kill'],
  },
  KMM_TERMINATED: {
    exit: EXIT.terminated,
    title: 'a second SIGTERM ended the command before the cancels were proved',
    position: 'the orders listed above may rest until their leases end',
    next: ['kmm kill'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type ErrorCode = keyof typeof CATALOGUE;
