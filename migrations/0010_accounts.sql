CREATE TABLE `door_holes` (
	`region_number` integer NOT NULL,
	`shard` integer NOT NULL,
	`door` text NOT NULL,
	`from_number` integer NOT NULL,
	`to_number` integer NOT NULL,
	`producer` text NOT NULL,
	`received_at` text NOT NULL,
	PRIMARY KEY(`region_number`, `shard`, `door`, `from_number`)
);
--> statement-breakpoint
CREATE INDEX `door_holes_by_time` ON `door_holes` (`received_at`);--> statement-breakpoint
CREATE TABLE `shard_accounts` (
	`region_number` integer NOT NULL,
	`shard` integer NOT NULL,
	`incarnation` integer NOT NULL,
	`first_row` integer NOT NULL,
	`last_row` integer NOT NULL,
	`from_minute` integer NOT NULL,
	`to_minute` integer NOT NULL,
	`account` text NOT NULL,
	PRIMARY KEY(`region_number`, `shard`, `incarnation`, `first_row`)
);
--> statement-breakpoint
CREATE INDEX `shard_accounts_by_minute` ON `shard_accounts` (`to_minute`);