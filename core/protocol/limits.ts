/** Every cap of the product, with its reason. Each is tested at N and at N + 1 (ING-3). */

/** Bodies are buffered whole before they are judged; 500 events of 1 KB fit eight times over. */
export const requestBytesMax = 4 * 1024 * 1024;
/** What a compressed body may inflate to: a bomb is stopped here, long before the isolate's 128 MB. */
export const inflatedBytesMax = 16 * 1024 * 1024;
/** Sum of inflated bodies that one isolate holds at once; beyond it the door answers 503 with Retry-After. */
export const inflatedBytesPerIsolateMax = 48 * 1024 * 1024;
/** Records of one request: a request stays well under a second of CPU. */
export const recordsPerRequestMax = 10_000;
/** JSON text of one record, in UTF-16 units as a walk of the parsed record counts them. */
export const recordSizeMax = 16 * 1024;
/** Nesting of one record: the record itself is depth 1. */
export const recordDepthMax = 8;
/** Errors listed one by one in an answer; the rest are counted and `errors_truncated` is true. */
export const errorsListedMax = 100;
/** Rejected records kept as samples per report. */
export const rejectSamplesMax = 10;

export const eventIdLengthMax = 64;
export const contentIdLengthMax = 128;
export const userIdLengthMax = 128;
export const sessionIdLengthMax = 128;
export const titleLengthMax = 256;
/** country, device_type, quality, content_type, subscription_type, error_code, region: short open strings. */
export const labelLengthMax = 32;
/** JSON text of `ext`. */
export const extBytesMax = 2048;

/** Later than now + this never reaches a watermark (ING-5). */
export const clockSkewAheadMsMax = 5 * 60_000;
/** 2000-01-01T00:00:00Z: older times are mistakes of units or clocks (ING-5). */
export const eventTimeMsMin = 946_684_800_000;

/** duration: a day and a bit; longer ones are broken players. */
export const durationMsMax = 30 * 3_600_000;
export const bufferingCountMax = 100_000;
/** 1 Tbit/s. */
export const speedKbpsMax = 1_000_000_000;
/** 1 TB in one download. */
export const bytesMax = 1_000_000_000_000;

/** A queue message is billed by 64,000 B, some 100 to 200 B of it metadata. */
export const envelopeBytesMax = 63_800;
/** Events of one chunk: keeps one chunk well inside an envelope even with long strings; the encoder splits by bytes too. */
export const chunkEventsMax = 2000;

/** Pane and window sizes are constants of a deployment (WIN-1). */
export const paneMs = 10_000;
export const windowMs = 60_000;
export const panesPerWindow = windowMs / paneMs;
/** How far the watermark stays behind the greatest event time (WIN-3). */
export const holdBackMs = 5_000;
/**
 * When the greatest event time has not risen for this long, the watermark follows server time (WIN-3). With the
 * hold-back less than 10 s: an alert of a region with few events comes in time too (docs/decisions/0008).
 */
export const idleAfterMs = 4_000;
/** H of WIN-5. */
export const allowedLatenessMs = 10 * 60_000;
/** At most one re-emission of a window per this long (WIN-5). */
export const reemitAfterMs = 10_000;
/** Keys of one dimension in one window; the rest fold into OTHER_KEY (WIN-6). */
export const dimensionKeysMax = 512;
export const OTHER_KEY = '__other__';
/** Identities in memory of one shard (WIN-8): 12 to 18 B each, at most 36 MB at the cap of a shard's 64. */
export const identitiesMax = 2_000_000;

/** A log row is one BLOB; SQLite in a Durable Object takes 2 MB (LOG-3). */
export const logRowBytesMax = 2_000_000;
/** Beyond this the shard refuses and the queue waits (LOG-5); an object may hold 10 GB. */
export const logBytesMax = 4_000_000_000;
/** A shard seals so many events at once (LAK-1): parts of a few row groups, and few of them... */
export const sealEventsMin = 50_000;
/** ...or what it has after so long: the lake is no older than that, and a quiet shard makes four parts an hour. */
export const sealAfterMs = 15 * 60_000;
/** Events of one plan, all of which the sealer holds in memory, unless one row holds more: some 10 MB as columns. */
export const sealEventsMax = 60_000;
/** Bytes of the log rows of one plan: `ext` may be 2 KB an event. */
export const sealBytesMax = 16_000_000;
/** Parts of one plan, and of one run of the sealer: what is left goes into the next (R2 is asked once a part). */
export const sealPartsMax = 200;
/** A sealer that has not done what is due is told again after this. */
export const sealRetryMs = 60_000;
/** Log rows that travel to the sealer in one answer: two rows of the largest size. */
export const logPageBytesMax = 4_000_000;
/** Log rows deleted in one transaction, at 60 KB each some tens of ms; the next one goes on. */
export const trimRowsMax = 1_000;
/** Trimmed rows that a shard keeps to write over: five minutes, from trimming to trimming, of 16 commits a second. */
export const spareRowsMax = 5_000;
/** The queue's retention: after it a silent door is forgotten (LOG-4). */
export const queueRetentionMs = 4 * 24 * 3_600_000;

/** Concurrent viewers: sessions with an event in the last 60 s whose last event is neither pause nor complete. */
export const viewerTimeoutMs = 60_000;

/** Live frames at most this often (LIV-3: the first update goes at once, what follows is joined). */
export const frameEveryMs = 200;
/** What a hub holds and a snapshot carries. */
export const livePanesMs = 15 * 60_000;
export const liveMinutesMs = 60 * 60_000;
/** Base interval of a viewer's acknowledgement; stretched by the number of viewers (LIV-2). */
export const ackEveryMs = 2_000;
export const viewerBehindMsMax = 5_000;
export const viewerBehindBytesMax = 256 * 1024;
export const viewerStalledMsMax = 30_000;
/** A hub's lease on a region: while it holds, the region pushes (LIV-3). */
export const leaseMs = 120_000;
export const leaseRenewMs = 60_000;
/** A client's frame, or the regions in the address of a connection: subscriptions and acks are tiny. */
export const clientFrameBytesMax = 4096;

/** Ranges of the live API, in minutes. */
export const rangeMinutesMax = 1440;
/** A picture of the Live view: as far back as minutes are kept (RET-1), which a comparison needs as well. */
export const pictureMinutesMax = 7 * 1440;
/** Cells of a region in a picture: a chart has no more pixels to show them with. */
export const pictureStepsMax = 400;
/** Contents of a day are some hundred hours of regions; of longer ranges the Analytics page tells. */
export const pictureBreakdownMinutesMax = 1440;

/** Sessions a shard follows for the count of concurrent viewers, some 30 B each; beyond it the count is a lower bound. */
export const sessionsMax = 500_000;

/**
 * Values of one request, counted as brackets and commas: some 50 for each of recordsPerRequestMax records. Parsed
 * values take far more memory than their text (16 MB of `[` took 1.9 s and 700 MB), so they are counted before. That
 * costs 1 to 3 ns a character; a shorter body cannot have as many.
 */
export const valuesPerRequestMax = 500_000;

/** Acknowledgements that a hub takes in a second from all its viewers; beyond it their interval is stretched. */
export const acksPerSecondMax = 500;

/** A viewer that sends more frames in a minute that cannot be taken is closed. */
export const badFramesPerMinuteMax = 20;

/** More frames of a viewer in a second count as frames that cannot be taken; one that keeps the protocol sends two. */
export const clientFramesPerSecondMax = 50;

/** Server-sent events (LIV-4): a whole state each time, so at most one a second. */
export const sseEveryMs = 1_000;
/** Silence after which a comment shows that the line is alive; proxies cut lines that are silent for a minute. */
export const sseHeartbeatMs = 15_000;
/** A stream is closed then and comes again: so a deployment reaches all readers, and none is kept for a dead line. */
export const sseLifeMs = 5 * 60_000;
/** What a reader waits before it comes again. */
export const sseRetryMs = 1_000;
/** Readers of a hub: each costs a state of some 100 KB a second. */
export const sseReadersMax = 100;

/** Characters of frames after which a viewer acknowledges before its time: a quarter of viewerBehindBytesMax. */
export const ackAfterBytes = 64 * 1024;

/** A waking hub shows what it has after this long, though a region or D1 has not answered yet. */
export const pullWaitMsMax = 2_000;

/** What a breakdown of live frames covers, and how much of it travels. */
export const breakdownMinutes = 5;
export const breakdownContentsMax = 10;
export const breakdownSharesMax = 12;
/** A breakdown is a ranking of hundreds of cells: once a second is as fast as anyone reads it. */
export const breakdownEveryMs = 1_000;
/** Resolved alerts stay in live frames this long; what is older is asked of the API. */
export const liveAlertsMs = 60 * 60_000;
/** What a shard follows beside healthy: of more contents or devices in trouble at once, later ones are left out. */
export const alertTracksMax = 48;
/** Minutes of silence that rules can tell apart: of a longer one (a clock that jumped by years) the rest is passed over. */
export const alertSilenceMinutesMax = 1440;
/** A shard whose head has not heard of it for so long after its windows have died is judged without, and lets go. */
export const shardSilenceMinutesMax = 30;
/** Alerts of a shard that D1 has not confirmed: 3 KB each at most, and a row of an object's SQLite takes 2 MB. */
export const alertsHeldMax = 500;
/** Steps kept of an alert's life: late data may change it often, and a row is not a log. */
export const alertHistoryMax = 20;
/** Ids of rules, deleted ones included (an id may be used again): a shard may judge each for 512 contents a window. */
export const alertRulesMax = 64;
/** Id and type of a rule: part of the ids of its alerts. */
export const ruleNameLengthMax = 64;
/** Windows in a row that a rule may ask for: a rule that needs longer than an hour is a report. */
export const ruleWindowsMax = 60;
/** Attempts that a rule may ask for in a window: beyond it the rule would never decide. */
export const ruleAttemptsMax = 1_000_000;
/** Windows that end early in one minute: a shard holds 11 minutes of them. */
export const ruleCutsMax = 100;
/** A comment on an alert. */
export const alertCommentLengthMax = 2_000;

/** A text of the audit log: ids, names, paths. What is longer is cut. */
export const auditTextLengthMax = 256;
/** What else a line of the audit log tells: a few short texts, so that a line is at most some 5 KB. */
export const auditDetailCountMax = 16;
export const auditDetailLengthMax = 256;
/** Lines that an isolate holds until D1 has them; beyond it the newest are dropped, and a log line says how many. */
export const auditHeldMax = 2_000;
/** Lines that one statement chains: half a megabyte at most, below what D1 takes. */
export const auditBatchMax = 100;
/** Kinds of refusals (who, what for) that an isolate tells apart in a minute; the rest is counted as one. */
export const auditRefusalKindsMax = 500;
/** Rows that the check of the audit log reads at a time: some 300 B each. */
export const auditPieceRows = 1_000;
/** Rows that one request checks: half a second of CPU. */
export const auditCheckRows = 10_000;
/** Rows that one step of removing old ones takes: some seconds of D1 at most, and one statement. */
export const auditTrimRows = 5_000;
/** What is older may be removed (AUD-5): a year, and a month to look back on it. */
export const auditRetentionMs = 400 * 86_400_000;
/** Between two anchors that are kept for good lie at most so many rows... */
export const auditAnchorRows = 100;
/** ...or, where rows come slowly, so much time. */
export const auditAnchorMs = 60_000;

/** Rows of one page of an answer. */
export const pageRowsMax = 1000;
/** Contents minute by minute are hundreds of rows each: an hour of them is tens of thousands. */
export const contentsByMinuteMinutesMax = 60;
/** Contents counted for one answer, so that a hostile stream of new ids does not fill the isolate. */
export const contentsPerAnswerMax = 50_000;
/** Body of an action on an alert: its comment, each character escaped. */
export const actionBodyBytesMax = 16 * 1024;

/** A sign-in lasts a working day and does not slide: a stolen cookie ends too (ACC-3). */
export const sessionMs = 12 * 3_600_000;
/** How long an isolate believes what D1 said of a session: a revocation is known everywhere after this (ACC-3). */
export const sessionCacheMs = 10_000;
/** While D1 does not answer, what it said last of a credential holds for so long: nothing can be revoked then either. */
export const credentialOutageMs = 15 * 60_000;
/** Sessions that an isolate remembers: some 500 B each. */
export const sessionsCachedMax = 2_000;
/** Failed sign-ins of an isolate and country in a minute: people mistype, programs guess (ACC-3). */
export const failedSignInsPerMinuteMax = 10;

/** A key may spend ten seconds of its rate at once after a pause: back ends send in gusts. */
export const rateBurstSeconds = 10;
/** An isolate asks a key's meter at most once in this long: a call a request would cost more than the request. */
export const rateRenewMs = 1_000;
/** A lease lives for two such seconds, so that the next one can be fetched while it is spent. */
export const rateLeaseMs = 2 * rateRenewMs;
/** A meter that has not answered by then is passed over: events are not refused for a fault of ours. */
export const meterWaitMsMax = 250;
/** A key revoked now is refused everywhere after this (KEY-3); a read of D1 for each key, isolate and 10 s. */
export const keyCacheMs = 10_000;
/** Keys that an isolate remembers: some 500 B each. */
export const keysCachedMax = 10_000;
/** Ids without a key that an isolate remembers: strangers may send as many as they like. */
export const strangeKeysCachedMax = 1_000;
/** The use of a key is noted at most once in this long: a row written. */
export const keyUseNotedMs = 60_000;
/** A live connection outlives its credential by no more than this: its session is looked up again, others end. */
export const socketRecheckMs = 30 * 60_000;
/** A token of a person: 1 to 2 KB with many groups; what is longer is not read. */
export const jwtBytesMax = 8 * 1024;
/** Keys of an issuer are asked for again after this: a key that is withdrawn ends within it (ACC-4). */
export const jwksCacheMs = 10 * 60_000;
/** An unknown key id asks for them before that, but no more often than this. */
export const jwksRefetchMs = 60_000;
export const jwksBytesMax = 64 * 1024;
/** Requests wait for them. */
export const jwksWaitMsMax = 3_000;
/** Name of a producer's key. */
export const keyNameLengthMax = 128;
/** Regions that a key may be limited to: more than any registry holds. */
export const keyRegionsMax = 256;
/** Any rate or quota of a key: a day's quota of 115,000 events a second, and what JSON counts exactly. */
export const keyRateMax = 10_000_000_000;
/** Name of a person, in characters. */
export const personNameLengthMax = 128;

/** Rows of a row group, which is read and decoded at once: some 4 MB in memory. A larger part has several of nearly this. */
export const partGroupRowsMax = 20_000;
/** Columns of a row group that are encoded without a pause: some 5 ms of the thread. */
export const partColumnsAtOnce = 4;
/** How long sealing pauses, so that the thread comes to what it has heard meanwhile: the shortest wait that is a timer's, ms. */
export const sealPauseMs = 1;
/** First read of a part: its end, which holds the footer of any part that sealing makes (some 3 KB a row group). */
export const partTailBytes = 32 * 1024;
/** Of a footer: a thousand row groups. A length beyond it is not believed. */
export const partFooterBytesMax = 8 * 1024 * 1024;
/** Of a row group's bytes, and of a page's when inflated: 20,000 events at their largest take 60 MB, real ones 1 MB. */
export const partPageBytesMax = 64 * 1024 * 1024;
/** Columns that lie so far apart are fetched in one read: a request to R2 costs more than these bytes. */
export const partGapBytesMax = 16 * 1024;
/** A number that a door gave out and its shard has not seen is overdue after this (ING-6b): a queue's worst backoff is five minutes. */
export const holeOverdueMs = 15 * 60_000;
/** Dead letters, and holes in the numbers of doors, that a statement of accounts reads: both are rare. */
export const deadLettersReadMax = 5_000;
/** Dead letters that one request sends again: five calls of R2 and the queue each, one after the other. */
export const redriveLettersMax = 100;
export const holesReadMax = 5_000;
/** Of a shard's log that is not sealed, what a statement of accounts reads: a quarter of an hour at most is usual. */
export const reportBytesMax = 16_000_000;
/** Of a page or dictionary before compression, about: workerd cannot compress into more than 64 KB (storage/lake/zstd.ts). */
export const partPageSize = 32 * 1024;
/** Hours of regions for which one check fires at once: beyond it something is wrong with the whole, not with an hour. */
export const lossHoursMax = 48;
