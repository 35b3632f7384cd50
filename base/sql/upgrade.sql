-- Brings the tables of an older deployment to what schema.sql makes, in place and
-- without losing a row. Safe to repeat, also after it was interrupted. Programs may
-- go on reading and writing meanwhile; one that stores negative numbers for addresses
-- must be stopped. For MariaDB and MySQL 8:
--
--     mysql lars_dns < upgrade.sql
--
-- What it finds and mends: tables, columns, keys, indexes and the row of
-- RouteVersion that are missing; numbers of another type (ServerCallStatus had signed addresses,
-- so that one above 127.255.255.255 could not be stored); another storage engine,
-- which has no transactions; other character sets. Columns, indexes and tables that
-- are not ours stay. A value that does not fit its column's type ends it with an
-- error that names the column, and nothing is cut to fit.

SET NAMES utf8mb4 COLLATE utf8mb4_general_ci;
SET @old_sql_mode = @@SESSION.sql_mode, @old_concat_len = @@SESSION.group_concat_max_len,
    @old_autocommit = @@SESSION.autocommit, @old_safe_updates = @@SESSION.sql_safe_updates;
SET SESSION sql_mode = 'STRICT_ALL_TABLES', SESSION group_concat_max_len = 100000,
    SESSION autocommit = 1, SESSION sql_safe_updates = 0;

-- Tables that are missing, for the time being with their keys alone.
CREATE TABLE IF NOT EXISTS RouteData (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS RouteVersion (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS RouteChange (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS RouteAudit (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS ServerCallStatus (
    modid INT NOT NULL,
    cmdid INT NOT NULL,
    ip INT UNSIGNED NOT NULL,
    port INT UNSIGNED NOT NULL,
    caller INT UNSIGNED NOT NULL,
    PRIMARY KEY (modid, cmdid, ip, port, caller)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS CallHistory (
    ts BIGINT NOT NULL,
    modid INT NOT NULL,
    cmdid INT NOT NULL,
    PRIMARY KEY (modid, cmdid, ts)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS ModIDConfig (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE IF NOT EXISTS CmdIDConfig (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- The columns as schema.sql makes them, each with the one that it stands after; those
-- that came later stand at the end, and have a preset value for programs that do not
-- know them. "shown" is the type as the server names it, MySQL 8 without a width.
DROP TEMPORARY TABLE IF EXISTS lars_column;
CREATE TEMPORARY TABLE lars_column (
    place INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    of_table VARCHAR(64) NOT NULL,
    name VARCHAR(64) NOT NULL,
    type VARCHAR(64) NOT NULL,
    shown VARCHAR(64) NOT NULL,
    stands VARCHAR(80) NOT NULL,
    preset VARCHAR(20) NULL
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO lars_column (of_table, name, type, shown, stands) VALUES
    ('RouteData', 'id', 'INT UNSIGNED', 'int(10) unsigned', 'FIRST'),
    ('RouteData', 'modid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER id'),
    ('RouteData', 'cmdid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER modid'),
    ('RouteData', 'serverip', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER cmdid'),
    ('RouteData', 'serverport', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER serverip'),
    ('RouteData', 'weight', 'INT UNSIGNED', 'int(10) unsigned', ''),
    ('RouteVersion', 'id', 'INT UNSIGNED', 'int(10) unsigned', 'FIRST'),
    ('RouteVersion', 'version', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER id'),
    ('RouteChange', 'id', 'INT UNSIGNED', 'int(10) unsigned', 'FIRST'),
    ('RouteChange', 'modid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER id'),
    ('RouteChange', 'cmdid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER modid'),
    ('RouteChange', 'version', 'BIGINT UNSIGNED', 'bigint(20) unsigned', 'AFTER cmdid'),
    ('RouteAudit', 'id', 'INT UNSIGNED', 'int(10) unsigned', 'FIRST'),
    ('RouteAudit', 'ts', 'BIGINT', 'bigint(20)', 'AFTER id'),
    ('RouteAudit', 'who', 'VARCHAR(64)', 'varchar(64)', 'AFTER ts'),
    ('RouteAudit', 'modid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER who'),
    ('RouteAudit', 'cmdid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER modid'),
    ('RouteAudit', 'action', 'VARCHAR(16)', 'varchar(16)', 'AFTER cmdid'),
    ('RouteAudit', 'before_hosts', 'TEXT', 'text', 'AFTER action'),
    ('RouteAudit', 'after_hosts', 'TEXT', 'text', 'AFTER before_hosts'),
    ('RouteAudit', 'note', 'VARCHAR(255)', 'varchar(255)', 'AFTER after_hosts'),
    ('ServerCallStatus', 'modid', 'INT', 'int(11)', 'FIRST'),
    ('ServerCallStatus', 'cmdid', 'INT', 'int(11)', 'AFTER modid'),
    ('ServerCallStatus', 'ip', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER cmdid'),
    ('ServerCallStatus', 'port', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER ip'),
    ('ServerCallStatus', 'caller', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER port'),
    ('ServerCallStatus', 'succ_cnt', 'INT', 'int(11)', 'AFTER caller'),
    ('ServerCallStatus', 'err_cnt', 'INT', 'int(11)', 'AFTER succ_cnt'),
    ('ServerCallStatus', 'ts', 'BIGINT', 'bigint(20)', 'AFTER err_cnt'),
    ('ServerCallStatus', 'overload', 'CHAR(1)', 'char(1)', 'AFTER ts'),
    ('CallHistory', 'ts', 'BIGINT', 'bigint(20)', 'FIRST'),
    ('CallHistory', 'modid', 'INT', 'int(11)', 'AFTER ts'),
    ('CallHistory', 'cmdid', 'INT', 'int(11)', 'AFTER modid'),
    ('CallHistory', 'calls', 'BIGINT', 'bigint(20)', 'AFTER cmdid'),
    ('CallHistory', 'failures', 'BIGINT', 'bigint(20)', 'AFTER calls'),
    ('ModIDConfig', 'id', 'INT UNSIGNED', 'int(10) unsigned', 'FIRST'),
    ('ModIDConfig', 'modid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER id'),
    ('ModIDConfig', 'content', 'CHAR(255)', 'char(255)', 'AFTER modid'),
    ('CmdIDConfig', 'id', 'INT UNSIGNED', 'int(10) unsigned', 'FIRST'),
    ('CmdIDConfig', 'cmdid', 'INT UNSIGNED', 'int(10) unsigned', 'AFTER id'),
    ('CmdIDConfig', 'content', 'CHAR(255)', 'char(255)', 'AFTER cmdid');
UPDATE lars_column SET preset = '100' WHERE of_table = 'RouteData' AND name = 'weight';

-- Three statements that write a statement for the table @t into @statement, or one
-- that does nothing.
--
-- 1. A signed column that shall be unsigned becomes one that holds both.
PREPARE plan_widen FROM
'SELECT COALESCE(CONCAT(''ALTER TABLE '', @t, '' '', GROUP_CONCAT(''MODIFY '', w.name, '' BIGINT '',
     IF(c.IS_NULLABLE = ''YES'', ''NULL'', ''NOT NULL''))), ''DO 0'') INTO @statement
 FROM lars_column w JOIN information_schema.COLUMNS c
     ON c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = w.of_table AND c.COLUMN_NAME = w.name
 WHERE w.of_table = @t AND w.name <> ''id'' AND w.type = ''INT UNSIGNED'' AND w.preset IS NULL
     AND c.DATA_TYPE IN (''tinyint'', ''smallint'', ''mediumint'', ''int'')
     AND c.COLUMN_TYPE NOT LIKE ''%unsigned%''';

-- 2. There a negative number becomes the unsigned one of the same 32 bits.
PREPARE plan_numbers FROM
'SELECT COALESCE(CONCAT(''UPDATE '', @t, '' SET '',
     GROUP_CONCAT(w.name, '' = '', w.name, '' & 4294967295''), '' WHERE '',
     GROUP_CONCAT(w.name, '' < 0'' SEPARATOR '' OR '')), ''DO 0'') INTO @statement
 FROM lars_column w JOIN information_schema.COLUMNS c
     ON c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = w.of_table AND c.COLUMN_NAME = w.name
 WHERE w.of_table = @t AND w.name <> ''id'' AND w.type = ''INT UNSIGNED'' AND w.preset IS NULL
     AND c.DATA_TYPE = ''bigint'' AND c.COLUMN_TYPE NOT LIKE ''%unsigned%''';

-- 3. What is missing is added, what differs is changed, the rest is left alone. A table
--    has the primary key @keys and, unless that is empty, the index @index.
PREPARE plan_shape FROM
'SELECT COALESCE(CONCAT(''ALTER TABLE '', @t, '' '', GROUP_CONCAT(x.what ORDER BY x.place)),
     ''DO 0'') INTO @statement
 FROM (
     SELECT w.place, CONCAT(IF(c.COLUMN_NAME IS NULL, ''ADD COLUMN '', ''MODIFY ''), w.name, '' '',
         w.type, '' NOT NULL'', IF(w.name = ''id'', '' AUTO_INCREMENT'', ''''),
         IF(w.preset IS NULL, '''', CONCAT('' DEFAULT '', w.preset)),
         IF(c.COLUMN_NAME IS NULL, CONCAT('' '', w.stands), '''')) AS what
     FROM lars_column w LEFT JOIN information_schema.COLUMNS c
         ON c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = w.of_table AND c.COLUMN_NAME = w.name
     WHERE w.of_table = @t AND (c.COLUMN_NAME IS NULL OR c.IS_NULLABLE = ''YES''
         OR c.COLUMN_TYPE NOT IN (w.shown, LOWER(w.type))
         OR (w.preset IS NOT NULL AND COALESCE(c.COLUMN_DEFAULT, '''') <> w.preset)
         OR (w.name = ''id'' AND c.EXTRA NOT LIKE ''%auto_increment%'')
         OR COALESCE(c.CHARACTER_SET_NAME, ''utf8mb4'') <> ''utf8mb4'')
     UNION ALL
     SELECT 101, CONCAT(IF(k.names IS NULL, '''', ''DROP PRIMARY KEY, ''), ''ADD PRIMARY KEY ('',
         @keys, '')'')
     FROM (SELECT GROUP_CONCAT(u.COLUMN_NAME ORDER BY u.ORDINAL_POSITION SEPARATOR '', '') AS names
         FROM information_schema.KEY_COLUMN_USAGE u WHERE u.TABLE_SCHEMA = DATABASE()
             AND u.TABLE_NAME = @t AND u.CONSTRAINT_NAME = ''PRIMARY'') k
     WHERE COALESCE(k.names, '''') <> @keys
     UNION ALL
     SELECT 102, ''ENGINE=InnoDB'' FROM information_schema.TABLES t
     WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = @t AND t.ENGINE <> ''InnoDB''
     UNION ALL
     SELECT 103, ''CONVERT TO CHARACTER SET utf8mb4'' FROM information_schema.TABLES t
     WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = @t
         AND t.TABLE_COLLATION NOT LIKE ''utf8mb4%''
     UNION ALL
     SELECT 104, CONCAT(''ADD INDEX ('', @index, '')'') FROM (
         SELECT COUNT(*) AS found FROM (
             SELECT CONCAT(GROUP_CONCAT(i.COLUMN_NAME ORDER BY i.SEQ_IN_INDEX SEPARATOR '', ''),
                 '','') AS names
             FROM information_schema.STATISTICS i
             WHERE i.TABLE_SCHEMA = DATABASE() AND i.TABLE_NAME = @t GROUP BY i.INDEX_NAME
         ) n WHERE n.names LIKE CONCAT(@index, '',%'')
     ) f WHERE @index <> '''' AND f.found = 0
 ) x';

-- One beginning with these columns will do, whatever its name.
SET @t = 'RouteData', @keys = 'id', @index = 'modid, cmdid';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

SET @t = 'RouteVersion', @keys = 'id', @index = '';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

SET @t = 'RouteChange', @keys = 'id';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

SET @t = 'RouteAudit', @keys = 'id', @index = 'modid, cmdid';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

SET @t = 'ServerCallStatus', @index = '', @keys = 'modid, cmdid, ip, port, caller';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
-- A program may write the unsigned number meanwhile: that row is the newer one of the
-- same key.
SET @numbers = @statement, @statement = IF(@statement = 'DO 0', @statement,
    'DELETE older FROM ServerCallStatus older JOIN ServerCallStatus newer
    ON newer.modid = older.modid AND newer.cmdid = older.cmdid
    AND newer.ip = older.ip & 4294967295 AND newer.port = older.port & 4294967295
    AND newer.caller = older.caller & 4294967295
    WHERE older.ip < 0 OR older.port < 0 OR older.caller < 0');
PREPARE step FROM @statement;
EXECUTE step;
PREPARE step FROM @numbers;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

-- A table of signed numbers alone: there is nothing to widen.
SET @t = 'CallHistory', @keys = 'modid, cmdid, ts', @index = 'ts';
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

SET @t = 'ModIDConfig', @keys = 'id', @index = '';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

SET @t = 'CmdIDConfig', @keys = 'id';
EXECUTE plan_widen;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_numbers;
PREPARE step FROM @statement;
EXECUTE step;
EXECUTE plan_shape;
PREPARE step FROM @statement;
EXECUTE step;

INSERT IGNORE INTO RouteVersion (id, version) VALUES (1, 0);

DEALLOCATE PREPARE step;
DEALLOCATE PREPARE plan_widen;
DEALLOCATE PREPARE plan_numbers;
DEALLOCATE PREPARE plan_shape;
DROP TEMPORARY TABLE lars_column;
SET SESSION sql_mode = @old_sql_mode, SESSION group_concat_max_len = @old_concat_len,
    SESSION autocommit = @old_autocommit, SESSION sql_safe_updates = @old_safe_updates;
