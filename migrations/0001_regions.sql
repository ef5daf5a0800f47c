-- The registry of regions (ING-4). Numbers are part of every packed key: never reused, never changed.
INSERT INTO `regions` (`number`, `name`, `continent`, `latitude`, `longitude`) VALUES
	(1, 'US-California', 'North America', 37.34, -121.89),
	(2, 'US-Virginia', 'North America', 39.04, -77.49),
	(3, 'US-Texas', 'North America', 32.78, -96.8),
	(4, 'EU-London', 'Europe', 51.51, -0.13),
	(5, 'EU-Frankfurt', 'Europe', 50.11, 8.68),
	(6, 'EU-Paris', 'Europe', 48.86, 2.35),
	(7, 'ASIA-Tokyo', 'Asia', 35.68, 139.69),
	(8, 'ASIA-Mumbai', 'Asia', 19.08, 72.88),
	(9, 'ASIA-Singapore', 'Asia', 1.35, 103.82),
	(10, 'SA-SaoPaulo', 'South America', -23.55, -46.63),
	(11, 'AF-Johannesburg', 'Africa', -26.2, 28.05),
	(12, 'OC-Sydney', 'Oceania', -33.87, 151.21);
