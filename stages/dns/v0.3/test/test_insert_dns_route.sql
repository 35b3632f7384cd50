-- One more host for module (1,1), with all that announces it, in one piece.
BEGIN;
INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (1, 1, 3232235953, 9999);
UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1;
INSERT INTO RouteChange (modid, cmdid, version) SELECT 1, 1, version FROM RouteVersion WHERE id = 1;
COMMIT;
