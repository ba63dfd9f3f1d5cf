/** Writes docs/errors.md from the catalogue, so that the page each error points to says what the program says. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogueEntry, type ErrorCode, errorCodes } from '../src/lib/app/errors/errors.ts';

const HEAD = `# Errors

Each error of kmm says what happened, what it means for your positions and resting orders, and what to do next. This page
is written by \`npm run docs:errors\`; \`kmm explain CODE\` prints the same. Exit codes are those of the code's heading.
`;

/** The whole page. */
export function errorPage(): string {
  return `${HEAD}\n${errorCodes().map(section).join('\n')}`;
}

function section(code: ErrorCode): string {
  const { title, position, next, exit } = catalogueEntry(code);
  return [
    `## ${code}`,
    '',
    `${sentence(title)} Exit code ${exit}.`,
    '',
    `- Position: ${position}.`,
    ...next.map((step) => `- Next: ${step.startsWith('kmm ') ? `\`${step}\`` : step}`),
    '',
  ].join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), errorPage());
}
