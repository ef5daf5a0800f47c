/** /api/admin/imports: the files that wait in R2 to be loaded into the warehouse (IMP-1, IMP-6). */
import * as z from 'zod';
import { importBytesMax } from '../../core/protocol/import-limits.ts';
import { type ImportName, parseImportName } from '../../core/warehouse/import-name.ts';
import {
  BrokenUploadError,
  deleteImport,
  findImport,
  listImports,
  type StoredImport,
  saveImport,
} from '../../storage/import/import-store.ts';
import { type ImportLook, lookAtImport } from '../../storage/import/look-at-import.ts';
import {
  importExample,
  importPath,
  importSchema,
  nameRule,
  readImportSchema,
  uploadTypes,
} from './admin-imports-schema.ts';
import { count } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

export const importsRoute: Route = {
  method: 'GET',
  path: '/api/admin/imports',
  role: 'analyst',
  handler: list,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'Files that wait to be loaded, by name',
    answer: z.strictObject({
      data: z.array(importSchema),
      count: count('Rows in data'),
      is_whole: z.boolean().describe('False where there are more files than are listed'),
    }),
    example: { data: [importExample], count: 1, is_whole: true },
  },
};

export const readImportRoute: Route = {
  method: 'GET',
  path: '/api/admin/imports/:name',
  role: 'analyst',
  handler: one,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'A file, and whether it can be read',
    description:
      'Its beginning is looked at, its records are not judged. The file itself is not given out: it holds ids of users as they were sent.',
    path: importPath,
    answer: z.strictObject({ data: readImportSchema }),
    example: { data: { ...importExample, problem: null, warnings: [] } },
    problems: ['not_found'],
  },
};

export const uploadImportRoute: Route = {
  method: 'PUT',
  path: '/api/admin/imports/:name',
  role: 'admin',
  handler: upload,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'Upload a file',
    description:
      'CSV, NDJSON or Parquet, as its name says; its columns are in docs/imports.md. The body goes to storage as it comes and is there whole or not at all; of two uploads of one name the one that ends last stays. Needs `content-length`. With `if-none-match: *` no file is replaced.',
    path: importPath,
    bodyTypes: uploadTypes,
    answer: z.strictObject({ data: readImportSchema }),
    example: { data: { ...importExample, problem: null, warnings: [] } },
    problems: [
      'unreadable_body',
      'length_required',
      'precondition_failed',
      'payload_too_large',
      'unsupported_media_type',
    ],
  },
};

export const deleteImportRoute: Route = {
  method: 'DELETE',
  path: '/api/admin/imports/:name',
  role: 'admin',
  handler: remove,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'Delete a file',
    description: 'What was loaded from it stays. A run that reads it fails.',
    path: importPath,
    answer: z.strictObject({ data: importSchema }),
    example: { data: importExample },
    problems: ['not_found'],
  },
};

async function list({ env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('imports_not_listed', async () => {
    const { files, isWhole } = mayHave() ? await listImports(env.LAKE) : { files: [], isWhole: true };
    return jsonResponse({ data: files.map(rowOf), count: files.length, is_whole: isWhole });
  });
}

async function one({ req, env }: ApiContext): Promise<Response> {
  const name = parseImportName(req.param('name') ?? '');
  if (!name || !mayHave()) return noSuchFile();
  return await orStorageUnavailable('import_unread', async () => {
    const file = await findImport(env.LAKE, name.name);
    return file ? jsonResponse({ data: await lookedAt(env.LAKE, name, file) }) : noSuchFile();
  });
}

async function upload({ req, env }: ApiContext): Promise<Response> {
  const name = parseImportName(req.param('name') ?? '');
  if (!name) return invalidParameters([{ parameter: 'name', message: nameRule }]);
  if (!mayHave())
    return problemResponse('forbidden', 'Your role is limited to regions, and a file is of none.');
  const { headers, body } = req.raw;
  const length = headers.get('content-length');
  const refused = refusedBody(headers, length);
  if (refused) return refused;
  const bytes = Number(length);
  const stream = body as ReadableStream<Uint8Array> | null;
  if (!stream || bytes === 0) return problemResponse('unreadable_body', 'The body is empty.');
  const onlyNew = headers.get('if-none-match')?.trim() === '*';
  return await orStorageUnavailable('import_not_stored', async () => {
    if (onlyNew && (await findImport(env.LAKE, name.name))) return alreadyThere(name.name);
    const file = await saveImport(env.LAKE, name.name, stream, bytes, onlyNew).catch((error: unknown) => {
      if (error instanceof BrokenUploadError) return error;
      throw error;
    });
    if (file instanceof BrokenUploadError) {
      return problemResponse(
        'unreadable_body',
        'The body broke off, or is shorter than it announced. Nothing was stored.',
      );
    }
    if (!file) return alreadyThere(name.name);
    noteForAudit({ details: { bytes: String(file.bytes), etag: file.etag } });
    return jsonResponse({ data: await lookedAt(env.LAKE, name, file) });
  });
}

async function remove({ req, env }: ApiContext): Promise<Response> {
  const name = req.param('name') ?? '';
  if (!mayHave()) return noSuchFile();
  return await orStorageUnavailable('import_not_deleted', async () => {
    // Of any name: what somebody has put there by hand can be got rid of here too.
    const file = name === '' ? null : await findImport(env.LAKE, name);
    if (!file) return noSuchFile();
    await deleteImport(env.LAKE, name);
    noteForAudit({ details: { bytes: String(file.bytes), etag: file.etag } });
    return jsonResponse({ data: rowOf(file) });
  });
}

function refusedBody(headers: Headers, length: string | null): Response | null {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    return problemResponse(
      'unsupported_media_type',
      'A file is stored as it comes: send it without content-encoding.',
    );
  }
  if (length === null || !/^\d{1,15}$/.test(length)) {
    return problemResponse('length_required', 'Say in content-length how many bytes the file has.');
  }
  if (Number(length) > importBytesMax) {
    return problemResponse(
      'payload_too_large',
      `A file may have ${importBytesMax} bytes; write several of one table.`,
    );
  }
  return null;
}

/** A file is of all regions: for whoever is limited to some there is none (ACC-2). */
const mayHave = (): boolean => person().regions === '*';

const noSuchFile = (): Response => problemResponse('not_found', 'There is no such file.');
const alreadyThere = (name: string): Response =>
  problemResponse('precondition_failed', `There is a file ${name} already. Nothing was stored.`);

async function lookedAt(bucket: R2Bucket, name: ImportName, file: StoredImport) {
  const { problem, warnings }: ImportLook = await lookAtImport(bucket, name);
  return { ...rowOf(file), problem, warnings };
}

function rowOf({
  name,
  table,
  format,
  bytes,
  uploadedAtMs,
  etag,
}: StoredImport): z.output<typeof importSchema> {
  return { name, table, format, size_bytes: bytes, uploaded_at: isoTime(uploadedAtMs), etag };
}
