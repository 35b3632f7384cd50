-- The tables of the routes and of the reports. Loading them again changes nothing.

-- One row for each host of each module. serverip is the address as a number:
-- 192.168.1.177 is 192 * 2^24 + 168 * 2^16 + 1 * 2^8 + 177 = 3232235953.
CREATE TABLE IF NOT EXISTS RouteData (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    modid INT UNSIGNED NOT NULL,
    cmdid INT UNSIGNED NOT NULL,
    serverip INT UNSIGNED NOT NULL,
    serverport INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- One row: when RouteData last changed, in seconds since 1970.
CREATE TABLE IF NOT EXISTS RouteVersion (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version INT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT IGNORE INTO RouteVersion (id, version) VALUES (1, 0);

-- Which modules a version has changed.
CREATE TABLE IF NOT EXISTS RouteChange (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    modid INT UNSIGNED NOT NULL,
    cmdid INT UNSIGNED NOT NULL,
    version BIGINT UNSIGNED NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- What the agents report: one row for each host of a module and each agent that called it,
-- with the latest numbers. caller is the agent's address; overload is '1' or '0'.
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
