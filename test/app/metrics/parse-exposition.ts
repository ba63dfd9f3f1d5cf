/** A reader of Prometheus' text format that takes nothing on trust: what it does not understand, it throws. */
export interface Family {
  readonly kind: string;
  readonly help: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

export function parseExposition(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { kind: string; help: string; samples: Family['samples'][number][] }>();
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  let current = '';
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') {
      if (families.has(name)) throw new Error(`${name} begins twice`);
      families.set(name, { kind: '', help: rest, samples: [] });
      current = name;
    } else if (word === 'TYPE') {
      if (name !== current) throw new Error(`the type of ${name} stands in ${current}`);
      (families.get(name) as { kind: string }).kind = rest;
    } else {
      const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      const family = families.get(current);
      const isOfFamily = sample === current || sample.replace(/_(bucket|sum|count)$/, '') === current;
      if (family === undefined || !isOfFamily) throw new Error(`out of place: ${line}`);
      const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
      if (Number.isNaN(number)) throw new Error(`no number: ${line}`);
      family.samples.push({ name: sample, labels: labelsOf(labels, line), value: number });
    }
  }
  return families;
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`labels: ${line}`);
    labels[name] = value.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}
