/** The audits under way, market by market, and what they have come to. Owned by the feed. */

import type { BookAuditBegan, BookAuditEnded, BookAudited } from '../events.ts';
import { never } from '../invariant.ts';
import type { Book } from './book.ts';
import { type AuditVerdict, BookAudit } from './book-audit.ts';
import type { FeedEvent } from './books.ts';

export type AuditEvent = BookAuditBegan | BookAudited | BookAuditEnded;

export class BookAudits {
  readonly #under = new Map<string, { readonly audit: BookAudit; verdict?: AuditVerdict }>();
  #equal = 0;
  #differing = 0;

  /** Books that were equal, and books that were not, since the session began. */
  get counts(): { readonly equal: number; readonly differing: number } {
    return { equal: this.#equal, differing: this.#differing };
  }

  /** What the audit of this market has come to; undefined before its first answer. */
  verdict(ticker: string): AuditVerdict | undefined {
    const under = this.#under.get(ticker);
    return under === undefined ? 'void' : under.verdict;
  }

  /** In words how the book differs, when it does. */
  take(event: AuditEvent, book: Book): string | undefined {
    switch (event.type) {
      case 'book_audit_began':
        if (book.isValid) this.#under.set(event.ticker, { audit: new BookAudit(book) });
        return undefined;
      case 'book_audited':
        return this.#compare(event, book);
      case 'book_audit_ended':
        this.forget(event.ticker);
        return undefined;
      default:
        return never(event);
    }
  }

  /** Call after each change of a book. */
  moved(event: FeedEvent, book: Book): void {
    if (this.#under.size === 0) return;
    if (event.type === 'book_delta') this.#under.get(event.ticker)?.audit.changed(event, book);
    if (event.type === 'book_snapshot') this.#under.get(event.ticker)?.audit.replaced(book);
  }

  /** Its book was lost. */
  forget(ticker: string): void {
    this.#under.delete(ticker);
  }

  #compare(event: BookAudited, book: Book): string | undefined {
    const under = this.#under.get(event.ticker);
    if (under === undefined) return undefined;
    const { verdict, text } = under.audit.compare(event, book);
    under.verdict = verdict;
    if (verdict === 'equal') this.#equal += 1;
    if (verdict !== 'differs') return undefined;
    this.#differing += 1;
    return `${text} (${this.#differing} so far)`;
  }
}
