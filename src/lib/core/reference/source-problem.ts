/** Why a source of forecasts has nothing to say: a stable word for programs, a sentence for people. */
export class SourceProblem extends Error {
  /** `source_unreadable`, `source_not_json`, `source_too_large`, `source_stale`, … */
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'SourceProblem';
    this.code = code;
  }
}
