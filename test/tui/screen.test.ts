import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { glyphs } from '../../src/format.ts';
import type { ScreenVerb } from '../../src/tui/keys.ts';
import { type Screen, startScreen } from '../../src/tui/screen.ts';
import { at, view } from './views.ts';

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';
const BEGIN_FRAME = '\u001b[?2026h';
const DOWN = '\u001b[B';

/** A terminal of 80×24 that remembers what was written to it. */
class Terminal {
  readonly stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => {},
    ref: () => {},
    unref: () => {},
  });
  readonly stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  readonly verbs: ScreenVerb[] = [];
  readonly selected: string[] = [];
  readonly gone: string[] = [];
  text = '';
  elapsedMs = 0;

  constructor() {
    this.stdout.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
    });
  }

  start(): Screen {
    return startScreen({
      signs: glyphs(false),
      onVerb: (verb) => this.verbs.push(verb),
      onSelect: (ticker) => this.selected.push(ticker),
      onGone: (reason) => this.gone.push(reason),
      monotonicMs: () => this.elapsedMs,
      stdin: this.stdin as unknown as NodeJS.ReadStream,
      stdout: this.stdout as unknown as NodeJS.WriteStream,
    });
  }

  /** Presses a key and lets the screen take it in. */
  async press(key: string): Promise<void> {
    this.stdin.write(key);
    await wait(60);
  }

  async until(text: string): Promise<void> {
    for (let tries = 0; tries < 40 && !this.text.includes(text); tries++) await wait(25);
    expect(this.text).toContain(text);
  }
}

describe('the terminal', () => {
  test('is left as it was, once, and what is printed afterwards stays', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    screen.show(view());
    await terminal.until('quoting');
    expect(terminal.text).toContain(ENTER);
    await screen.stop();
    await screen.stop();
    terminal.stdout.write('summary');
    await wait(20);
    expect(terminal.text.split(LEAVE)).toHaveLength(2);
    expect(terminal.text.indexOf('summary')).toBeGreaterThan(terminal.text.indexOf(LEAVE));
    expect(terminal.gone).toEqual([]);
  });

  test('is not touched when there was nothing to show', async () => {
    const terminal = new Terminal();
    await terminal.start().stop();
    expect(terminal.text).toBe('');
  });

  test('has environment and state in its title', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    screen.show(view({ env: 'prod' }));
    screen.show(view({ env: 'prod', state: 'halted' }));
    await terminal.until('kmm PROD halted');
    expect(terminal.text).toContain('\u001b]0;kmm PROD quoting\u0007');
    await screen.stop();
  });

  test('ages the last view by its own clock when no other comes', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    screen.show(view());
    await terminal.until('quoting');
    expect(terminal.text).not.toContain('SILENT');
    terminal.elapsedMs = 38_000;
    await terminal.until('TRADER SILENT last 14:02:11, 38 s');
    await screen.stop();
  });

  test('takes no line of the supervisor for a word of a trader that is silent', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    screen.show(view());
    await terminal.until('quoting');
    terminal.elapsedMs = 38_000;
    screen.show(view({ log: [{ at: at(38_000), level: 'error', text: 'the trader has died (SIGKILL)' }] }));
    await terminal.until('the trader has died');
    expect(terminal.text).toContain('TRADER SILENT last 14:02:11, 38 s');
    await screen.stop();
  });

  test('is drawn at most eight times a second however many views come', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    const started = performance.now();
    for (let count = 0; count < 50; count++) {
      screen.show(view({ at: at(count), account: `A${count}` }));
      await wait(10);
    }
    const seconds = (performance.now() - started) / 1000;
    const frames = terminal.text.split(BEGIN_FRAME).length - 1;
    expect(frames).toBeGreaterThan(1);
    expect(frames).toBeLessThanOrEqual(seconds * 8 + 2);
    screen.show(view({ account: 'the-last-one' }));
    await terminal.until('the-last-one');
    await screen.stop();
  });
});

describe('keys', () => {
  test('K K kills, and between them the question is on the screen', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    screen.show(view());
    await terminal.until('[K]ill');
    await terminal.press('K');
    await terminal.until('again kills');
    expect(terminal.verbs).toEqual([]);
    await terminal.press('K');
    expect(terminal.verbs).toEqual(['kill']);
    await screen.stop();
  });

  test('q stops, ^C interrupts, an arrow chooses the next market', async () => {
    const terminal = new Terminal();
    const screen = terminal.start();
    screen.show(view());
    await terminal.until('[q] stop');
    await terminal.press(DOWN);
    await terminal.press('\u0003');
    await terminal.press('q');
    expect(terminal.selected).toEqual(['KXBTCD-26NOV2017-T104999.99']);
    expect(terminal.verbs).toEqual(['interrupt', 'stop']);
    await screen.stop();
  });
});

test('a screen that fails says so and leaves the terminal', async () => {
  const terminal = new Terminal();
  const screen = terminal.start();
  screen.show(view());
  await terminal.until('quoting');
  screen.show({ ...view(), markets: undefined as never });
  for (let tries = 0; tries < 40 && terminal.gone.length === 0; tries++) await wait(25);
  expect(terminal.gone).toHaveLength(1);
  expect(terminal.text).toContain(LEAVE);
  await screen.stop();
});
