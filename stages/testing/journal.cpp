#include "journal.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <deque>
#include <mutex>
#include <sstream>
#include <utility>
#include <vector>

namespace kit {

namespace {

struct entry {
    std::string who, did;
    int times;     // done so often, word for word
    int alike;     // and so many of its kind, this one the last
};

// What was done, without its particulars.
std::string kind(const std::string &did)
{
    return did.substr(0, did.find_first_of("0123456789\"("));
}

const size_t KEPT = 5;         // entries; what was before them is left out
const size_t SHOWN_BYTES = 24;

std::mutex mutex;
std::deque<entry> entries;
bool left_out = false;
int peers = 0;
thread_local int muted = 0;

// What journal() says, for a signal handler: written into the one that is not current.
char rendered[2][2048];
std::atomic<int> current(0);

std::string told()
{
    std::string all, last;
    for (const entry &e : entries) {
        all += last.empty() ? e.who + " " : e.who == last ? ", " : ", " + e.who + " ";
        all += e.did;
        if (e.alike > e.times) {
            all += ", the last of " + std::to_string(e.alike) + " of this kind";
        } else if (e.times > 1) {
            all += " (" + std::to_string(e.times) + " times)";
        }
        last = e.who;
    }
    if (left_out) {
        return "… " + all;
    }
    if (!all.empty()) {
        all[0] = static_cast<char>(toupper(all[0]));
    }
    return all;
}

void render()
{
    int other = 1 - current;
    snprintf(rendered[other], sizeof rendered[other], "%s", told().c_str());
    current = other;
}

}  // namespace

static std::vector<watched *> programs;   // of the tests' thread

watched::watched()
{
    programs.push_back(this);
}

watched::~watched()
{
    programs.erase(std::find(programs.begin(), programs.end(), this));
}

std::string ended_early()
{
    std::string all;
    for (watched *program : programs) {
        std::string one = program->ended_early();
        all += (all.empty() || one.empty() ? "" : "; ") + one;
    }
    return all;
}

quiet::quiet()
{
    muted++;
}

quiet::~quiet()
{
    muted--;
}

void note(const std::string &who, const std::string &did)
{
    if (muted > 0) {
        return;
    }
    std::lock_guard<std::mutex> lock(mutex);
    entry *last = entries.empty() ? nullptr : &entries.back();
    if (last != nullptr && last->who == who && last->did == did) {
        last->times++;
        last->alike++;
    } else if (last != nullptr && kind(last->did) == kind(did) && did.compare(0, 4, "sent") == 0) {
        *last = {who, did, 1, last->alike + 1};
    } else {
        entries.push_back({who, did, 1, 1});
        if (entries.size() > KEPT) {
            entries.pop_front();
            left_out = true;
        }
    }
    render();
}

int number_peer()
{
    std::lock_guard<std::mutex> lock(mutex);
    return muted > 0 ? 0 : ++peers;
}

std::string journal()
{
    std::lock_guard<std::mutex> lock(mutex);
    return told();
}

const char *rendered_journal()
{
    return rendered[current];
}

void clear_journal()
{
    std::lock_guard<std::mutex> lock(mutex);
    entries.clear();
    left_out = false;
    peers = 0;
    render();
}

std::string shown(const std::string &bytes)
{
    if (bytes.empty()) {
        return "nothing";
    }
    std::string text;
    for (unsigned char byte : bytes.substr(0, SHOWN_BYTES)) {
        char code[8];
        snprintf(code, sizeof code, "\\x%02x", byte);
        text += byte == '\n' ? "\\n" : byte == '\\' ? "\\\\" : isprint(byte) ? std::string(1, static_cast<char>(byte)) : code;
    }
    std::string size = " (" + std::to_string(bytes.size()) + (bytes.size() == 1 ? " byte)" : " bytes)");
    return "\"" + text + (bytes.size() > SHOWN_BYTES ? "…" : "") + "\"" + size;
}

// The first line of wanted that the output lacks, or "", and the line of the output that stands there.
static std::pair<std::string, std::string> first_missing(const std::string &wanted, const std::string &output)
{
    std::istringstream wanted_lines(wanted);
    std::string line, missing;
    size_t at = 0;
    while (missing.empty() && getline(wanted_lines, line)) {
        size_t found = output.find(line, at);
        if (found == std::string::npos) {
            missing = line;
        } else {
            at = found + line.size();
            at += at < output.size() && output[at] == '\n';
        }
    }
    if (at >= output.size()) {   // all of the output is behind: what it ended with
        at = output.size() < 2 ? 0 : output.find_last_of('\n', output.size() - 2) + 1;   // npos + 1 is 0
    }
    return {missing, output.substr(at, output.find('\n', at) - at)};
}

static std::string quoted_line(const std::string &line)
{
    const size_t MOST = 160;
    return "\"" + line.substr(0, MOST) + (line.size() > MOST ? "…" : "") + "\"";
}

std::string shown_output(bool found, const std::string &wanted, const std::string &output)
{
    if (found) {
        return "printed " + shown(wanted);
    }
    if (output.empty()) {
        return "was to print " + quoted_line(wanted.substr(0, wanted.find('\n'))) +
               " and printed nothing (into a file or a pipe stdout is buffered: flush it after each line)";
    }
    std::pair<std::string, std::string> missing = first_missing(wanted, output);
    if (missing.first.empty()) {
        return "was to print " + shown(wanted) + " in one piece, and printed other lines between";
    }
    return "was to print " + quoted_line(missing.first) + " and printed " + quoted_line(missing.second);
}

static describe *known_messages = nullptr;

void set_describe(describe *known)
{
    known_messages = known;
}

std::string shown_message(int msgid, const std::string &body)
{
    std::string meaning = known_messages == nullptr ? "" : known_messages(msgid, body);
    if (!meaning.empty()) {
        return meaning;
    }
    return body.empty() ? "an empty message " + std::to_string(msgid) : "message " + std::to_string(msgid) + " " + shown(body);
}

}  // namespace kit
