-- No routes any more.
DELETE FROM RouteData;
UPDATE RouteVersion SET version = UNIX_TIMESTAMP() WHERE id = 1;
