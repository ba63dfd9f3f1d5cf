/** Questions to a person at a terminal, on stderr. Never asked where nobody sits: whoever calls has made sure of that. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface PromptStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Both ends are terminals. */
export function isPersonThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** One line, shown as it is typed. Undefined when it was left with ^C or ^D. */
export function ask(question: string, streams: PromptStreams = TERMINAL): Promise<string | undefined> {
  return readLine(question, streams.input, streams.output, streams.output);
}

/** One line, shown nowhere. */
export async function askHidden(question: string, streams: PromptStreams = TERMINAL): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await readLine(question, streams.input, streams.output, nowhere);
  } finally {
    streams.output.write('\n');
  }
}

const TERMINAL: PromptStreams = { input: process.stdin, output: process.stderr };

function readLine(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  echo: NodeJS.WritableStream,
): Promise<string | undefined> {
  // With `terminal` it takes the terminal's own echo away and shows what is typed on `echo` alone. Only then is the
  // question asked: an answer that comes at once must not be seen either.
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
    lines.once('SIGINT', () => lines.close());
  });
}
