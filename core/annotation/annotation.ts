/** What people note beside the figures (ANN-1): a deployment, a match, an outage elsewhere. */

/** A personal one is seen by its author alone. */
export const annotationVisibilities = ['shared', 'personal'] as const;
export type AnnotationVisibility = (typeof annotationVisibilities)[number];

/** Times in ms. */
export interface Annotation {
  readonly id: string;
  readonly atMs: number;
  /** End of a span; null for a point in time. */
  readonly untilMs: number | null;
  readonly text: string;
  readonly tags: readonly string[];
  /** Name of the region; null for what is of none. */
  readonly region: string | null;
  readonly visibility: AnnotationVisibility;
  readonly authorId: string;
  readonly authorName: string;
  /** From 1; rises with each change, so that nobody overwrites what he has not read. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}
