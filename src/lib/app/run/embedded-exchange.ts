/** The embedded exchange as a child of this process: started, listened to, ended. */

import type { LogLine } from '../../core/view.ts';
import type { LogLevel } from '../config/config-schema.ts';
import { KmmError } from '../errors/errors.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { endOf, exited, received, startChild } from './child.ts';
import type { ExchangeStart, FromExchange, ToExchange } from './messages.ts';

export interface Listening {
  readonly link: ExchangeLink;
  /** What there is to say about the world's files. */
  readonly notes: readonly string[];
  /** Series of a recording. */
  readonly series?: readonly string[];
}

export interface ExchangeHooks {
  /** Said where the log says everything. */
  readonly onLog?: (line: LogLine) => void;
  /** The recording has been played to its end. */
  readonly onOver: () => void;
  /** It has ended although nobody asked it to; its orders are gone with it. */
  readonly onLost: (how: string) => void;
}

/** One that does not end is killed after this. */
const END_MS = 5_000;

export class EmbeddedExchange {
  /** Rejects with what is wrong: a port, a recording, a file of outcomes. */
  readonly listening: Promise<Listening>;
  readonly #child = startChild('exchange-process');
  #isEnding = false;

  constructor(start: ExchangeStart, hooks: ExchangeHooks) {
    const child = this.#child;
    this.listening = new Promise((resolve, reject) => {
      child.on('message', (message: FromExchange) => {
        if (message.type === 'listening') resolve(message);
        else if (message.type === 'log') hooks.onLog?.(message.line);
        else if (message.type === 'failed') reject(received(message.error));
        else hooks.onOver();
      });
      child.once('exit', () => {
        reject(new KmmError('KMM_UNREACHABLE', `the embedded exchange did not start (${endOf(child)})`));
        if (!this.#isEnding) hooks.onLost(endOf(child));
      });
    });
    // Nobody may be waiting any more when it fails.
    this.listening.catch(() => {});
    child.send(start);
  }

  setLogLevel(level: LogLevel): void {
    this.#tell({ type: 'log_level', level });
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    const child = this.#child;
    this.#tell({ type: 'end' });
    const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await exited(child);
    clearTimeout(killer);
  }

  #tell(message: ToExchange): void {
    if (this.#child.connected) this.#child.send(message);
  }
}
