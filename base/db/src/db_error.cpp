#include "db_error.h"

namespace lars {

// It ends a transaction that may not write, and no connection.
static constexpr unsigned READ_ONLY_TRANSACTION = 1792;

// Numbers rather than names: MySQL and MariaDB agree on these, but neither
// one's headers name them all.
status_kind kind_of_db_error(unsigned code)
{
    // clang-format off
    switch (code) {
    case 2000:  // unknown error of the client library
    case 2001: case 2002: case 2003: case 2004: case 2005:  // cannot connect
    case 2006: case 2012: case 2013: case 2055:             // connection lost
    case 2014: case 2027:                                   // out of step, malformed packet
    case 1040: case 1203: case 1226:                        // too many connections, user's limit
    case 1042: case 1043:                                   // bad handshake
    case 1047: case 1053: case 1077: case 1079: case 1080:  // not ready, shutting down
    case 1290: case 1836: case READ_ONLY_TRANSACTION:       // read-only for now
    case 1021: case 1037: case 1041: case 1114: case 1135:  // its disk or memory is full
    case 1152: case 1156: case 1157: case 1158: case 1159: case 1160: case 1161: case 1184:
    case 1927:                                              // connection killed (MariaDB)
    case 4031:                                              // disconnected while idle (MySQL)
        return status_kind::unavailable;
    case 1044: case 1045: case 1698:            // access denied
    case 1049:                                  // unknown database
    case 1129: case 1130:                       // host blocked, host not allowed
    case 1142: case 1143: case 1227:            // no right to the table, column or deed
    case 1251: case 2026: case 2049: case 2059: case 2061: case 3159:  // authentication or TLS
    case 1820: case 1862: case 3118: case 4151:             // password expired, account locked
        return status_kind::denied;
    case 1054: case 1146: case 1932:  // unknown column, no such table
        return status_kind::missing;
    case 1205: case 1213: case 3572:  // lock time-out, deadlock, lock not waited for
    case 1317: case 1969: case 3024:  // cut short, by somebody or by a limit of time
    case 1020: case 1412:             // a row or a table has changed since it was read
        return status_kind::conflict;
    case 1048: case 1263:                                   // NULL where there must be none
    case 1264: case 1265: case 1292: case 1366: case 1406:  // out of range, no such value, too long
    case 1300: case 1365: case 1367: case 1411: case 1441: case 1690: case 3140:
    case 1022: case 1062: case 1169: case 1586:             // that key is there already
    case 1216: case 1452: case 1761: case 1762:             // no such row in another table
    case 3819: case 4025:                                   // a constraint
    case 1369: case 1526: case 1748:                        // outside of the view or partitions
    case 1644:                                              // a trigger says no
    case 1153: case 2020:                                   // more than a packet may hold
        return status_kind::bad_data;
    case 1064: case 1065: case 1149:                        // no statement
    case 1136: case 1193: case 1235: case 1305:             // names or does what is not there
        return status_kind::rejected;
    default:
        return status_kind::failed;
    }
    // clang-format on
}

bool comes_from_server(unsigned code)
{
    return (code >= 1000 && code < 2000) || (code >= 3000 && code < 5000);
}

bool serves_nobody(unsigned code)
{
    switch (code) {
    case 1047:
    case 1053:
    case 1077:
    case 1079:
    case 1080:  // not ready, shutting down
    case 1290:
    case 1836:
    case READ_ONLY_TRANSACTION:  // read-only
    case 1021:
    case 1037:
    case 1041:
    case 1114:
    case 1135:  // its disk or memory is full
        return true;
    default: return false;
    }
}

bool ends_connection(unsigned code)
{
    constexpr unsigned PACKET_TOO_LARGE = 1153;
    constexpr unsigned PACKET_TOO_LARGE_TO_SEND = 2020;
    if (code == READ_ONLY_TRANSACTION)
        return false;
    return kind_of_db_error(code) == status_kind::unavailable || code == PACKET_TOO_LARGE ||
           code == PACKET_TOO_LARGE_TO_SEND;
}

}  // namespace lars
