#include "testing.h"

#include <fstream>
#include <sstream>

TEST(Example, TheProtobufMessageIsWhereTheCourseHasIt)
{
    std::stringstream proto;
    proto << std::ifstream("example/protobuf_test/msg.proto").rdbuf();
    EXPECT_NE(std::string::npos, proto.str().find("package protobuf_test;"));
    EXPECT_NE(std::string::npos, proto.str().find("message helloworld {"));
}
