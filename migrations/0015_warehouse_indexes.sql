CREATE INDEX `movies_by_genre` ON `movies` (`genre`);--> statement-breakpoint
CREATE INDEX `users_by_signup` ON `users` (`signup_date`,`country`,`subscription_type`);