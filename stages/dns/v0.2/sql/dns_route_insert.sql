-- The rows that the whole course uses, and a version that says when they came.
INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES
    (1, 1, 3232235953, 7777),   -- 192.168.1.177
    (1, 2, 3232235954, 7776),   -- 192.168.1.178
    (1, 2, 3232235955, 7778),
    (1, 2, 3232235956, 7779);
UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1;
