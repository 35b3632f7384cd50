// The tables ModIDConfig and CmdIDConfig: what a modid and a cmdid mean, for people. One
// thread at a time; CLIENT is connected.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db_client.h"
#include "route.h"

namespace lars {

enum class id_kind { modid, cmdid };

// *NAMES becomes what those ids are called; ids without a name are not in it.
status read_names(db_client &client, id_kind kind, const std::vector<int32_t> &ids,
                  std::map<int32_t, std::string> *names);
// *IDS becomes those whose names have TEXT in them, a thousand at most.
status find_names(db_client &client, id_kind kind, const std::string &text,
                  std::vector<int32_t> *ids);
struct name_change {
    std::string name;                // at most 255 characters of UTF-8; empty: none any more
    std::optional<std::string> was;  // only if that is the name now; empty: if it has none
};
// *PRESENT becomes the name that the id has then: where it is not CHANGE's, nothing is changed.
status write_name(db_client &client, id_kind kind, int32_t id, const name_change &change,
                  std::string *present);

}  // namespace lars
