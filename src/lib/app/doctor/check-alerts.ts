/** Whether anybody would hear of anything. */
import type { EnvironmentName } from '../config/home.ts';
import { type AlertFacts, bad, badTrouble, type DoctorLine, doubtful, good } from './facts.ts';

export function checkAlerts({ trouble, channels, parked }: AlertFacts, env: EnvironmentName): readonly DoctorLine[] {
  if (trouble !== undefined) return [badTrouble('alerts', trouble)];
  const lines = channels.map(({ name, trouble: refused, reached }): DoctorLine => {
    if (refused !== undefined) return badTrouble('alerts', refused);
    if (reached === undefined) return good('alerts', `${name} is configured, and was not tried`);
    if (reached === 'reached') return good('alerts', `${name} is configured, and its host can be reached`);
    return bad('alerts', `${name}: its host cannot be reached: ${reached.reason}`, `kmm alert test ${name}`);
  });
  if (!channels.some(({ name }) => name !== 'ping')) lines.push(nobody(env));
  if (parked > 0) lines.push(doubtful('alerts', `${parked} were given up on some channel`, 'kmm alert list --open'));
  return lines;
}

function nobody(env: EnvironmentName): DoctorLine {
  const text = 'no channel is configured: nobody hears of a halt who does not look';
  return env === 'sim'
    ? good('alerts', text)
    : doubtful('alerts', text, 'set url_file in [alerts.ntfy]', 'kmm alert test');
}
