// What db_client has of the client library.
#pragma once

#include <mysql.h>

#include <memory>

#include "db_client.h"

namespace lars {

struct db_client::connection {
    struct closer {
        void operator()(MYSQL *open) const { mysql_close(open); }
    };
    std::unique_ptr<MYSQL, closer> handle;
};

}  // namespace lars
