CREATE TABLE `replays` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`from_hour` integer NOT NULL,
	`to_hour` integer NOT NULL,
	`regions` text NOT NULL,
	`hours` integer NOT NULL,
	`next_place` integer NOT NULL,
	`hours_empty` integer NOT NULL,
	`hours_skipped` integer NOT NULL,
	`skipped` text NOT NULL,
	`parts` integer,
	`events` integer,
	`instance` integer NOT NULL,
	`started_by` text NOT NULL,
	`started_at` text NOT NULL,
	`progressed_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE INDEX `replays_by_start` ON `replays` (`started_at`);--> statement-breakpoint
CREATE INDEX `batch_runs_by_replay` ON `batch_runs` (`replay_id`) WHERE "batch_runs"."replay_id" is not null;