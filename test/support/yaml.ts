/**
 * Reads the YAML of the exchange's two description files: block mappings and lists, plain, quoted and block scalars.
 * Throws on anything else (anchors, tags, flow collections that are not empty), so that nothing is misread in silence.
 */
export type Yaml = null | boolean | number | string | readonly Yaml[] | { readonly [key: string]: Yaml };

export function parseYaml(text: string): Yaml {
  const reader = new Reader(text);
  const value = reader.node(0);
  if (reader.peek() !== undefined) throw new Error(`left over: ${reader.peek()?.text}`);
  return value;
}

interface Line {
  readonly indent: number;
  readonly text: string;
}

const KEY = /^('(?:[^']|'')*'|"[^"]*"|[^\s'"#[{&*!|>-][^#]*?|-[^\s].*?):(?: +(.*))?$/;

class Reader {
  readonly #lines: string[];
  #index = 0;

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  /** The next line that says something. */
  peek(): Line | undefined {
    for (; this.#index < this.#lines.length; this.#index += 1) {
      const line = this.#lines[this.#index] as string;
      const trimmed = line.trim();
      if (trimmed !== '' && !trimmed.startsWith('#'))
        return { indent: line.length - line.trimStart().length, text: trimmed };
    }
    return undefined;
  }

  /** A mapping, a list or a scalar whose first line is indented by at least `indent`. */
  node(indent: number): Yaml {
    const line = this.peek();
    if (line === undefined || line.indent < indent) return null;
    if (line.text === '-' || line.text.startsWith('- ')) return this.#list(line.indent);
    if (KEY.test(line.text)) return this.#mapping(line.indent);
    this.#index += 1;
    return this.#scalar(line.text, indent);
  }

  #list(indent: number): Yaml {
    const items: Yaml[] = [];
    for (let line = this.peek(); line?.indent === indent && /^-( |$)/.test(line.text); line = this.peek()) {
      // The item's own text takes the dash's place and is read as a node that is indented further.
      this.#lines[this.#index] = ' '.repeat(indent + 2) + line.text.slice(2);
      items.push(this.node(indent + 1));
    }
    return items;
  }

  #mapping(indent: number): Yaml {
    const entries: [string, Yaml][] = [];
    for (let line = this.peek(); line?.indent === indent; line = this.peek()) {
      const match = KEY.exec(line.text);
      if (match === null) break;
      this.#index += 1;
      entries.push([(match[1] as string).replace(/^(['"])(.*)\1$/, '$2'), this.#value(match[2] ?? '', indent)]);
    }
    return Object.fromEntries(entries);
  }

  #value(rest: string, indent: number): Yaml {
    if (rest !== '') return this.#scalar(rest, indent + 1);
    const next = this.peek();
    const isListHere = next?.indent === indent && /^-( |$)/.test(next.text);
    return isListHere ? this.#list(indent) : this.node(indent + 1);
  }

  /** `text` and the lines below it that belong to it: those indented by at least `indent`. */
  #scalar(text: string, indent: number): Yaml {
    if (/^[|>][+-]?$/.test(text)) return this.#continuation(indent).join('\n');
    if (text.startsWith("'") || text.startsWith('"')) return this.#quoted(text, indent);
    if (text === '[]') return [];
    if (text === '{}') return {};
    if (/^[[{&*!]/.test(text)) throw new Error(`not read: ${text}`);
    return plain([text, ...this.#continuation(indent)].join(' '));
  }

  #quoted(text: string, indent: number): string {
    const quote = text[0] as string;
    let whole = text;
    const isOpen = () => whole.length < 2 || !isClosed(whole, quote);
    while (isOpen()) {
      const next = this.peek();
      if (next === undefined || next.indent < indent) throw new Error(`no end of ${text}`);
      whole += ` ${next.text}`;
      this.#index += 1;
    }
    return quote === "'"
      ? whole.slice(1, -1).replaceAll("''", "'")
      : (JSON.parse(whole.replaceAll('\\ ', ' ')) as string);
  }

  #continuation(indent: number): string[] {
    const lines: string[] = [];
    for (; this.#index < this.#lines.length; this.#index += 1) {
      const line = this.#lines[this.#index] as string;
      if (line.trim() !== '' && line.length - line.trimStart().length < indent) break;
      if (line.trim() !== '') lines.push(line.trim());
    }
    return lines;
  }
}

function isClosed(text: string, quote: string): boolean {
  const body = text.slice(1);
  return quote === "'" ? /^(?:[^']|'')*'$/.test(body) : /^(?:[^"\\]|\\.)*"$/.test(body);
}

function plain(text: string): Yaml {
  if (text === 'null' || text === '~') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
