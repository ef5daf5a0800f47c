/** A page with its filters and range under a name (VWS-1), for oneself or for everybody. */

/** A personal one is seen by its author alone. */
export const viewVisibilities = ['shared', 'personal'] as const;
export type ViewVisibility = (typeof viewVisibilities)[number];

export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Path and query of a page of the site: what it asks for is asked in the name of whoever opens it. */
  readonly address: string;
  readonly visibility: ViewVisibility;
  readonly authorId: string;
  readonly authorName: string;
  /** From 1; rises with each change, so that nobody overwrites what he has not read. */
  readonly version: number;
  /** ms. */
  readonly changedAtMs: number;
}

/** A page and what it is asked to show. No host, no fragment: it cannot lead anywhere else. */
const addressForm = /^\/(?:analytics|alerts|system)?(?:\?[\w.~!$&'()*+,;=:@/?%-]*)?$/;

export const isPageAddress = (address: string): boolean => addressForm.test(address);
