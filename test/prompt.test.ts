import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ask, askHidden } from '../src/prompt.ts';

function terminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  return { input, output, shown: () => shown };
}

describe('a hidden question', () => {
  it('shows the question and nothing of the answer', async () => {
    const { input, output, shown } = terminal();
    const answer = askHidden('passphrase: ', { input, output });
    for (const sign of 'canary-phrase') input.write(sign);
    input.write('\r');
    expect(await answer).toBe('canary-phrase');
    await new Promise(setImmediate);
    expect(shown()).toBe('passphrase: \n');
  });

  it('may be corrected while it is typed', async () => {
    const { input, output } = terminal();
    const answer = askHidden('? ', { input, output });
    input.write('abX\x7fc\r');
    expect(await answer).toBe('abc');
  });

  it.each([
    ['^C', '\x03'],
    ['^D', '\x04'],
  ])('is left with %s', async (_name, sign) => {
    const { input, output } = terminal();
    const answer = askHidden('? ', { input, output });
    input.write(sign);
    expect(await answer).toBeUndefined();
  });
});

it('an open question shows what is typed', async () => {
  const { input, output, shown } = terminal();
  const answer = ask('sure? ', { input, output });
  input.write('yes\r');
  expect(await answer).toBe('yes');
  expect(shown()).toContain('yes');
});
