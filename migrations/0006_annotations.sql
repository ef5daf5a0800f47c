CREATE TABLE `annotations` (
	`id` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`until` text,
	`text` text NOT NULL,
	`tags` text NOT NULL,
	`region` text,
	`visibility` text NOT NULL,
	`author_id` text NOT NULL,
	`author_name` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`changed_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `annotations_by_time` ON `annotations` (`at`,`id`);--> statement-breakpoint
ALTER TABLE `alert_rules` ADD `regions` text;--> statement-breakpoint
ALTER TABLE `alert_rules` ADD `deleted` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `alert_rules_by_id` ON `alert_rules` (`id`,`version`);