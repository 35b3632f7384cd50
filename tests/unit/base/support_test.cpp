// What the other tests rely on.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "free_port.h"
#include "process.h"
#include "temp_dir.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars::test {
namespace {

const milliseconds soon(50);

std::vector<std::string> script(const std::string &text)
{
    return {"-c", text};
}

TEST(Process, OutputAndExitStatusAreCollected)
{
    const run_result result = run("bash", script("echo out; echo err >&2; exit 7"));
    EXPECT_EQ(result.exit_status, 7);
    EXPECT_EQ(result.output, "out\nerr\n");
    EXPECT_EQ(run("/no/such/program", {}).exit_status, 127);
    EXPECT_EQ(run("bash", script("kill -9 $$")).exit_status, 128 + SIGKILL);
    EXPECT_EQ(run("bash", script("sleep 20"), {}, soon).exit_status, -1);
}

TEST(Process, MoreOutputThanAPipeHoldsDoesNotBlockIt)
{
    EXPECT_EQ(run("bash", script("printf '%*s' 1000000 x")).output.size(), 1000000u);
}

TEST(Process, EnvironmentAndFolderAreWhatWasAskedFor)
{
    temp_dir folder;
    process_options options;
    options.environment = {"LARS_A=1", "HOME=/elsewhere"};
    options.folder = folder.path();
    EXPECT_EQ(run("bash", script("echo $LARS_A $HOME; pwd -P"), options).output,
              "1 /elsewhere\n" + std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Process, WaitsForOutputUntilItComesOrCannotCome)
{
    process child;
    ASSERT_TRUE(child.start("bash", script("echo one; kill -STOP $$; echo two")));
    EXPECT_TRUE(child.wait_for_output("one\n"));
    EXPECT_FALSE(child.wait_for_output("two", soon));
    child.pause();
    const size_t before = child.output_size();
    child.resume();
    EXPECT_TRUE(child.wait_for_output("two", milliseconds(10000), before));
    EXPECT_FALSE(child.wait_for_output("three"));
    EXPECT_EQ(child.wait_exit(), 0);
}

TEST(Process, TheReadyLineGivesAddresses)
{
    process_options options;
    options.ready_fd = true;
    process child;
    ASSERT_TRUE(child.start(
        "bash", script("echo 'ready 127.0.0.1:5 10.0.0.1:65535' >&$1; sleep 20"), options));
    const auto addresses = child.wait_ready();
    ASSERT_EQ(addresses.size(), 2u);
    EXPECT_EQ(addresses[0].port, 5);
    EXPECT_EQ(addresses[1].ip, "10.0.0.1");
    EXPECT_EQ(addresses[1].port, 65535);
    EXPECT_TRUE(child.running());
    EXPECT_EQ(child.terminate(), 128 + SIGTERM);
    EXPECT_FALSE(child.running());

    ASSERT_TRUE(child.start("bash", script("exit 1"), options));
    EXPECT_TRUE(child.wait_ready().empty());
}

TEST(Process, IsGoneWithItsObject)
{
    pid_t pid = 0;
    {
        process child;
        ASSERT_TRUE(child.start("sleep", {"60"}));
        pid = child.pid();
        EXPECT_EQ(getpgid(pid), pid);
    }
    EXPECT_NE(kill(pid, 0), 0);
}

TEST(Process, DoesNotOutliveATestThatCrashes)
{
    // This test runs itself, and there takes the part of the one that crashes.
    if (getenv("LARS_TEST_CRASH")) {
        process child;
        ASSERT_TRUE(child.start("sleep", {"60"}));
        fprintf(stderr, "pid %d\n", child.pid());
        raise(SIGKILL);
    }
    process_options options;
    options.environment = {"LARS_TEST_CRASH=1"};
    const run_result crashed =
        run("/proc/self/exe", {"--gtest_filter=Process.DoesNotOutliveATestThatCrashes"}, options);
    EXPECT_EQ(crashed.exit_status, 128 + SIGKILL) << crashed.output;
    const size_t at = crashed.output.find("pid ");
    ASSERT_NE(at, std::string::npos) << crashed.output;
    const std::string pid = std::to_string(std::stoi(crashed.output.substr(at + 4)));
    // Whoever inherits it may be slow to reap it; then it is there, but dead.
    EXPECT_TRUE(wait_until([&pid] {
        const std::string stat = read_text("/proc/" + pid + "/stat");
        return stat.empty() || stat.find(") Z ") != std::string::npos;
    }));
}

TEST(FreePort, ThreeInARowCanBeUsed)
{
    const uint16_t first = free_port(3);
    ASSERT_NE(first, 0);
    wire_peer peers[3];
    for (uint16_t i = 0; i < 3; ++i)
        EXPECT_TRUE(peers[i].listen_udp(static_cast<uint16_t>(first + i)));
}

TEST(WirePeer, FramesAreGoldenBytes)
{
    EXPECT_EQ(to_hex(encode_frame(1, from_hex("08011001"))), "010000000400000008011001");
}

TEST(WirePeer, TcpFramesCrossInPiecesAndTogether)
{
    wire_peer listener;
    ASSERT_TRUE(listener.listen_tcp());
    wire_peer client;
    ASSERT_TRUE(client.connect_tcp(listener.port()));
    auto server = listener.accept();
    ASSERT_TRUE(server);

    EXPECT_FALSE(server->receive_frame(soon));
    const std::string two = encode_frame(1, "abc") + encode_frame(-5, "");
    EXPECT_TRUE(client.send_bytes(two.substr(0, 9)));
    EXPECT_FALSE(server->receive_frame(soon));
    EXPECT_TRUE(client.send_bytes(two.substr(9)));
    const auto first = server->receive_frame();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->body, "abc");
    const auto second = server->receive_frame();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->msgid, -5);

    EXPECT_FALSE(client.wait_eof(soon));
    EXPECT_TRUE(server->send_frame(9, "last"));
    server->close();
    EXPECT_TRUE(client.wait_eof());
    EXPECT_EQ(client.receive_frame()->body, "last");
    EXPECT_TRUE(client.at_eof());
}

TEST(WirePeer, UdpTakesOnlyWholeFrames)
{
    wire_peer server;
    ASSERT_TRUE(server.listen_udp());
    wire_peer client;
    ASSERT_TRUE(client.connect_udp(server.port()));
    for (const std::string &wrong :
         {std::string(), std::string("abc"), encode_frame(1, "abc") + "x"}) {
        EXPECT_TRUE(client.send_bytes(wrong));
        EXPECT_FALSE(server.receive_frame());
    }
    EXPECT_TRUE(client.send_frame(4, "ask"));
    EXPECT_EQ(server.receive_frame()->body, "ask");
    EXPECT_EQ(server.other_port(), client.port());
    EXPECT_TRUE(server.send_frame(5, "answer"));
    EXPECT_EQ(client.receive_frame()->msgid, 5);
}

TEST(WirePeer, NobodyThereIsAFailure)
{
    wire_peer client;
    EXPECT_FALSE(client.connect_tcp(free_port()));
    EXPECT_FALSE(client.connect_tcp(1, "not an address"));
}

}  // namespace
}  // namespace lars::test
