// The console's own pages: the files of pages/, which are a part of the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http_message.h"
#include "http_server.h"

namespace lars {

struct page {
    std::string name;          // below pages/
    std::string type;          // for Content-Type
    std::string etag;          // another one for other content
    std::string_view content;  // lives as long as the program
};

// Any thread. All pages.
const std::vector<page> &all_pages();
// Any thread. PAGE, or 304 if the browser has it.
http_answer answer_page(const page &one, const http_request &request);
// Before SERVER starts: serves each page at /NAME, and index.html at / too.
void add_pages(http_server *server);

}  // namespace lars
