CREATE TABLE `etl_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`progress` text NOT NULL,
	`revision` integer NOT NULL,
	`instance` integer NOT NULL,
	`error` text,
	`started_by` text NOT NULL,
	`started_at` text NOT NULL,
	`progressed_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE INDEX `etl_runs_by_start` ON `etl_runs` (`started_at`);