import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';

export default class Replay extends KmmCommand<typeof Replay> {
  static override summary = 'play a tape through the same code as live and compare what it asks for';
  static override description =
    `The tape of a session must give the same intents, bit for bit; the first difference is named and ends with exit
code 10. An imported recording has no intents: it is played with the strategy in force and compared with nothing.`;
  static override examples = [
    '<%= config.bin %> replay session.tape',
    '<%= config.bin %> replay recording.tape --books --json',
    '<%= config.bin %> replay gold.tape --books --allow-gaps',
  ];
  static override args = { tape: Args.string({ required: true, description: 'a tape: one file' }) };
  static override flags = {
    books: Flags.boolean({ description: 'only rebuild the books, and say what became of each market' }),
    'allow-gaps': Flags.boolean({
      dependsOn: ['books'],
      description: 'apply deltas across sequence holes, for recordings that kept one market of a shared subscription',
    }),
    turn: Flags.integer({
      default: 100,
      min: 1,
      helpValue: 'MS',
      description: 'an imported recording gets a turn per so much of its time',
    }),
  };

  async run(): Promise<object | undefined> {
    return this.flags.books ? this.#books() : this.#session();
  }

  async #books(): Promise<undefined> {
    const { replayTapeBooks } = await import('../lib/app/recording/replay-tape.ts');
    const { lines, lost, malformed, firstMalformed } = await replayTapeBooks(this.args.tape, this.flags['allow-gaps']);
    for (const market of lines) {
      this.printRecord({ type: 'books', ...market });
      const { ticker, snapshots, deltas, gaps, crossed, levels, bid, ask } = market;
      const top = `${bid ?? this.glyphs.dash} / ${ask ?? this.glyphs.dash}`;
      this.log(
        `${ticker}  ${snapshots} snapshots, ${deltas} deltas, ${gaps} gaps, ${crossed} crossed; ends ${top}, ${levels} levels`,
      );
    }
    if (malformed > 0) this.note(`${malformed} frames made no sense, the first: ${firstMalformed ?? ''}`);
    if (lost > 0) this.note(`${lost} records of the tape are lost or damaged`);
  }

  async #session(): Promise<object> {
    const { replaySession } = await import('../lib/app/recording/replay-session.ts');
    const { parameters } = await this.configuration();
    const result = replaySession(this.args.tape, { idPrefix: 'kmm-replay', parameters }, this.flags.turn);
    const { frames, turns, intents, intentsHash, matches, firstDifference, lost } = result;
    this.log(`${frames} frames, ${turns} turns, ${intents} intents, ${lost} records lost`);
    this.log(`intents ${intentsHash}`);
    if (matches === true) this.log('matches: every intent of the session was derived again');
    if (matches === null) this.log('an imported recording: there are no intents to compare with');
    if (firstDifference !== null) {
      const { turn, at, recorded, replayed } = firstDifference;
      this.log(`DIFFERS first at turn ${turn}, ${new Date(at).toISOString()}`);
      this.log(`  recorded ${recorded ?? 'nothing'}`);
      this.log(`  replayed ${replayed ?? 'nothing'}`);
    } else if (matches === false) this.log("DIFFERS: the session's own hash is another one");
    if (matches === false) {
      this.log('Try: kmm explain KMM_REPLAY_DIFFERS');
      process.exitCode = EXIT.gate;
    }
    const difference = firstDifference && { ...firstDifference, at: new Date(firstDifference.at).toISOString() };
    return this.toRecord({ ...result, type: 'replay', firstDifference: difference });
  }
}
