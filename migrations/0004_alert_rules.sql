-- The rules that ship with the product; core/alert/built-in-rules.ts says the same to tests.
INSERT INTO `alert_rules` VALUES
	('LOW_SUCCESS_RATE.1', 'LOW_SUCCESS_RATE', 1, 'LOW_SUCCESS_RATE', 'CRITICAL', 'success_rate', 'below', 0.9, 1, 20, 0.91, 2, 'region', 1, 0, '2026-11-21T00:00:00.000Z', 'marquee'),
	('HIGH_ERROR_RATE.1', 'HIGH_ERROR_RATE', 1, 'HIGH_ERROR_RATE', 'WARNING', 'error_rate', 'above', 0.1, 3, 20, 0.09, 2, 'region', 1, 0, '2026-11-21T00:00:00.000Z', 'marquee'),
	('NO_DATA.1', 'NO_DATA', 1, 'NO_DATA', 'INFO', 'silent_minutes', 'at_least', 5, 1, 0, 0, 1, 'region', 1, 0, '2026-11-21T00:00:00.000Z', 'marquee'),
	('LATENESS_CUT.1', 'LATENESS_CUT', 1, 'LATENESS_CUT', 'WARNING', 'lateness_cuts', 'above', 0, 1, 0, 0, 10, 'region', 1, 0, '2026-11-21T00:00:00.000Z', 'marquee');
