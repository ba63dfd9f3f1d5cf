/** Decodes JSON text from a client; refuses text that nests deeper than any command of the exchange does. */

const DEPTH_MAX = 16;

/** The decoded value, or undefined when the text is not JSON or nests too deep. */
export function parseGuarded(text: string): { readonly value: unknown } | undefined {
  if (!isShallow(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isShallow(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > DEPTH_MAX) return false;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return true;
}
