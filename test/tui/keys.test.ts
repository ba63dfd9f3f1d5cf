import { describe, expect, test } from 'vitest';
import { glyphs } from '../../src/format.ts';
import { actionOf, footerText, KEY_PAGE, type ScreenMode } from '../../src/tui/keys.ts';

const press = (input: string, mode: ScreenMode = 'normal', state: 'quoting' | 'paused' | 'stopping' = 'quoting') =>
  actionOf({ input }, mode, state);

describe('keys', () => {
  test.each([
    ['q', { kind: 'verb', verb: 'stop' }],
    ['p', { kind: 'verb', verb: 'pause' }],
    ['K', { kind: 'ask-kill' }],
    ['?', { kind: 'keys' }],
    ['k', { kind: 'none' }],
    ['Q', { kind: 'none' }],
    ['', { kind: 'none' }],
  ])('%j alone', (input, action) => expect(press(input)).toEqual(action));

  test('kill takes one confirming key and no more', () => {
    expect(press('K', 'asking-kill')).toEqual({ kind: 'verb', verb: 'kill' });
  });

  test.each(['k', 'y', 'q', '\r', ''])('%j at the question does not kill', (input) => {
    expect(press(input, 'asking-kill')).toEqual({ kind: 'back' });
  });

  test('kill can be asked for from everywhere', () => {
    expect(press('K', 'keys')).toEqual({ kind: 'ask-kill' });
    expect(press('K', 'normal', 'stopping')).toEqual({ kind: 'ask-kill' });
  });

  test('p resumes what is paused', () => {
    expect(press('p', 'normal', 'paused')).toEqual({ kind: 'verb', verb: 'resume' });
  });

  test('a stopping trader takes no second stop from the keyboard', () => {
    expect(press('q', 'normal', 'stopping')).toEqual({ kind: 'none' });
    expect(press('p', 'normal', 'stopping')).toEqual({ kind: 'none' });
  });

  test('^C is an interrupt in every mode, other control keys are nothing', () => {
    for (const mode of ['normal', 'asking-kill', 'keys'] as const) {
      expect(actionOf({ input: 'c', isControl: true }, mode, 'quoting')).toEqual({ kind: 'verb', verb: 'interrupt' });
    }
    expect(actionOf({ input: 'q', isControl: true }, 'normal', 'quoting')).toEqual({ kind: 'none' });
  });

  test('a page is opened and left by its number, and 1 is the overview', () => {
    for (const [key, page] of [
      ['4', 'money'],
      ['5', 'risk'],
    ] as const) {
      expect(actionOf({ input: key }, 'normal', 'quoting')).toEqual({ kind: page });
      expect(actionOf({ input: key }, page, 'quoting')).toEqual({ kind: 'back' });
      expect(actionOf({ input: '1' }, page, 'stopping')).toEqual({ kind: 'back' });
    }
    expect(actionOf({ input: '4' }, 'risk', 'quoting')).toEqual({ kind: 'money' });
  });

  test('arrows choose the market', () => {
    expect(actionOf({ input: '', isUp: true }, 'normal', 'quoting')).toEqual({ kind: 'select', step: -1 });
    expect(actionOf({ input: '', isDown: true }, 'normal', 'quoting')).toEqual({ kind: 'select', step: 1 });
  });
});

describe('the footer names the keys that do something now', () => {
  const signs = glyphs(false);
  test('while quoting', () => expect(footerText('normal', 'quoting', signs)).toContain('[p] pause'));
  test('while paused', () => expect(footerText('normal', 'paused', signs)).toContain('[p] resume'));
  test('while stopping', () => expect(footerText('normal', 'stopping', signs)).not.toContain('[q]'));
  test('at the question', () => expect(footerText('asking-kill', 'quoting', signs)).toContain('[K] again kills'));

  test('in 80 columns, always', () => {
    for (const mode of ['normal', 'asking-kill', 'keys', 'risk', 'money'] as const) {
      for (const state of ['quoting', 'paused', 'stopping'] as const) {
        expect(footerText(mode, state, signs).length).toBeLessThanOrEqual(80);
      }
    }
    for (const line of KEY_PAGE) expect(line.length).toBeLessThanOrEqual(80);
  });
});

test('5 shows the limits from anywhere but the question whether to kill, and 1 or 5 goes back', () => {
  expect(actionOf({ input: '5' }, 'normal', 'quoting')).toEqual({ kind: 'risk' });
  expect(actionOf({ input: '5' }, 'risk', 'quoting')).toEqual({ kind: 'back' });
  expect(actionOf({ input: '1' }, 'risk', 'stopping')).toEqual({ kind: 'back' });
  expect(actionOf({ input: '5' }, 'asking-kill', 'quoting')).toEqual({ kind: 'back' });
  expect(actionOf({ input: 'K' }, 'risk', 'quoting')).toEqual({ kind: 'ask-kill' });
  expect(actionOf({ input: 'p' }, 'risk', 'quoting')).toEqual({ kind: 'verb', verb: 'pause' });
});
