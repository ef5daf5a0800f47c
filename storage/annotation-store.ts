/** Annotations in D1 (ANN-1): found by time, by the index (at, id). */
import { and, desc, eq, gte, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { type Annotation, annotationVisibilities } from '../core/annotation/annotation.ts';
import {
  annotationSpanMsMax,
  annotationsMax,
  annotationsPerAuthorMax,
} from '../core/protocol/note-limits.ts';
import { needsMigration } from './migrated.ts';
import { annotations } from './schema.ts';
import { StoredDataError } from './stored-data-error.ts';

export interface AnnotationFilter {
  /** Those that lie in this range or reach into it, ms; half-open. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Names of regions; those of none are always among what is found. */
  readonly regions: readonly string[] | '*';
  /** All of them must be there. */
  readonly tags: readonly string[];
  /** Personal ones are found for this person alone. */
  readonly readerId: string;
}

export interface AnnotationPage {
  readonly limit: number;
  /** The last annotation of the page before; null for the first page. */
  readonly after: Pick<Annotation, 'atMs' | 'id'> | null;
}

type Row = typeof annotations.$inferSelect;

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** A page of annotations, newest first. Throws StoredDataError. */
export async function readAnnotations(
  db: D1Database,
  filter: AnnotationFilter,
  { limit, after }: AnnotationPage,
): Promise<Annotation[]> {
  const { fromMs, toMs, regions, tags, readerId } = filter;
  const older = (at: string, id: string) =>
    or(lt(annotations.at, at), and(eq(annotations.at, at), lt(annotations.id, id)));
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(annotations)
      .where(
        and(
          // No span is longer, so that the index bounds what is read.
          gte(annotations.at, isoTime(Math.max(0, fromMs - annotationSpanMsMax))),
          lt(annotations.at, isoTime(toMs)),
          // A point belongs to the range that holds it; a span that ends where the range begins is not in it.
          sql`CASE WHEN ${annotations.until} IS NULL THEN ${annotations.at} >= ${isoTime(fromMs)} ELSE ${annotations.until} > ${isoTime(fromMs)} END`,
          regions === '*' ? undefined : or(isNull(annotations.region), isAmong(regions)),
          tags.length === 0 ? undefined : hasAll(tags),
          or(eq(annotations.visibility, 'shared'), eq(annotations.author_id, readerId)),
          after ? lt(annotations.at, isoTime(after.atMs + 1)) : undefined,
          after ? older(isoTime(after.atMs), after.id) : undefined,
        ),
      )
      .orderBy(desc(annotations.at), desc(annotations.id))
      .limit(limit),
  );
  return rows.map(annotationOf);
}

/** One parameter, however many they are. */
function isAmong(regions: readonly string[]): SQL {
  return sql`${annotations.region} IN (SELECT value FROM json_each(${JSON.stringify(regions)}))`;
}

function hasAll(tags: readonly string[]): SQL {
  const wanted = JSON.stringify(tags);
  return sql`NOT EXISTS (SELECT 1 FROM json_each(${wanted}) AS wanted
    WHERE wanted.value NOT IN (SELECT value FROM json_each(${annotations.tags})))`;
}

export async function readAnnotation(db: D1Database, id: string): Promise<Annotation | null> {
  const [row] = await needsMigration(() =>
    drizzle(db).select().from(annotations).where(eq(annotations.id, id)),
  );
  return row ? annotationOf(row) : null;
}

/** Writes it where there are fewer than may be, however many write at once (ANN-4). False where there are not. */
export async function addAnnotation(db: D1Database, annotation: Annotation): Promise<boolean> {
  const row = rowOf(annotation);
  const names = Object.keys(row);
  const sql = `INSERT INTO annotations (${names.map((name) => `"${name}"`).join()})
    SELECT ${names.map((_, at) => `?${at + 4}`).join()}
    FROM (SELECT count(*) AS every, coalesce(sum(author_id = ?1), 0) AS own FROM annotations)
    WHERE own < ?2 AND every < ?3`;
  const values = [row.author_id, annotationsPerAuthorMax, annotationsMax, ...Object.values(row)];
  const { meta } = await needsMigration(() =>
    db
      .prepare(sql)
      .bind(...values)
      .run(),
  );
  return meta.changes > 0;
}

/** How many the author has written that are there. */
export async function countAnnotationsOf(db: D1Database, authorId: string): Promise<number> {
  const sql = 'SELECT count(*) AS own FROM annotations WHERE author_id = ?1';
  return (await db.prepare(sql).bind(authorId).first<number>('own')) ?? 0;
}

/** Writes the annotation in the place of its version before. False where that is not what D1 has. */
export async function changeAnnotation(db: D1Database, annotation: Annotation): Promise<boolean> {
  const { id, version } = annotation;
  const { meta } = await drizzle(db)
    .update(annotations)
    .set(rowOf(annotation))
    .where(and(eq(annotations.id, id), eq(annotations.version, version - 1)));
  return meta.changes > 0;
}

/** False where D1 has another version or none. */
export async function deleteAnnotation(
  db: D1Database,
  { id, version }: Pick<Annotation, 'id' | 'version'>,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .delete(annotations)
    .where(and(eq(annotations.id, id), eq(annotations.version, version)));
  return meta.changes > 0;
}

function rowOf(annotation: Annotation): Row {
  const { untilMs } = annotation;
  return {
    id: annotation.id,
    at: isoTime(annotation.atMs),
    until: untilMs === null ? null : isoTime(untilMs),
    text: annotation.text,
    tags: JSON.stringify(annotation.tags),
    region: annotation.region,
    visibility: annotation.visibility,
    author_id: annotation.authorId,
    author_name: annotation.authorName,
    version: annotation.version,
    created_at: isoTime(annotation.createdAtMs),
    changed_at: isoTime(annotation.changedAtMs),
  };
}

function annotationOf(row: Row): Annotation {
  // D1 holds to no list of values: what is not known must not pass for what others may see.
  if (!annotationVisibilities.includes(row.visibility))
    throw new StoredDataError('annotations', row.id, 'there is no such visibility');
  return {
    id: row.id,
    atMs: Date.parse(row.at),
    untilMs: row.until === null ? null : Date.parse(row.until),
    text: row.text,
    tags: tagsOf(row),
    region: row.region,
    visibility: row.visibility,
    authorId: row.author_id,
    authorName: row.author_name,
    version: row.version,
    createdAtMs: Date.parse(row.created_at),
    changedAtMs: Date.parse(row.changed_at),
  };
}

function tagsOf({ id, tags }: Row): readonly string[] {
  let read: unknown = null;
  try {
    read = JSON.parse(tags);
  } catch {
    // Told below, with the row it is of.
  }
  if (Array.isArray(read) && read.every((tag) => typeof tag === 'string')) return read;
  throw new StoredDataError('annotations', id, 'tags are no list of texts');
}
