#include "fault.h"

#include <cctype>

namespace lars::faults {

std::string fault::name() const
{
    std::string name;
    for (const unsigned char c : who + " " + what) {
        if (std::isalnum(c))
            name += static_cast<char>(c);
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    return name.back() == '_' ? name.substr(0, name.size() - 1) : name;
}

const std::vector<fault> &all_faults()
{
    static const std::vector<fault> faults = [] {
        std::vector<fault> all;
        for (const auto &part : {process_faults(), resource_faults(), peer_faults()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return faults;
}

}  // namespace lars::faults
