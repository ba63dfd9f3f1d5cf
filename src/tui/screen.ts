/**
 * The terminal while `kmm run` shows its screen: the alternate screen, at most eight frames a second, restored whatever
 * happens. It keeps the last view and re-stamps its ages by its own clock, so a trader that falls silent is seen to.
 */
import { type Instance, render } from 'ink';
import { createElement } from 'react';
import type { Glyphs } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { TraderView } from '../lib/core/view.ts';
import { TerminalApp } from './app.ts';
import type { ScreenVerb } from './keys.ts';

export interface ScreenOptions {
  readonly onVerb: (verb: ScreenVerb) => void;
  readonly onSelect: (ticker: string) => void;
  /** The screen is gone although nobody stopped it; the trader goes on, and so should the caller, with log lines. */
  readonly onGone: (reason: string) => void;
  readonly signs: Glyphs;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs?: () => number;
}

export interface Screen {
  show(view: TraderView): void;
  /** Leaves the alternate screen; what is printed after it resolves stays visible. */
  stop(): Promise<void>;
}

/** Eight frames a second at most, and two at least: ages go on when no view comes. */
const FRAME_MS = 125;
const RESTAMP_MS = 500;
const SAVE_TITLE = '\u001b[22;0t';
const RESTORE_TITLE = '\u001b[23;0t';

export function startScreen(options: ScreenOptions): Screen {
  const { stdin = process.stdin, stdout = process.stdout, monotonicMs = () => performance.now() } = options;
  let last: { view: TraderView; receivedMs: number } | undefined;
  let isDrawn = true;
  let framesSinceDrawn = 0;
  let instance: Instance | undefined;
  let titleShown = '';
  let isStopped = false;

  const draw = (): void => {
    if (last === undefined || isStopped) return;
    const now = Math.round(last.view.at + monotonicMs() - last.receivedMs) as EpochMs;
    const { onVerb, onSelect, signs } = options;
    const app = createElement(TerminalApp, { view: last.view, now, signs, onVerb, onSelect });
    if (instance === undefined) instance = mount(app);
    else instance.rerender(app);
    isDrawn = true;
    framesSinceDrawn = 0;
    entitle(`kmm ${last.view.env.toUpperCase()} ${last.view.state}`);
  };

  const entitle = (title: string): void => {
    if (title === titleShown || isStopped) return;
    titleShown = title;
    stdout.write(`\u001b]0;${title}\u0007`);
  };

  const mount = (app: Parameters<typeof render>[0]): Instance => {
    stdout.write(SAVE_TITLE);
    const mounted = render(app, {
      stdin,
      stdout,
      exitOnCtrlC: false,
      patchConsole: false,
      alternateScreen: true,
      incrementalRendering: true,
      interactive: true,
    });
    mounted.waitUntilExit().then(
      () => gone('the terminal closed it'),
      (error: unknown) => gone(error instanceof Error ? error.message : String(error)),
    );
    return mounted;
  };

  const gone = (reason: string): void => {
    if (isStopped) return;
    isStopped = true;
    clearInterval(timer);
    stdout.write(RESTORE_TITLE);
    options.onGone(reason);
  };

  const timer = setInterval(() => {
    framesSinceDrawn++;
    if (!isDrawn || framesSinceDrawn * FRAME_MS >= RESTAMP_MS) draw();
  }, FRAME_MS);
  timer.unref();

  return {
    show(view) {
      // The same view with another log: lines of the supervisor make no dead trader speak.
      const receivedMs = view.at === last?.view.at ? last.receivedMs : monotonicMs();
      last = { view, receivedMs };
      isDrawn = false;
      if (instance === undefined) draw();
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      if (instance === undefined) return;
      instance.unmount();
      await instance.waitUntilExit();
      stdout.write(RESTORE_TITLE);
    },
  };
}
