/** The Ink component: draws the lines of the layout and turns keys into verbs. All that it knows comes in as props. */
import { Box, Text, useInput, useWindowSize } from 'ink';
import { createElement, type ReactElement, useState } from 'react';
import type { Glyphs } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { TraderView } from '../lib/core/view.ts';
import { actionOf, type ScreenAction, type ScreenMode, type ScreenVerb } from './keys.ts';
import { type ScreenSize, screenLines } from './layout.ts';
import type { Line, Span } from './line.ts';

interface AppProps {
  readonly view: TraderView;
  /** The renderer's clock, on the scale of the view's own times. */
  readonly now: EpochMs;
  readonly signs: Glyphs;
  readonly onVerb: (verb: ScreenVerb) => void;
  /** Another market is chosen; its ladder should come with the next views. */
  readonly onSelect: (ticker: string) => void;
  readonly size: ScreenSize;
}

/** The app at the size of the terminal, also after it has changed. */
export function TerminalApp(props: Omit<AppProps, 'size'>): ReactElement {
  return createElement(App, { ...props, size: useWindowSize() });
}

export function App({ view, now, signs, onVerb, onSelect, size }: AppProps): ReactElement {
  const [chosen, setChosen] = useState<string>();
  const [mode, setMode] = useState<ScreenMode>('normal');
  const selected = selectedOf(view, chosen);

  const perform = (action: ScreenAction): void => {
    if (action.kind === 'none') return;
    if (action.kind === 'select') {
      const next = neighbour(view, selected, action.step);
      if (next === undefined) return;
      setChosen(next);
      onSelect(next);
      return;
    }
    setMode(modeAfter(action, mode));
    if (action.kind === 'verb') onVerb(action.verb);
  };
  useInput((input, key) => {
    perform(actionOf({ input, isUp: key.upArrow, isDown: key.downArrow, isControl: key.ctrl }, mode, view.state));
  });

  const lines = screenLines({ view, now, selected, mode }, size, signs);
  return createElement(Box, { flexDirection: 'column' }, ...lines.map((line, index) => drawn(line, index)));
}

/** What was chosen while it is there; else what the trader's ladder shows; else the first. */
function selectedOf(view: TraderView, chosen: string | undefined): string | undefined {
  const has = (ticker: string | undefined) => view.markets.some((market) => market.ticker === ticker);
  if (has(chosen)) return chosen;
  return has(view.ladder?.ticker) ? view.ladder?.ticker : view.markets[0]?.ticker;
}

function neighbour(view: TraderView, selected: string | undefined, step: number): string | undefined {
  const at = view.markets.findIndex(({ ticker }) => ticker === selected);
  return view.markets[at + step]?.ticker;
}

/** A verb leaves the page that is shown where it is. */
function modeAfter({ kind }: ScreenAction, mode: ScreenMode): ScreenMode {
  if (kind === 'ask-kill') return 'asking-kill';
  if (kind === 'keys' || kind === 'risk' || kind === 'money') return kind;
  return kind === 'verb' && (mode === 'risk' || mode === 'money') ? mode : 'normal';
}

function drawn(line: Line, index: number): ReactElement {
  return createElement(Text, { key: index, wrap: 'truncate' }, ...line.map((span, at) => spanned(span, at)));
}

function spanned(span: Span, at: number): ReactElement {
  const look = {
    key: at,
    dimColor: span.isDim === true,
    bold: span.isBold === true,
    inverse: span.isInverse === true,
    ...(span.color === undefined ? {} : { color: span.color }),
  };
  return createElement(Text, look, span.text);
}
