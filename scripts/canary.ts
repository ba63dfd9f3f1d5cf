/** `npm run canary`: marked secrets through real processes and their crashes; one line of JSON, exit 1 when one got out. */
import { canary } from '../test/canary/canary.ts';

const report = await canary((text) => process.stderr.write(`${text}\n`));
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.findings.length === 0 ? 0 : 1);
