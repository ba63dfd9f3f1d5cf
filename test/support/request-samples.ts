/**
 * Valid requests of one operation, and valid bodies of one schema, drawn from the exchange's description: the least that it asks for, and then each
 * optional parameter and field by itself with every value of its enum, both of its bounds, and null where that is allowed.
 */
import type { Description } from './schema-check.ts';
import type { Yaml } from './yaml.ts';

export interface Sample {
  /** What is special about it. */
  readonly label: string;
  readonly query: [string, string][];
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What a name stands for in the scene, instead of what its schema gives; the empty name: what the schema forgets to require. */
export type Values = (name: string) => readonly unknown[] | undefined;

type Fields = Readonly<Record<string, Yaml>>;

export function samplesOf(
  description: Description,
  template: string,
  method: string,
  values: Values,
): readonly Sample[] {
  const keys = ['paths', template, method];
  const listed = description.at(...keys, 'parameters');
  const parameters = (Array.isArray(listed) ? listed : [])
    .map((one) => description.fieldsOf(one))
    .filter((one) => one.in === 'query');
  const schema = description.at(...keys, 'requestBody', 'content', 'application/json', 'schema');
  const valuesOf = (name: string, part: Yaml | undefined) => values(name) ?? drawn(description, part, values);
  const neededQuery = () =>
    parameters
      .filter((one) => one.required === true)
      .flatMap((one) => pairs(String(one.name), valuesOf(String(one.name), one.schema)[0]));
  const body = () => (schema === undefined ? {} : { body: leastBody(description, schema, values) });
  const base = () => ({ query: neededQuery(), ...body() });
  const byQuery = parameters.flatMap((one) =>
    valuesOf(String(one.name), one.schema).map((value) => {
      const name = String(one.name);
      const others = neededQuery().filter(([other]) => other !== name);
      return { label: `?${name}=${String(value)}`, query: [...others, ...pairs(name, value)], ...body() };
    }),
  );
  const byBody = schema === undefined ? [] : bodiesOf(description, schema, values).slice(1);
  const withBody = byBody.map((one) => ({ ...one, query: neededQuery() }));
  return [{ label: 'the least', ...base() }, ...byQuery, ...withBody];
}

/** The least body first, then one for every value of every property. */
export function bodiesOf(
  description: Description,
  schema: Yaml,
  values: Values,
): readonly { readonly label: string; readonly body: Readonly<Record<string, unknown>> }[] {
  const varied = Object.entries(propertiesOf(description, schema)).flatMap(([name, part]) =>
    (values(name) ?? drawn(description, part, values)).map((value) => ({
      label: `${name}: ${JSON.stringify(value)}`,
      body: { ...leastBody(description, schema, values), [name]: value },
    })),
  );
  return [{ label: 'the least', body: leastBody(description, schema, values) }, ...varied];
}

function leastBody(description: Description, schema: Yaml, values: Values): Readonly<Record<string, unknown>> {
  return { ...leastOf(description, schema, values), ...(values('')?.[0] as object | undefined) };
}

/** Null is no word of a query: it is left out. */
function pairs(name: string, value: unknown): readonly [string, string][] {
  if (value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]);
}

/** The required fields alone, each with its first value. */
function leastOf(
  description: Description,
  schema: Yaml | undefined,
  values: Values,
): Readonly<Record<string, unknown>> {
  const { required } = merged(description, schema);
  const properties = propertiesOf(description, schema);
  return Object.fromEntries(
    (Array.isArray(required) ? required.map(String) : []).map((name) => [
      name,
      (values(name) ?? drawn(description, properties[name], values))[0],
    ]),
  );
}

function drawn(description: Description, part: Yaml | undefined, values: Values): readonly unknown[] {
  const schema = merged(description, part);
  const { type, enum: listed, minimum, maximum, nullable, items } = schema;
  const orNull = nullable === true ? [null] : [];
  if (Array.isArray(listed)) return [...listed, ...orNull];
  switch (type) {
    case 'boolean':
      return [true, false, ...orNull];
    case 'integer':
    case 'number': {
      const [low, high] = [Number(minimum ?? 0), Number(maximum ?? minimum ?? 1)];
      return [...new Set([low, high]), ...orNull];
    }
    case 'array': {
      const item = merged(description, items);
      const all = item.type === 'object' ? [leastOf(description, item, values)] : drawn(description, items, values);
      return [all.slice(0, 1), ...orNull];
    }
    case 'object':
      return [leastOf(description, schema, values), ...orNull];
    default:
      return ['10', ...orNull];
  }
}

function propertiesOf(description: Description, schema: Yaml | undefined): Fields {
  return description.fieldsOf(merged(description, schema).properties);
}

/** References followed, parts of `allOf` laid over one another. */
function merged(description: Description, part: Yaml | undefined): Fields {
  const { allOf, ...own } = description.fieldsOf(part);
  const parts = (Array.isArray(allOf) ? allOf : []).map((one) => merged(description, one));
  return Object.assign({}, ...parts, own) as Fields;
}
