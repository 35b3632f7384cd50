-- The tables of Lars, for a database of any name. Safe to repeat: what is
-- there stays as it is.
--
-- modid and cmdid are the same 32 bits as the int32 of the wire; serverip is
-- the address as a host-order number (192.168.1.177 is 3232235953). A host's share of
-- its module's calls is in proportion to its weight; with weight 0 it gets none.

CREATE TABLE IF NOT EXISTS RouteData (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    modid INT UNSIGNED NOT NULL,
    cmdid INT UNSIGNED NOT NULL,
    serverip INT UNSIGNED NOT NULL,
    serverport INT UNSIGNED NOT NULL,
    weight INT UNSIGNED NOT NULL DEFAULT 100,
    INDEX (modid, cmdid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- One row, id 1: when the routes last changed.
CREATE TABLE IF NOT EXISTS RouteVersion (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT IGNORE INTO RouteVersion (id, version) VALUES (1, 0);

-- One row for every module that a change touched.
CREATE TABLE IF NOT EXISTS RouteChange (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    modid INT UNSIGNED NOT NULL,
    cmdid INT UNSIGNED NOT NULL,
    version BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- Who changed which module, and how, written in the transaction of the change. A list of
-- hosts is "ip:port@weight" joined by commas; one that does not fit ends with ",...".
CREATE TABLE IF NOT EXISTS RouteAudit (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ts BIGINT NOT NULL,
    who VARCHAR(64) NOT NULL,
    modid INT UNSIGNED NOT NULL,
    cmdid INT UNSIGNED NOT NULL,
    action VARCHAR(16) NOT NULL,
    before_hosts TEXT NOT NULL,
    after_hosts TEXT NOT NULL,
    note VARCHAR(255) NOT NULL,
    INDEX (modid, cmdid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- How the calls of one caller to one host went, as last reported.
CREATE TABLE IF NOT EXISTS ServerCallStatus (
    modid INT NOT NULL,
    cmdid INT NOT NULL,
    ip INT UNSIGNED NOT NULL,
    port INT UNSIGNED NOT NULL,
    caller INT UNSIGNED NOT NULL,
    succ_cnt INT NOT NULL,
    err_cnt INT NOT NULL,
    ts BIGINT NOT NULL,
    overload CHAR(1) NOT NULL,
    PRIMARY KEY (modid, cmdid, ip, port, caller)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- How many calls a module had up to the second ts, as the console's samples say.
CREATE TABLE IF NOT EXISTS CallHistory (
    ts BIGINT NOT NULL,
    modid INT NOT NULL,
    cmdid INT NOT NULL,
    calls BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (modid, cmdid, ts),
    INDEX (ts)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- What a modid and a cmdid mean, for people.
CREATE TABLE IF NOT EXISTS ModIDConfig (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    modid INT UNSIGNED NOT NULL,
    content CHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS CmdIDConfig (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    cmdid INT UNSIGNED NOT NULL,
    content CHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
