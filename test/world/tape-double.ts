/** The tape of one life of kmm, in memory: with everything that its replay needs, and gone with it. */
import type { TapeHeader } from '../../src/lib/adapters/store/tape-format.ts';
import type { TapeRecord } from '../../src/lib/adapters/store/tape-reader.ts';
import type { OpenTape } from '../../src/lib/adapters/store/tape-writer.ts';
import { SessionReplay } from '../../src/lib/app/recording/replay-session.ts';
import { type SessionHeader, SessionTape } from '../../src/lib/app/session/tape/session-tape.ts';
import type { EngineConfig } from '../../src/lib/core/engine.ts';
import type { EpochMs } from '../../src/lib/core/units.ts';

const CODE = 'world';

export class WorldTape extends SessionTape {
  readonly #records: TapeRecord[];
  readonly #header: TapeHeader;

  constructor(account: string, engine: EngineConfig, at: EpochMs) {
    const records: TapeRecord[] = [];
    // As JSON: the engine changes its own parameters in place, and a tape on disk would not.
    const header: SessionHeader = { version: 1, env: 'sim', account, code: CODE, engine };
    super(inMemory(records), header, at);
    this.#records = records;
    this.#header = { source: 'session', startedAt: at, version: CODE, yesPrice: true, env: 'sim', account };
  }

  /** what its replay asks for that the session did not, in words; undefined: the same, to the last field. */
  replayed(): string | undefined {
    const tape = { path: 'the tape', header: this.#header, records: () => this.#records.values() };
    const replay = new SessionReplay(tape, { ending: 'died' });
    for (const _turn of replay.turns());
    const { verdict, firstDifference: first, damage, hashDifference } = replay.result();
    if (verdict === 'same') return undefined;
    const where = first === null ? JSON.stringify({ damage, hashDifference }) : `turn ${first.turn} at ${first.at}`;
    const fields = first?.fields.map(({ field }) => field).join(', ') ?? '';
    return `${verdict}: ${where}, recorded ${first?.recorded}, replayed ${first?.replayed} ${fields}`;
  }

  forget(): void {
    this.#records.length = 0;
  }
}

function inMemory(records: TapeRecord[]): OpenTape {
  return {
    append: (kind, at, conn, data) => records.push({ kind, at, conn, data: Buffer.from(data), yesPrice: true }),
    dropped: 0,
    rounds: 0,
    path: '',
    failure: undefined,
    close: async () => {},
  };
}
