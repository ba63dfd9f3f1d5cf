/** Holds a value against a schema of the exchange's descriptions: types, required and unknown fields, enums, formats. */
import { readFileSync } from 'node:fs';
import { parseYaml, type Yaml } from './yaml.ts';

type Record_ = { readonly [key: string]: Yaml };

export class Description {
  readonly #root: Yaml;

  /** Without a file nothing is described. */
  constructor(path: string | undefined) {
    this.#root = path === undefined ? {} : parseYaml(readFileSync(path, 'utf8'));
  }

  /** The value at a path such as `paths`, `/markets`, `get`; undefined when there is none. */
  at(...keys: readonly string[]): Yaml | undefined {
    let value: Yaml | undefined = this.#root;
    for (const key of keys) value = isRecord(value) ? this.#resolve(value)[key] : undefined;
    return isRecord(value) ? this.#resolve(value) : value;
  }

  /** The schema of an answer of a REST operation; undefined when it has no body, or is not described at all. */
  answer(template: string, method: string, status: number): Yaml | undefined {
    const content = ['responses', String(status), 'content', 'application/json', 'schema'];
    return this.at('paths', template, method.toLowerCase(), ...content);
  }

  /** The fields of a part of the description, its reference followed; none when it is no record. */
  fieldsOf(part: Yaml | undefined): Record_ {
    return isRecord(part) ? this.#resolve(part) : {};
  }

  /** Everything wrong with `value`, one sentence each. A field that the schema does not name is wrong. */
  problems(schema: Yaml | undefined, value: unknown, path = '$'): readonly string[] {
    if (!isRecord(schema)) return [`${path}: no schema`];
    const { type, enum: listed, const: only, nullable, allOf, anyOf, oneOf, format } = this.#resolve(schema);
    if (value === null && nullable === true) return [];
    if (only !== undefined && value !== only)
      return [`${path}: ${JSON.stringify(value)} is not ${JSON.stringify(only)}`];
    if (Array.isArray(listed) && !listed.includes(value as Yaml))
      return [`${path}: ${JSON.stringify(value)} is not listed`];
    if (Array.isArray(allOf)) return allOf.flatMap((part) => this.problems(part, value, path));
    const choices = anyOf ?? oneOf;
    if (Array.isArray(choices)) {
      const results = choices.map((part) => this.problems(part, value, path));
      return results.some((problems) => problems.length === 0) ? [] : results.flat();
    }
    if (typeof type === 'string' && !isOfType(value, type)) return [`${path}: ${JSON.stringify(value)} is no ${type}`];
    if (typeof value === 'string') return textProblems(value, format, path);
    if (Array.isArray(value)) {
      const { items } = this.#resolve(schema);
      return value.flatMap((item, index) => this.problems(items, item, `${path}[${index}]`));
    }
    return typeof value === 'object' && value !== null
      ? this.#fieldProblems(this.#resolve(schema), value as Readonly<Record<string, unknown>>, path)
      : [];
  }

  #fieldProblems(schema: Record_, value: Readonly<Record<string, unknown>>, path: string): readonly string[] {
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : [];
    // With `x-omitempty: false` the exchange writes null where it has nothing to say.
    const written = Object.keys(properties).filter((name) => this.fieldsOf(properties[name])['x-omitempty'] === false);
    const missing = [...new Set([...required.map(String), ...written])]
      .filter((name) => value[name] === undefined)
      .map((name) => `${path}.${name}: missing`);
    const isOpen = schema.additionalProperties !== undefined || Object.keys(properties).length === 0;
    const wrong = Object.entries(value).flatMap(([name, field]) => {
      const known = properties[name];
      if (known === undefined) return isOpen ? [] : [`${path}.${name}: not in the schema`];
      return this.problems(known, field, `${path}.${name}`);
    });
    return [...missing, ...wrong];
  }

  #resolve(value: Record_): Record_ {
    const { $ref: reference, ...beside } = value;
    if (typeof reference !== 'string') return value;
    const target = this.at(
      ...reference
        .slice(2)
        .split('/')
        .map((key) => key.replaceAll('~1', '/')),
    );
    if (!isRecord(target)) throw new Error(`${reference} leads nowhere`);
    return { ...target, ...beside };
  }
}

function isRecord(value: Yaml | undefined): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isSafeInteger(value) : typeof value === type;
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Patterns are not held against texts: the one on tickers forbids the dot that its own examples have. */
function textProblems(value: string, format: Yaml | undefined, path: string): readonly string[] {
  if (format === 'uuid' && !UUID.test(value)) return [`${path}: ${value} is no UUID`];
  return format === 'date-time' && !DATE_TIME.test(value) ? [`${path}: ${value} is no time`] : [];
}
