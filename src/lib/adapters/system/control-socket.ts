/**
 * A local socket on which another process of the same user asks this one something: one JSON object a line, each answered
 * by one line. What is too long, is no JSON, or comes too slowly ends its connection and nothing else.
 *
 * Only the owner can reach it: mode 0600, in a folder of mode 0700.
 */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface ControlServer {
  close(): Promise<void>;
}

export interface ControlOptions {
  readonly path: string;
  /** Answers a line; what it throws or rejects with is its own bug, and ends the connection. */
  readonly answer: (request: unknown) => Promise<unknown>;
}

/** The longest request and answer, in characters: far above any of ours. A view of 200 markets is the longest answer. */
const REQUEST_MAX = 64 * 1_024;
const ANSWER_MAX = 4 * 1_024 * 1_024;
const CLIENTS_MAX = 16;
/** A client that does not read its answer is waited for no longer. */
const LAST_WORD_MS = 500;
/** A client that says nothing for so long, while nothing is being answered, has gone. */
const IDLE_MS = 30_000;

/** Takes the place of a socket that a dead process left. Rejects when the file system refuses. */
export async function listenControl({ path, answer }: ControlOptions): Promise<ControlServer> {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, answer);
  });
  server.maxConnections = CLIENTS_MAX;
  await listening(server, path);
  chmodSync(path, 0o600);
  // Nobody's process lives longer for it.
  server.unref();
  return {
    async close() {
      // What is being answered in this moment still gets out.
      await new Promise((resolve) => setImmediate(resolve));
      for (const socket of sockets) socket.destroySoon();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, LAST_WORD_MS);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearTimeout(cut);
    },
  };
}

/** `unreachable`: nobody listens there, or what came back is no answer. */
export type ControlReply =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** One request, one answer. Never rejects. */
export function askControl(path: string, request: object, timeoutMs: number): Promise<ControlReply> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (reply: ControlReply) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const fail = (reason: string) => settle({ kind: 'unreachable', reason });
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1_000} s`), timeoutMs);
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('closed without an answer'));
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    eachLine(socket, ANSWER_MAX, (line) => {
      const value = parsed(line);
      if (value === undefined) fail('an answer that is not JSON');
      else settle({ kind: 'answer', value });
    });
  });
}

function converse(socket: Socket, answer: ControlOptions['answer']): void {
  let open = 0;
  socket.on('error', () => {});
  socket.setTimeout(IDLE_MS, () => {
    if (open === 0) socket.destroy();
  });
  eachLine(socket, REQUEST_MAX, (line) => {
    const request = parsed(line);
    if (request === undefined) return void socket.end(`${JSON.stringify(NOT_UNDERSTOOD)}\n`);
    open += 1;
    answer(request).then(
      (reply) => {
        open -= 1;
        if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
      },
      () => socket.destroy(),
    );
  });
}

const NOT_UNDERSTOOD = { kind: 'failed', code: 'KMM_USAGE', message: 'the request is not JSON' };

/** Whole lines; a line that grows beyond the longest ends the connection. */
function eachLine(socket: Socket, lengthMax: number, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0 && !socket.destroyed; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line.length > lengthMax) return void socket.destroy();
      if (line.trim() !== '') take(line);
    }
    if (rest.length > lengthMax) socket.destroy();
  });
}

function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      // A client that cannot be accepted is that client's trouble.
      server.on('error', () => {});
      resolve();
    });
  });
}
