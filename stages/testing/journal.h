// What the peers of a test have done so far, in words, for the sentence that a failure prints.
// The kit writes it; a test needs it only for what the kit cannot know. Any thread.
#ifndef STAGES_JOURNAL_H
#define STAGES_JOURNAL_H

#include <string>

namespace kit {

// Adds "who did"; the same again right after it only counts.
void note(const std::string &who, const std::string &did);
// The number of a peer that has just been made, from 1; each test counts anew. 0 while quiet.
int number_peer();
// The last entries as one clause: "client 1 connected, sent "ping" (4 bytes)". "" if there are none.
std::string journal();
void clear_journal();
// The same for a signal handler. Valid until the next but one entry.
const char *rendered_journal();

// Bytes as a reader can take them: quoted, escaped, and cut when they are many; "nothing" for none.
std::string shown(const std::string &bytes);

// "printed …", or what was to be printed and what came in its place.
std::string shown_output(bool found, const std::string &wanted, const std::string &output);

// A message for the journal. Where the messages' meaning is known (messages.cpp) it is that.
std::string shown_message(int msgid, const std::string &body);
typedef std::string describe(int msgid, const std::string &body);   // "" when it cannot be read
void set_describe(describe *known);

// A program that a test runs. One that has ended before its time is named by every failure.
class watched {
public:
    watched();
    virtual ~watched();
    watched(const watched &) = delete;
    watched &operator=(const watched &) = delete;
    // How it ended, in words: "the program …"; "" while it runs, and when the test wanted its end.
    virtual std::string ended_early() = 0;
};
std::string ended_early();   // of all that there are now

// While one exists in this thread the kit's own steps are not written down: who makes it notes
// what they amount to.
class quiet {
public:
    quiet();
    ~quiet();
    quiet(const quiet &) = delete;
    quiet &operator=(const quiet &) = delete;
};

}  // namespace kit

#endif
