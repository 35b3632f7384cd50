-- No routes any more; whoever has subscribed to one is told.
BEGIN;
UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1;
INSERT INTO RouteChange (modid, cmdid, version)
    SELECT DISTINCT modid, cmdid, (SELECT version FROM RouteVersion WHERE id = 1) FROM RouteData;
DELETE FROM RouteData;
COMMIT;
