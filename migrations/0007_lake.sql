CREATE TABLE `batch_hours` (
	`key` integer PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`generation` integer NOT NULL,
	`parts` integer NOT NULL,
	`parts_digest` text NOT NULL,
	`events` integer NOT NULL,
	`late_added` integer NOT NULL,
	`late_twins` integer NOT NULL,
	`frozen` integer DEFAULT false NOT NULL,
	`computed_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `batch_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`region_number` integer NOT NULL,
	`hour` integer NOT NULL,
	`reason` text NOT NULL,
	`state` text NOT NULL,
	`replay_id` text,
	`parts` integer NOT NULL,
	`parts_done` integer NOT NULL,
	`events` integer NOT NULL,
	`late_added` integer NOT NULL,
	`late_twins` integer NOT NULL,
	`windows_changed` integer NOT NULL,
	`differences` text NOT NULL,
	`error` text,
	`created_at` text NOT NULL,
	`progressed_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE INDEX `batch_runs_by_hour` ON `batch_runs` (`hour`,`region_number`);--> statement-breakpoint
CREATE INDEX `batch_runs_by_state` ON `batch_runs` (`state`,`progressed_at`);--> statement-breakpoint
CREATE TABLE `lake_parts` (
	`name` text PRIMARY KEY NOT NULL,
	`region_number` integer NOT NULL,
	`shard` integer NOT NULL,
	`incarnation` integer NOT NULL,
	`first_row` integer NOT NULL,
	`last_row` integer NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`events` integer NOT NULL,
	`bytes` integer NOT NULL,
	`digest` text NOT NULL,
	`format_version` integer NOT NULL,
	`from_ms` integer NOT NULL,
	`to_ms` integer NOT NULL,
	`sealed_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `lake_parts_by_hour` ON `lake_parts` (`hour`,`region_number`);