// The header is enough by itself, and brings no protobuf with it.
#include "lars_client.h"

#if defined(GOOGLE_PROTOBUF_VERSION)
#error "lars_client.h includes protobuf's headers"
#endif

#include <gtest/gtest.h>

#include "lars.pb.h"

using lars::lars_client;

TEST(LarsClient, RetcodesAreThoseOfTheWireContract)
{
    EXPECT_EQ(lars_client::RET_SUCC, 0);
    EXPECT_EQ(lars_client::RET_OVERLOAD, 1);
    EXPECT_EQ(lars_client::RET_SYSTEM_ERROR, 2);
    EXPECT_EQ(lars_client::RET_NOEXIST, 3);
    EXPECT_EQ(lars_client::RET_NOEXIST, static_cast<int>(lars::RET_NOEXIST));
}

TEST(LarsClient, RetcodesHaveNames)
{
    for (int code = 0; code < 4; ++code)
        EXPECT_EQ(lars_client::retcode_name(code),
                  lars::LarsRetCode_Name(static_cast<lars::LarsRetCode>(code)));
    EXPECT_STREQ(lars_client::retcode_name(9), "unknown retcode");
}
