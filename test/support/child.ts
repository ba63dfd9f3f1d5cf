/** Runs a piece of code in a process of its own, for tests of what outlives a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const SOURCE = new URL('../../src/', import.meta.url).href;

export class Child {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<void>;

  constructor(program: ChildProcess) {
    this.#process = program;
    this.#lines = createInterface({ input: program.stdout! })[Symbol.asyncIterator]();
    this.#exited = new Promise((resolve) => program.once('exit', () => resolve()));
    onTestFinished(() => this.kill());
  }

  /** The next line it prints; undefined when it has ended. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  /** SIGKILL: nothing of it runs any more when this resolves. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }
}

/**
 * @param code the body of a module; imports with paths below src, such as `import('src/lib/ports.ts')`, are resolved
 * @param fileKilobytes no file that it writes can grow longer: a full disk
 */
export function startChild(code: string, fileKilobytes?: number): Child {
  const module = code.replaceAll(/'src\//g, `'${SOURCE}`);
  const limit = fileKilobytes === undefined ? '' : `ulimit -f ${fileKilobytes}; `;
  const node = ['--input-type=module', '--no-warnings', '--eval', module];
  const options = { stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] };
  return new Child(spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...node], options));
}
