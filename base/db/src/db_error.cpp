#include "db_error.h"

namespace lars {

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
    case 1040: case 1203:                                   // too many connections
    case 1042: case 1043:                                   // bad handshake
    case 1053: case 1077: case 1079: case 1080:             // shutting down
    case 1290: case 1836:                                   // read-only for now
    case 1021: case 1037: case 1041: case 1114:             // its disk or memory is full
    case 1152: case 1156: case 1157: case 1158: case 1159: case 1160: case 1161: case 1184:
    case 1927:                                              // connection killed (MariaDB)
    case 4031:                                              // disconnected while idle (MySQL)
        return status_kind::unavailable;
    case 1044: case 1045: case 1698:            // access denied
    case 1049:                                  // unknown database
    case 1129: case 1130:                       // host blocked, host not allowed
    case 1142: case 1143:                       // no right to the table or column
    case 1251: case 2026: case 2049: case 2059: case 2061:  // authentication or TLS method
    case 1820: case 1862: case 3118: case 4151:             // password expired, account locked
        return status_kind::denied;
    case 1054: case 1146:  // unknown column, no such table
        return status_kind::missing;
    case 1205: case 1213:  // lock time-out, deadlock
        return status_kind::conflict;
    default:
        return status_kind::rejected;
    }
    // clang-format on
}

bool ends_connection(unsigned code)
{
    constexpr unsigned PACKET_TOO_LARGE = 1153;
    return kind_of_db_error(code) == status_kind::unavailable || code == PACKET_TOO_LARGE;
}

}  // namespace lars
