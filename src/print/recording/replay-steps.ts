/**
 * `kmm replay --step`: a session turn by turn, at a person's pace or a script's. Reads commands line by line, from a terminal or
 * a pipe alike; the end of the lines is the end of the replay.
 */
import type { Replay } from '../../lib/app/recording/replay-session.ts';
import { decisionAt, marketsAt } from '../../lib/app/recording/replay-state.ts';
import type { PlayedTurn } from '../../lib/app/recording/session-player.ts';
import { decisionLines, intentText, marketLines, momentText, type ReplayStyle } from './replay-text.ts';

export const STEP_HELP =
  'Enter or n: next turn that asks for something · t: next turn · N: turn N · w [TICKER]: why · s: state · go: to the end · q: leave';

export interface StepOptions {
  readonly replay: Replay;
  readonly lines: AsyncIterable<string>;
  readonly session: number | undefined;
  readonly style: ReplayStyle;
  readonly say: (line: string) => void;
  /** What is shown before a line is waited for. */
  readonly prompt: () => void;
  readonly onTurn?: (turn: PlayedTurn) => void;
}

/** Until the tape ends, `q`, or no more lines. */
export async function stepThrough(options: StepOptions): Promise<void> {
  const { replay, lines, style, say, prompt, onTurn } = options;
  const turns = replay.turns();
  let turn = nextTurn(turns, asks);
  const show = () => {
    if (turn === undefined) return;
    onTurn?.(turn);
    for (const line of turnLines(turn, style)) say(line);
  };
  show();
  if (turn !== undefined) prompt();
  for await (const typed of turn === undefined ? NOTHING : lines) {
    const [word = '', argument] = typed.trim().split(/\s+/);
    const isWanted = moveOf(word, argument);
    if (word === 'q' || word === 'quit') break;
    if (isWanted !== undefined) {
      turn = nextTurn(turns, isWanted);
      if (turn === undefined) break;
      show();
    } else for (const line of lookLines(word, argument, turn, options)) say(line);
    prompt();
  }
  turns.return(undefined);
}

const NOTHING: AsyncIterable<string> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** Which turn a command goes on to; undefined: it goes nowhere. */
function moveOf(word: string, argument: string | undefined): ((turn: PlayedTurn) => boolean) | undefined {
  const number = Number(word === 't' || word === 'turn' ? argument : word);
  if (word !== '' && Number.isSafeInteger(number)) return ({ turn }) => turn >= number;
  switch (word) {
    case '':
    case 'n':
    case 'next':
      return asks;
    case 't':
    case 'turn':
      return () => true;
    case 'go':
      return () => false;
    default:
      return undefined;
  }
}

function lookLines(
  word: string,
  argument: string | undefined,
  turn: PlayedTurn | undefined,
  { replay, session = 0, style }: StepOptions,
): readonly string[] {
  const { engine } = replay;
  if (engine === undefined || turn === undefined) return [];
  if (word === 's' || word === 'state') return marketsAt(engine).flatMap((market) => marketLines(market, style));
  if (word !== 'w' && word !== 'why') return [STEP_HELP];
  const asked = tickersIn(turn);
  const all = asked.length > 0 ? asked : marketsAt(engine).map(({ ticker }) => ticker);
  const tickers = argument === undefined ? all : [argument.toUpperCase()];
  return tickers.flatMap((ticker) => {
    const record = decisionAt(engine, ticker);
    if (record === undefined) return [`${ticker} is not known at turn ${turn.turn}`];
    return decisionLines(ticker, turn, record, session, style);
  });
}

function nextTurn(turns: Generator<PlayedTurn>, isWanted: (turn: PlayedTurn) => boolean): PlayedTurn | undefined {
  for (;;) {
    const next = turns.next();
    if (next.done === true) return undefined;
    // One that differs is never passed over.
    if (isWanted(next.value) || isBroken(next.value)) return next.value;
  }
}

function isBroken({ replayedBreak, recordedBreak }: PlayedTurn): boolean {
  return replayedBreak !== recordedBreak && recordedBreak === undefined;
}

/** Something was asked for, then or now. */
export function asks({ recorded, replayed }: PlayedTurn): boolean {
  return recorded.length > 0 || replayed.length > 0;
}

export function tickersIn({ recorded, replayed }: PlayedTurn): readonly string[] {
  return [...new Set([...recorded, ...replayed].map(({ ticker }) => ticker))];
}

/** A turn with what was asked for; twice where the two differ. */
export function turnLines(turn: PlayedTurn, style: ReplayStyle): string[] {
  const { recorded, replayed, replayedBreak } = turn;
  const texts = (intents: PlayedTurn['recorded']) => intents.map((intent) => intentText(intent, style) ?? '');
  const [then, now] = [texts(recorded), texts(replayed)];
  const isSame = JSON.stringify(recorded) === JSON.stringify(replayed) || recorded.length === 0;
  const asked = isSame
    ? (now.length > 0 ? now : ['nothing is asked for']).map((text) => `  ${text}`)
    : [...then.map((text) => `  recorded ${text}`), ...now.map((text) => `  replayed ${text}`)];
  return [
    momentText(turn, style),
    ...asked,
    ...(replayedBreak === undefined ? [] : [`  the engine breaks: ${replayedBreak}`]),
  ];
}
