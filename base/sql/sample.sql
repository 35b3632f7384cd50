-- The rows that the guides use:
--   (1,1) 192.168.1.177:7777
--   (1,2) 192.168.1.178:7776, 192.168.1.179:7778, 192.168.1.180:7779
-- Loading them again adds nothing and tells nobody.

START TRANSACTION;

CREATE TEMPORARY TABLE sample_route (
    modid INT UNSIGNED, cmdid INT UNSIGNED, serverip INT UNSIGNED, serverport INT UNSIGNED
);
INSERT INTO sample_route VALUES
    (1, 1, INET_ATON('192.168.1.177'), 7777),
    (1, 2, INET_ATON('192.168.1.178'), 7776),
    (1, 2, INET_ATON('192.168.1.179'), 7778),
    (1, 2, INET_ATON('192.168.1.180'), 7779);

-- Only what is missing is new, and only a module that gets something new changes.
DELETE sample_route FROM sample_route JOIN RouteData USING (modid, cmdid, serverip, serverport);
INSERT INTO RouteData (modid, cmdid, serverip, serverport)
    SELECT modid, cmdid, serverip, serverport FROM sample_route
    ORDER BY modid, cmdid, serverip, serverport;
UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1)
    WHERE id = 1 AND EXISTS (SELECT 1 FROM sample_route);
INSERT INTO RouteChange (modid, cmdid, version)
    SELECT DISTINCT modid, cmdid,
        COALESCE((SELECT version FROM RouteVersion WHERE id = 1), UNIX_TIMESTAMP())
    FROM sample_route ORDER BY modid, cmdid;

DROP TEMPORARY TABLE sample_route;

COMMIT;
