-- No routes any more.
DELETE FROM RouteData;
UPDATE RouteVersion SET version = GREATEST(UNIX_TIMESTAMP(), version + 1) WHERE id = 1;
