/**
 * Where each key of a TOML document stands, for errors and for `config show --origin`.
 *
 * The parser tells positions only of what it refuses; this reads a document that it has accepted, and therefore checks
 * nothing. Keys inside inline tables are not told apart: they stand where their table does.
 */

/** Both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Key path, joined by dots → position of its last part's first letter. Table headers are in it as well. */
export function tomlPositions(text: string): ReadonlyMap<string, Position> {
  const scanner = new Scanner(text);
  const positions = new Map<string, Position>();
  let table: readonly string[] = [];
  while (scanner.skipToStatement()) {
    const at = scanner.position();
    const isHeader = scanner.take('[');
    if (isHeader) scanner.take('[');
    const path = scanner.keyPath();
    if (isHeader) table = path;
    const full = (isHeader ? path : [...table, ...path]).join('.');
    if (!positions.has(full)) positions.set(full, at);
    if (isHeader) scanner.skipLine();
    else scanner.skipValue();
  }
  return positions;
}

class Scanner {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves past blanks and comments to the next header or key; false at the end. */
  skipToStatement(): boolean {
    this.#skip(/(?:\s+|#[^\n]*)*/y);
    return this.#index < this.#text.length;
  }

  position(): Position {
    const before = this.#text.slice(0, this.#index);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: this.#index - lineStart + 1 };
  }

  take(sign: string): boolean {
    if (this.#text[this.#index] !== sign) return false;
    this.#index++;
    return true;
  }

  /** A dotted key: bare parts and quoted ones. */
  keyPath(): string[] {
    const parts: string[] = [];
    do {
      this.#skip(/[ \t]*/y);
      parts.push(this.#keyPart());
      this.#skip(/[ \t]*/y);
    } while (this.take('.'));
    return parts;
  }

  skipLine(): void {
    this.#skip(/[^\n]*/y);
  }

  /** From the equals sign to the end of the value, over lines when brackets or long strings are open. */
  skipValue(): void {
    let depth = 0;
    while (this.#index < this.#text.length) {
      const sign = this.#text[this.#index];
      if (sign === '\n' && depth === 0) return;
      if (sign === '"' || sign === "'") this.#skipString(sign);
      else if (sign === '#') this.skipLine();
      else {
        if (sign === '[' || sign === '{') depth++;
        if (sign === ']' || sign === '}') depth--;
        this.#index++;
      }
    }
  }

  #keyPart(): string {
    const quote = this.#text[this.#index];
    if (quote !== '"' && quote !== "'") return this.#skip(/[^\s.=\]]*/y);
    const start = this.#index;
    this.#skipString(quote);
    return this.#text.slice(start + 1, this.#index - 1);
  }

  #skipString(quote: '"' | "'"): void {
    const long = quote.repeat(3);
    if (this.#text.startsWith(long, this.#index))
      this.#skip(quote === '"' ? /"""(?:\\.|[^\\])*?"{3,5}/sy : /'''.*?'{3,5}/sy);
    else this.#skip(quote === '"' ? /"(?:\\.|[^"\\])*"/y : /'[^']*'/y);
  }

  /** Moves over what the sticky pattern matches here, at least one sign where it must, and returns it. */
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#index += found.length;
    return found;
  }
}
