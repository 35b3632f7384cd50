// Routes as CSV and JSON, as people and hostile people write them.
#include "route_list.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

// "1,2 10.0.0.1:80@50 10.0.0.2:80; 3,4 ..."
std::string parsed(std::string_view text, list_format format)
{
    std::vector<module_route> routes{{{7, 7}, {}}};
    const status s = parse_route_list(text, format, &routes);
    if (!s) {
        EXPECT_EQ(s.kind(), status_kind::bad_data);
        EXPECT_EQ(routes.size(), 1u) << "unchanged";
        EXPECT_LT(s.message().size(), 300u);
        return s.message();
    }
    std::string shown;
    for (const module_route &route : routes) {
        shown += (shown.empty() ? "" : "; ") + std::to_string(route.module.modid) + "," +
                 std::to_string(route.module.cmdid);
        for (const route_host &host : route.hosts)
            shown += " " + host.to_string();
    }
    return shown;
}

std::string csv(const std::string &rows, const std::string &header = "modid,cmdid,host,port,weight")
{
    return parsed(header + "\n" + rows, list_format::csv);
}

std::string json(std::string_view text)
{
    return parsed(text, list_format::json);
}

const std::vector<module_route> ROUTES = {
    {{-2147483648, -1}, {{{0x0a000001, 80}, 0}, {{0x0a000001, 65535}, 4294967295}}},
    {{1, 2}, {{{0x0a000002, 1}}}},
};

TEST(RouteList, WhatIsWrittenIsReadAgain)
{
    EXPECT_EQ(route_list_text(ROUTES, list_format::csv),
              "modid,cmdid,host,port,weight\n"
              "-2147483648,-1,10.0.0.1,80,0\n"
              "-2147483648,-1,10.0.0.1,65535,4294967295\n"
              "1,2,10.0.0.2,1,100\n");
    EXPECT_EQ(
        route_list_text(ROUTES, list_format::json),
        "[\n{\"modid\":-2147483648,\"cmdid\":-1,\"hosts\":[{\"host\":\"10.0.0.1:80\",\"weight\":0},"
        "{\"host\":\"10.0.0.1:65535\",\"weight\":4294967295}]},\n"
        "{\"modid\":1,\"cmdid\":2,\"hosts\":[{\"host\":\"10.0.0.2:1\",\"weight\":100}]}\n]\n");
    for (const list_format format : {list_format::csv, list_format::json}) {
        EXPECT_EQ(parsed(route_list_text(ROUTES, format), format),
                  "-2147483648,-1 10.0.0.1:80@0 10.0.0.1:65535@4294967295; 1,2 10.0.0.2:1");
        EXPECT_EQ(parsed(route_list_text({}, format), format), "");
    }
}

TEST(RouteList, FormatsAreNamedByTheEnding)
{
    EXPECT_EQ(list_format_of("a.json/b.csv"), list_format::csv);
    EXPECT_EQ(list_format_of("b.json"), list_format::json);
    for (const char *none : {"csv", "b.CSV", "b.csv.gz", "", "b.", "a.csv/b"})
        EXPECT_FALSE(list_format_of(none)) << none;
}

TEST(RouteListCsv, IsReadAsSpreadsheetsWriteIt)
{
    EXPECT_EQ(csv("1,2,10.0.0.2,80,50\n1,2,10.0.0.1,80\n-1,2,10.0.0.1,80,\n"),
              "-1,2 10.0.0.1:80; 1,2 10.0.0.1:80 10.0.0.2:80@50");
    EXPECT_EQ(csv("4294967295,\"2\",\"10.0.0.2\",80,0\r\n\r\n",
                  "\xef\xbb\xbfmodid,cmdid,host,port,weight\r"),
              "-1,2 10.0.0.2:80@0");
    EXPECT_EQ(csv("1,2,10.0.0.2,80", "modid,cmdid,host,port"), "1,2 10.0.0.2:80");
    EXPECT_EQ(csv("1,2,10.0.0.2,80\n4294967297,2,10.0.0.2,80\n"),
              "line 3: modid '4294967297' is not an id: expected a number of 32 bits");
    EXPECT_EQ(csv("1,2,10.0.0.1,80,5\n1,2,10.0.0.1,80,5\n"), "1,2 10.0.0.1:80@5");
}

TEST(RouteListCsv, ErrorsNameTheLineAndWhatIsWrong)
{
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"1,x,10.0.0.1,80,5", "line 2: cmdid 'x' is not an id"},
        {",1,10.0.0.1,80,5", "line 2: modid '' is not an id"},
        {" 1,1,10.0.0.1,80,5", "line 2: modid ' 1' is not an id"},
        {"1,1,10.0.0.256,80,5", "line 2: host '10.0.0.256' is not an IPv4 address"},
        {"1,1,localhost,80,5", "line 2: host 'localhost'"},
        {"1,1,10.0.0.1,65536,5", "line 2: port '65536'"},
        {"1,1,10.0.0.1,,5", "line 2: port ''"},
        {"1,1,10.0.0.1,0,5", "line 2: 10.0.0.1:0 cannot be called"},
        {"1,1,0.0.0.0,80,5", "line 2: 0.0.0.0:80 cannot be called"},
        {"1,1,10.0.0.1,80,-1", "line 2: weight '-1'"},
        {"1,1,10.0.0.1,80,4294967296", "line 2: weight '4294967296'"},
        {"1,1,10.0.0.1,80,5,6", "line 2: it has more fields than modid,cmdid,host,port,weight"},
        {"1,1,10.0.0.1,80,5,6,7,8", "line 2: it has more fields"},
        {"\n\n1,1,10.0.0.1", "line 4: it has less fields than modid,cmdid,host,port"},
        {"1,1,10.0.0.1,80,\"5", "line 2: weight '\"5'"},
        {"1,1,10.0.0.1,80,5\n2,2,10.0.0.1,80\n1,1,10.0.0.1,80",
         "line 4: 10.0.0.1:80 of module (1,1) has weight 100 here and 5 in line 2"},
        {"\x01\xff" + std::string(1000, 'a'), "line 2: it has less fields"},
        {"1,1,\x01\xff" + std::string(1000, 'a') + ",80", "line 2: host '??aaa"},
    };
    for (const auto &[rows, message] : wrong)
        EXPECT_EQ(csv(rows).find(message), 0u) << csv(rows);
    for (const char *header : {"cmdid,modid,host,port", "modid", "1,2,10.0.0.1,80,5", "",
                               "modid,cmdid,host,port,weight,", "modid;cmdid;host;port"})
        EXPECT_EQ(csv("1,1,10.0.0.1,80,5", header).find("line 1: expected modid,"), 0u) << header;
    EXPECT_EQ(parsed("", list_format::csv).find("line 1: it is empty"), 0u);
    EXPECT_EQ(csv("1,1,10.0.0.1,80,5", "modid,cmdid,host,port"),
              "line 2: it has more fields than modid,cmdid,host,port");
}

TEST(RouteListJson, IsRead)
{
    EXPECT_EQ(json("[]"), "");
    EXPECT_EQ(json(R"([{"hosts":[{"weight":7,"host":"10.0.0.2:80"},{"host":"10.0.0.1:80"}],
                        "cmdid":4294967295,"modid":-2147483648},
                       {"modid":1,"cmdid":1,"hosts":[]},
                       {"modid":2,"cmdid":1,"hosts":[{"host":"10.0.0.1:80"}]},
                       {"modid":2,"cmdid":1,"hosts":[{"host":"10.0.0.1:80"},{"host":"10.0.0.1:81"}]}])"),
              "-2147483648,-1 10.0.0.1:80 10.0.0.2:80@7; 2,1 10.0.0.1:80 10.0.0.1:81");
}

TEST(RouteListJson, ErrorsNameThePlaceAndWhatIsWrong)
{
    const std::string good = R"({"modid":1,"cmdid":2,"hosts":[]})";
    const auto host = [&good](const std::string &text) {
        return "[" + good + R"(,{"modid":1,"cmdid":2,"hosts":[{"host":"10.0.0.1:80"},)" + text +
               "]}]";
    };
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"", "line 1, column 1: "},
        {"[\n{\"modid\":1,,", "line 2, column 12: syntax error"},
        {"[" + good, "line 1, column "},
        {"[] []", "line 1, column 4: "},
        {"{}", "JSON: '{' is not an array of modules"},
        {"7", "JSON: '7' is not an array"},
        {"\"x\"", "JSON: 'x' is not an array"},
        {"[" + good + ",null]", "[1]: 'null' is not a module"},
        {"[[]]", "[0]: '[' is not a module"},
        {"[{}]", "[0]: \"modid\" is missing"},
        {R"([{"modid":1,"hosts":[]}])", "[0]: \"cmdid\" is missing"},
        {R"([{"modid":1,"cmdid":2}])", "[0]: \"hosts\" is missing"},
        {R"([{"modid":"1"}])", "[0].modid: '1' is not an id"},
        {R"([{"modid":1.5}])", "[0].modid: '1.5' is not an id"},
        {R"([{"modid":4294967296}])", "[0].modid: '4294967296' is not an id"},
        {R"([{"modid":18446744073709551615}])", "[0].modid: '18446744073709551615' is not an id"},
        {R"([{"modid":1e400}])", "[0].modid: number overflow parsing '1e400'"},
        {R"([{"cmdid":-2147483649}])", "[0].cmdid: '-2147483649' is not an id"},
        {R"([{"cmdid":[1]}])", "[0].cmdid: '[' is not an id"},
        {R"([{"hosts":5}])", "[0].hosts: '5' is not an array of hosts"},
        {R"([{"hosts":{}}])", "[0].hosts: '{' is not an array of hosts"},
        {R"([{"modid":1,"modid":2}])", "[0]: the key 'modid' stands there twice"},
        {R"([{"hosts":[],"hosts":[]}])", "[0]: the key 'hosts' stands there twice"},
        {R"([{"weigth":1}])", "[0]: the key 'weigth' is not known"},
        {R"([{"modid":1,"host":1}])", "[0]: the key 'host' is not known"},
        {host("7"), "[1].hosts[1]: '7' is not a host"},
        {host("[]"), "[1].hosts[1]: '[' is not a host"},
        {host("{}"), "[1].hosts[1]: \"host\" is missing"},
        {host(R"({"weight":5})"), "[1].hosts[1]: \"host\" is missing"},
        {host(R"({"host":"10.0.0.1"})"), "[1].hosts[1].host: '10.0.0.1' is not a host"},
        {host(R"({"host":"10.0.0.1:80@5"})"), "[1].hosts[1].host: '10.0.0.1:80@5' is not a host"},
        {host(R"({"host":"10.0.0.1:0"})"), "[1].hosts[1].host: '10.0.0.1:0' cannot be called"},
        {host(R"({"host":80})"), "[1].hosts[1].host: '80' is not a host"},
        {host(R"({"host":{"host":{}}})"), "[1].hosts[1].host: '{' is not a host"},
        {host(R"({"weight":-1})"), "[1].hosts[1].weight: '-1' is not a weight"},
        {host(R"({"weight":4294967296})"), "[1].hosts[1].weight: '4294967296' is not a weight"},
        {host(R"({"weight":"5"})"), "[1].hosts[1].weight: '5' is not a weight"},
        {host(R"({"weight":true})"), "[1].hosts[1].weight: 'true' is not a weight"},
        {host(R"({"weight":1,"weight":1})"), "[1].hosts[1]: the key 'weight' stands there twice"},
        {host(R"({"x":1})"), "[1].hosts[1]: the key 'x' is not known"},
        {host(R"({"host":"10.0.0.1:80","weight":9})"),
         "[1].hosts[1]: 10.0.0.1:80 of module (1,2) has weight 9 here and 100 in [1].hosts[0]"},
    };
    for (const auto &[text, message] : wrong)
        EXPECT_EQ(json(text).find(message), 0u) << text << "\n" << json(text);
}

TEST(RouteListJson, WhatIsDeepOrLongOrNoTextIsRefusedAtOnce)
{
    EXPECT_EQ(json(std::string(10000000, '[')).find("[0]: '[' is not a module"), 0u);
    EXPECT_EQ(json("[{\"modid\":\"" + std::string(1000000, 'x') + "\"}]").find("[0].modid: 'xxx"),
              0u);
    EXPECT_EQ(json("[\"" + std::string(1000000, 'x')).find("line 1, column 1000003: "), 0u);
    EXPECT_NE(json("[\"\xff\"]").find("line 1"), std::string::npos);
    EXPECT_EQ(json(std::string_view("[\0]", 3)).find("line 1, column 2: "), 0u);
    const std::string long_text(LONGEST_ROUTE_LIST + 1, ' ');
    EXPECT_NE(json(long_text).find("at most 128 MiB"), std::string::npos);
}

}  // namespace
}  // namespace lars
