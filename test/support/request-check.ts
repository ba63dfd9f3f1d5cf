/** Holds a REST request against the exchange's description: the operation exists, its parameters and its body fit. */
import type { WireRequest } from '../../src/lib/ports.ts';
import type { Description } from './schema-check.ts';

const ROOT = '/trade-api/v2';

/** As `GET /markets/{ticker}`; undefined when the description has no such operation. */
export function operationOf(description: Description, { method, path }: WireRequest): string | undefined {
  const given = path.slice(ROOT.length).split('/');
  const templates = Object.keys(description.fieldsOf(description.at('paths'))).filter((template) => {
    const wanted = template.split('/');
    const isAlike = wanted.every((part, index) => part.startsWith('{') || part === given[index]);
    return isAlike && wanted.length === given.length && description.at('paths', template, method.toLowerCase());
  });
  // Words before placeholders: `batched` is no order id.
  const [template] = templates.sort((a, b) => a.split('{').length - b.split('{').length);
  return template === undefined ? undefined : `${method} ${template}`;
}

/** Everything wrong with the request, one sentence each. */
export function requestProblems(description: Description, request: WireRequest): readonly string[] {
  const operation = operationOf(description, request);
  if (operation === undefined) return [`${request.method} ${request.path}: no such operation`];
  const [method = '', template = ''] = operation.split(' ');
  const keys = ['paths', template, method.toLowerCase()];
  return [...queryProblems(description, keys, request.query ?? {}), ...bodyProblems(description, keys, request.body)];
}

function queryProblems(
  description: Description,
  keys: readonly string[],
  query: NonNullable<WireRequest['query']>,
): readonly string[] {
  const listed = description.at(...keys, 'parameters');
  const parameters = (Array.isArray(listed) ? listed : []).map((one) => description.fieldsOf(one));
  const known = parameters.filter((one) => one.in === 'query');
  const unknown = Object.keys(query).filter((name) => !known.some((one) => one.name === name));
  const wrong = known.flatMap(({ name, required, schema }) => {
    const value = query[String(name)];
    if (value === undefined) return required === true ? [`?${name}: missing`] : [];
    const { minimum, maximum, maxItems } = description.fieldsOf(schema);
    const isOutside =
      typeof value === 'number' && (value < Number(minimum ?? value) || value > Number(maximum ?? value));
    const isLong = Array.isArray(value) && value.length > Number(maxItems ?? value.length);
    return [
      ...description.problems(schema, value, `?${name}`),
      ...(isOutside || isLong ? [`?${name}: outside its bounds`] : []),
    ];
  });
  return [...unknown.map((name) => `?${name}: not a parameter here`), ...wrong];
}

function bodyProblems(description: Description, keys: readonly string[], body: string | undefined): readonly string[] {
  const { required } = description.fieldsOf(description.at(...keys, 'requestBody'));
  if (body === undefined) return required === true ? ['the body is missing'] : [];
  const schema = description.at(...keys, 'requestBody', 'content', 'application/json', 'schema');
  if (schema === undefined) return ['a body where none is described'];
  return description.problems(schema, JSON.parse(body), 'body');
}
