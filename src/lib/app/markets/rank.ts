/** How well a name and its titles answer some words: every word must be found, and where it is found decides the order. */

export interface Candidate {
  readonly ticker: string;
  /** Titles, tags, categories. */
  readonly texts: readonly string[];
}

/** Above 0 when every word is found; a word counts most as the ticker, then as its beginning, then as a word of a title. */
export function scoreOf({ ticker, texts }: Candidate, words: readonly string[]): number {
  const titles = texts.map((text) => ` ${text.toLowerCase()} `);
  let score = 0;
  for (const word of words.map((one) => one.toLowerCase())) {
    const found = Math.max(tickerScore(ticker.toLowerCase(), word), ...titles.map((title) => titleScore(title, word)));
    if (found <= 0) return 0;
    score += found;
  }
  return score;
}

/** Best first, ties by ticker; what lacks a word is left out. */
export function ranked<One extends Candidate>(candidates: readonly One[], words: readonly string[]): readonly One[] {
  return candidates
    .map((candidate) => ({ candidate, score: scoreOf(candidate, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.candidate.ticker < b.candidate.ticker ? -1 : 1))
    .map(({ candidate }) => candidate);
}

function tickerScore(ticker: string, word: string): number {
  if (ticker === word) return 10;
  // People leave the exchange's prefix out: "btc15m".
  if (ticker === `kx${word}`) return 8;
  if (ticker.startsWith(word) || ticker.startsWith(`kx${word}`)) return 5;
  return ticker.includes(word) ? 2 : 0;
}

function titleScore(title: string, word: string): number {
  const at = title.indexOf(word);
  if (at === -1) return -1;
  const isStart = /[^\p{L}\p{N}]$/u.test(title.slice(0, at));
  const isEnd = /^[^\p{L}\p{N}]/u.test(title.slice(at + word.length));
  return isStart && isEnd ? 4 : isStart ? 3 : 1;
}
