/** What can be wrong with a queue that the user can mend: a code of the catalogue and one sentence without a full stop. */
export class QueueProblem {
  readonly code: 'KMM_QUEUE' | 'KMM_QUEUE_PACKAGE';
  readonly message: string;

  constructor(code: QueueProblem['code'], message: string) {
    this.code = code;
    this.message = message;
  }
}
