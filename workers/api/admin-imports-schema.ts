import * as z from 'zod';
import { importNameLengthMax } from '../../core/protocol/import-limits.ts';
import { importFormats, importNamePattern } from '../../core/warehouse/import-name.ts';
import { warehouseTables } from '../../core/warehouse/rows.ts';
import { count, time } from './answer-schema.ts';

export const nameRule = `must be a table (${warehouseTables.join(', ')}), then what you like behind one of "-", "_" and "." (a-z, 0-9 and these), then .csv, .ndjson or .parquet; ${importNameLengthMax} characters at most`;

export const importPath =
  DESCRIBED &&
  z.object({
    name: z
      .string()
      .regex(importNamePattern)
      .max(importNameLengthMax)
      .describe('Name of the file: its table, what you like, its format')
      .meta({ example: 'viewing_sessions-2026-11.csv' }),
  });

const importShape = DESCRIBED && {
  name: z.string().describe(DESCRIBED && 'Name of the file'),
  table: z
    .enum(warehouseTables)
    .nullable()
    .describe(DESCRIBED && 'Table that it is loaded into, by its name; null where that says none'),
  format: z
    .enum(importFormats)
    .nullable()
    .describe(DESCRIBED && 'By its name too'),
  size_bytes: count(DESCRIBED && 'Its size'),
  uploaded_at: time(DESCRIBED && 'When it was uploaded'),
  etag: z.string().describe(DESCRIBED && 'Another one for another content'),
};

export const importSchema = DESCRIBED && z.strictObject(importShape);

export const readImportSchema =
  DESCRIBED &&
  z.strictObject({
    ...importShape,
    problem: z
      .string()
      .nullable()
      .describe('Why it cannot be read as a whole, by its beginning; null where it can'),
    warnings: z.array(z.string()).describe('What is not read of it'),
  });

export const importExample: z.output<typeof importSchema> = {
  name: 'viewing_sessions-2026-11.csv',
  table: 'viewing_sessions',
  format: 'csv',
  size_bytes: 7_340_032,
  uploaded_at: '2026-11-21T09:30:00.000Z',
  etag: '9b2cf535f27731c974343645a3985328',
};

/** Content types of an upload, which are not looked at, each with an example. */
export const uploadTypes = {
  'text/csv': 'id,user_id,movie_id,rating,rating_date\n1,u-123,mov_1,8.5,2026-11-20\n',
  'application/x-ndjson':
    '{"id":1,"user_id":"u-123","movie_id":"mov_1","rating":8.5,"rating_date":"2026-11-20"}\n',
  'application/vnd.apache.parquet': 'PAR1...',
};
