/** The ground that kmm stands on: Node, disk, data directory, tapes, lock, configuration. */
import type { EpochMs } from '../../core/units.ts';
import {
  bad,
  badTrouble,
  type ConfigFacts,
  type DoctorLine,
  doubtful,
  good,
  linesOf,
  type MachineFacts,
} from './facts.ts';
import { ageWords, bytesText } from './words.ts';

/** package.json, `engines`. */
const NODE_MIN = [22, 15] as const;
const DISK_BYTES_MIN = 200_000_000;
const DISK_BYTES_GOOD = 2_000_000_000;
const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_READ = 0o055;

export function checkMachine(facts: MachineFacts, now: EpochMs): readonly DoctorLine[] {
  return [
    ...[checkNode(facts), ...checkTrust(facts), ...checkHome(facts), ...checkDisk(facts), ...checkTapes(facts)],
    checkLock(facts, now),
  ];
}

function checkNode({ node }: MachineFacts): DoctorLine {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (isNew) return good('node', `Node ${node}`);
  return bad('node', `Node ${node} is too old: kmm needs ${NODE_MIN.join('.')}`, 'install Node 24 from nodejs.org');
}

/** Common behind a company's proxy, which then reads and may change all that is sent. */
function checkTrust({ addedTrust }: MachineFacts): readonly DoctorLine[] {
  return addedTrust === undefined ? [] : [doubtful('tls', addedTrust, 'unset NODE_EXTRA_CA_CERTS, unless it is meant')];
}

function checkHome({ home, directories }: MachineFacts): readonly DoctorLine[] {
  if (directories.length === 0) return [good('home', `${home} is made when it is first needed`)];
  const lines = directories.flatMap(({ path, mode }) => {
    if ((mode & OTHERS_MAY_WRITE) !== 0)
      return [bad('home', `${path} may be written to by other users (${octal(mode)})`, `chmod 700 ${path}`)];
    if ((mode & OTHERS_MAY_READ) !== 0)
      return [doubtful('home', `${path} may be looked into by other users (${octal(mode)})`, `chmod 700 ${path}`)];
    return [];
  });
  return lines.length > 0 ? lines : [good('home', `${home} is its owner's alone`)];
}

function checkDisk({ disk, home }: MachineFacts): readonly DoctorLine[] {
  return linesOf('disk', disk, ({ freeBytes }) => {
    const text = `${bytesText(freeBytes)} free for ${home}`;
    if (freeBytes < DISK_BYTES_MIN)
      return [
        bad('disk', `${text}: what cannot be journaled is not sent`, 'free the disk', 'set KMM_HOME to another one'),
      ];
    return [freeBytes < DISK_BYTES_GOOD ? doubtful('disk', text, 'free the disk') : good('disk', text)];
  });
}

function checkTapes({ tapes, disk }: MachineFacts): readonly DoctorLine[] {
  return linesOf('tapes', tapes, ({ files, bytes }) => {
    const text = `${files} tapes, ${bytesText(bytes)}`;
    const isMuch = disk.isKnown && bytes > disk.value.freeBytes;
    return [isMuch ? doubtful('tapes', `${text}: more than is free`, 'move old tapes elsewhere') : good('tapes', text)];
  });
}

function checkLock({ lock, home }: MachineFacts, now: EpochMs): DoctorLine {
  if (lock === 'none') return good('trader', 'no kmm runs here');
  if (lock !== 'stale') return good('trader', `a kmm runs here: pid ${lock.pid}, since ${ageWords(now - lock.since)}`);
  return doubtful(
    'trader',
    `the lock in ${home} is of a process that is gone`,
    'kmm trade orders',
    'kmm run takes it over',
  );
}

export function checkConfig({ trouble, files, names }: ConfigFacts): readonly DoctorLine[] {
  if (trouble !== undefined) return [badTrouble('config', trouble)];
  const whence = files.map(({ path, ageMs }) => `${path}, ${ageWords(ageMs)} old`).join('; ');
  const markets = `quotes ${names.join(', ')}`;
  return [good('config', whence === '' ? `the built-in preset; ${markets}` : `${markets}; parameters of ${whence}`)];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
